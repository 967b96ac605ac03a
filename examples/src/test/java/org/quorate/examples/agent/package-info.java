/** Tests of this package. */
@NullMarked
package org.quorate.examples.agent;

import org.jspecify.annotations.NullMarked;
