/** Tests of the package of the same name. */
@NullMarked
package org.quorate.knet.crypto;

import org.jspecify.annotations.NullMarked;
