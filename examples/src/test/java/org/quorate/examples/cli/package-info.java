/** Tests of this package. */
@NullMarked
package org.quorate.examples.cli;

import org.jspecify.annotations.NullMarked;
