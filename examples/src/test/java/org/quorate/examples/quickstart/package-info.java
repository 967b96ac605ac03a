/** Tests of this package. */
@NullMarked
package org.quorate.examples.quickstart;

import org.jspecify.annotations.NullMarked;
