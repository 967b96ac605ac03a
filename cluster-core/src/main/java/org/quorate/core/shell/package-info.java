/**
 * The impure part of the core: {@code EmbeddedClusterManager} is what an application holds,
 * {@code NodeDriver} runs the engine on the transport's loop, {@link org.quorate.core.shell.FolderStateStore}
 * keeps what has to survive, {@code CallbackQueue} carries callbacks to the application in order.
 */
@NullMarked
package org.quorate.core.shell;

import org.jspecify.annotations.NullMarked;
