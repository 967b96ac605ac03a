/** Tests of the package of the same name. */
@NullMarked
package org.quorate.knet.compress;

import org.jspecify.annotations.NullMarked;
