/**
 * Changes of the configuration in the world: {@link org.quorate.core.change.shell.ChangeService} joins the group of the configuration and runs
 * the engine on a thread of its own, {@link org.quorate.core.change.shell.ChangeFiles} changes the files of a node's folder.
 */
@NullMarked
package org.quorate.core.change.shell;

import org.jspecify.annotations.NullMarked;
