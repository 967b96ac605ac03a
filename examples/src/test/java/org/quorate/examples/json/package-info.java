/** Tests of this package. */
@NullMarked
package org.quorate.examples.json;

import org.jspecify.annotations.NullMarked;
