/** Under construction. */
@NullMarked
package org.quorate.core;

import org.jspecify.annotations.NullMarked;
