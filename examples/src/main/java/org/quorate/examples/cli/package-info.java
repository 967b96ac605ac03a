/**
 * The command line behind {@code examples/quorate}. {@link org.quorate.examples.cli.Main} is the entry; each command is a class.
 *
 * <p>Exit codes: 0 success, 1 refusal or failure with one sentence on standard error, 2 wrong usage. Results go to standard output, and
 * every command that lists something takes {@code --json}.
 */
@NullMarked
package org.quorate.examples.cli;

import org.jspecify.annotations.NullMarked;
