/**
 * The impure part of the core: {@link org.quorate.core.shell.EmbeddedClusterManager} is what an application holds,
 * {@link org.quorate.core.shell.NodeDriver} runs the engine on the transport's loop, {@link org.quorate.core.shell.FolderStateStore}
 * keeps what has to survive, {@link org.quorate.core.shell.CallbackQueue} carries callbacks to the application in order.
 */
@NullMarked
package org.quorate.core.shell;

import org.jspecify.annotations.NullMarked;
