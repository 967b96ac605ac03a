/** Under construction. */
@NullMarked
package org.quorate.knet;

import org.jspecify.annotations.NullMarked;
