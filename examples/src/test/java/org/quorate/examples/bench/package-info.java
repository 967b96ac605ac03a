/** Tests of this package. */
@NullMarked
package org.quorate.examples.bench;

import org.jspecify.annotations.NullMarked;
