package org.quorate.interop;

/**
 * A command that has ended.
 *
 * @param exitCode its exit code; 124 if it was ended because its time was up
 * @param output standard output and standard error together, as they came
 */
public record CommandResult(int exitCode, String output) {
    /** The output, if the command succeeded. */
    public String outputOrFail(String command) {
        if (exitCode != 0)
            throw new IllegalStateException("exit code " + exitCode + " from: " + command + "\n" + output);
        return output;
    }
}
