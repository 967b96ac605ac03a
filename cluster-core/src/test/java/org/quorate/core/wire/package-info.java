/** Tests of the message layouts above the ring, and the recorded frames that they are checked with. */
@NullMarked
package org.quorate.core.wire;

import org.jspecify.annotations.NullMarked;
