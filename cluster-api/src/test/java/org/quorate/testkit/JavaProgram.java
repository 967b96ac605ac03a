package org.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A short program in a JVM of its own. */
public final class JavaProgram {
    private JavaProgram() {}

    /**
     * What a program has left.
     *
     * @param exitCode of the JVM
     * @param output both streams
     */
    public record Result(int exitCode, String output) {}

    /** Runs {@code java} of this JVM's kind with 64 MiB of heap and the arguments, for a minute at most. */
    public static Result run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx64m");
        command.addAll(arguments);
        Path output = Files.createTempFile("quorate-program", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(process.waitFor(60, TimeUnit.SECONDS))
                        .as("ends by itself: %s", arguments)
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Result(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }
}
