package org.quorate.interop;

/**
 * A command that has ended.
 *
 * @param exitCode its exit code; {@link #OUT_OF_TIME} if it was ended because its time was up
 * @param output standard output and standard error together, as they came
 */
public record CommandResult(int exitCode, String output) {
    /** As the command {@code timeout} says it. */
    public static final int OUT_OF_TIME = 124;

    /** The output, if the command succeeded. */
    public String outputOrFail(String command) {
        if (exitCode != 0)
            throw new IllegalStateException("exit code " + exitCode + " from: " + command + "\n" + output);
        return output;
    }
}
