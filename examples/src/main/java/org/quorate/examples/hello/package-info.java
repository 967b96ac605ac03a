/** The smallest program that embeds a node; the README shows its middle. */
@NullMarked
package org.quorate.examples.hello;

import org.jspecify.annotations.NullMarked;
