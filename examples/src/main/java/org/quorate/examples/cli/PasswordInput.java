package org.quorate.examples.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a password comes from: a file, or the terminal. */
final class PasswordInput {
    private static final int MAX_BYTES = 1024;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "read the password from the first line of this file; - is standard input")
    private @Nullable Path file;

    /** The password; the caller wipes it. */
    char[] read(String prompt) {
        Path from = file;
        if (from != null) return firstLine(from);
        return Terminal.console()
                .map(console -> console.readPassword("%s", prompt))
                .orElseThrow(() -> new CliFailure(
                        "there is no terminal to ask for the password; give it with --password-file FILE"));
    }

    /** What is in the first line of a file; the caller wipes it. */
    static char[] firstLine(Path from) {
        byte[] bytes = bytes(from);
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') end++;
        CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, 0, end));
        char[] password = new char[text.remaining()];
        text.get(password);
        Arrays.fill(bytes, (byte) 0);
        Arrays.fill(text.array(), '\0');
        return password;
    }

    private static byte[] bytes(Path from) {
        try (var in = from.toString().equals("-") ? System.in : Files.newInputStream(from)) {
            return in.readNBytes(MAX_BYTES);
        } catch (IOException e) {
            throw new CliFailure("the secret cannot be read from " + from + " (" + e.getMessage() + ")");
        }
    }
}
