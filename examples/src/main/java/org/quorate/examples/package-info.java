/**
 * Programs built on the public API: the command line behind {@code examples/quorate} ({@link org.quorate.examples.cli}), the agent that
 * runs one node from a corosync.conf ({@link org.quorate.examples.agent}), and examples, one package each.
 */
@NullMarked
package org.quorate.examples;

import org.jspecify.annotations.NullMarked;
