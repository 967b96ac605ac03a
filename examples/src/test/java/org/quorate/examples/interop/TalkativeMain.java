package org.quorate.examples.interop;

import org.quorate.examples.cli.Main;

/** The command line with a log of everything. */
public final class TalkativeMain {
    private TalkativeMain() {}

    /** Runs one command. */
    public static void main(String[] args) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "trace");
        Main.main(args);
    }
}
