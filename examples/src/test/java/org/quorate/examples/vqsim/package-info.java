/** Tests of the simulator's command language. */
@NullMarked
package org.quorate.examples.vqsim;

import org.jspecify.annotations.NullMarked;
