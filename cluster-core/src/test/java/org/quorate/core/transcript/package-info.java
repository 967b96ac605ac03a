/** Whole nodes in simulated time, led by scripts; what they do is compared with a text that was reviewed. */
@org.jspecify.annotations.NullMarked
package org.quorate.core.transcript;
