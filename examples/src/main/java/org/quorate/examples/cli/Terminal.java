package org.quorate.examples.cli;

import java.io.Console;
import java.util.Optional;

/** Where a person can be asked something. */
final class Terminal {
    private Terminal() {}

    /** Empty if there is none; from Java 22 on it is always there, and reads standard input. */
    @SuppressWarnings("SystemConsoleNull")
    static Optional<Console> console() {
        return Optional.ofNullable(System.console());
    }
}
