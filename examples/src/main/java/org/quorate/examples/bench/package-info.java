/**
 * Benchmarks that anybody can repeat: Quorate and the C library or daemon of the same protocol under the same load, in turn, in one run.
 */
@NullMarked
package org.quorate.examples.bench;

import org.jspecify.annotations.NullMarked;
