/** Tests of all examples. */
@NullMarked
package org.quorate.examples;

import org.jspecify.annotations.NullMarked;
