/** Programs that measure, to be started by hand: not tests, because their results depend on the machine. */
@NullMarked
package org.quorate.examples.measure;

import org.jspecify.annotations.NullMarked;
