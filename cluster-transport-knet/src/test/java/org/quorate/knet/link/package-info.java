/** Tests of the package of the same name. */
@NullMarked
package org.quorate.knet.link;

import org.jspecify.annotations.NullMarked;
