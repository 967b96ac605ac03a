/** Tests of this package. */
@NullMarked
package org.quorate.examples.status;

import org.jspecify.annotations.NullMarked;
