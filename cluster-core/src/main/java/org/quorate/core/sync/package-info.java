/**
 * The barrier after a membership change: {@link org.quorate.core.sync.SyncEngine} lets one service after the other exchange its state, and
 * goes on to the next when every member has said that it is done.
 */
@NullMarked
package org.quorate.core.sync;

import org.jspecify.annotations.NullMarked;
