/**
 * Layouts of the messages of closed process groups: service 2. A sender's node id is never in them as far as a receiver is concerned: the ring knows it.
 */
@NullMarked
package org.quorate.core.group.wire;

import org.jspecify.annotations.NullMarked;
