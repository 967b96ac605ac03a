/** Tests of the package of the same name. */
@NullMarked
package org.quorate.knet.wire;

import org.jspecify.annotations.NullMarked;
