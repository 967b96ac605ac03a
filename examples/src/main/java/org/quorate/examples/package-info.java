/** Under construction. */
@NullMarked
package org.quorate.examples;

import org.jspecify.annotations.NullMarked;
