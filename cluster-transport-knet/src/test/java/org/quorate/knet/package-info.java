/** Tests of the module as a whole, and what its tests share. */
@NullMarked
package org.quorate.knet;

import org.jspecify.annotations.NullMarked;
