/** A program whose first instance makes a cluster and whose others join it. */
@NullMarked
package org.quorate.examples.orders;

import org.jspecify.annotations.NullMarked;
