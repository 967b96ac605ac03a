/**
 * What the message layouts above the ring share: the answer of a decoder, its reasons to refuse, and the header of all messages of services and of the
 * synchronisation. The layouts themselves are in the {@code wire} package of the part that they belong to.
 */
@NullMarked
package org.quorate.core.wire;

import org.jspecify.annotations.NullMarked;
