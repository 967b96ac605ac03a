/** Tests of the ring's message layouts. */
@NullMarked
package org.quorate.core.ring.wire;

import org.jspecify.annotations.NullMarked;
