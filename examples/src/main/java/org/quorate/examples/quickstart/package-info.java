/**
 * The whole library in one go, without any preparation: {@link org.quorate.examples.quickstart.Quickstart} runs three nodes in this JVM
 * over two encrypted links on loopback, lets a link and then a node fail, and checks that what should happen does. Read it top to bottom.
 */
@NullMarked
package org.quorate.examples.quickstart;

import org.jspecify.annotations.NullMarked;
