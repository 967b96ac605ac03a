/** Tests of frames and group lists. */
@NullMarked
package org.quorate.core.pack.wire;

import org.jspecify.annotations.NullMarked;
