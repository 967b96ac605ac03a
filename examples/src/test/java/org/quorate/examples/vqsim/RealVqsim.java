package org.quorate.examples.vqsim;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.quorate.interop.Await;

/**
 * A running corosync-vqsim. It reads commands only from a pipe that stays open, and takes a path of at most seven characters, so it works in its
 * own folder. Closing ends it and the process of each of its nodes.
 */
final class RealVqsim implements AutoCloseable {
    static final String COMMAND = "corosync-vqsim";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    /** Guarded by itself: a thread of its own reads. */
    private final StringBuilder output = new StringBuilder();

    private RealVqsim(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "vqsim-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it in a folder of its own, which is made. */
    static RealVqsim start(Path folder, String configuration) throws IOException {
        Files.writeString(Files.createDirectory(folder).resolve("c.conf"), configuration);
        RealVqsim vqsim = new RealVqsim(new ProcessBuilder(COMMAND, "-c", "c.conf")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start());
        try {
            vqsim.awaitPrompt(0);
        } catch (AssertionError neverAsked) {
            vqsim.close();
            throw neverAsked;
        }
        return vqsim;
    }

    /** Gives a command; answers the lines that it printed by the time of the next prompt. */
    List<String> say(String command) {
        int before = output().length();
        try {
            OutputStream in = process.getOutputStream();
            in.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("after " + output(), e);
        }
        awaitPrompt(before);
        return output().substring(before).lines().toList();
    }

    /** The nodes as it shows them now. */
    List<String> status() {
        return say("show").stream()
                .filter(line -> line.matches("\\d+:\\d+: q=.*|#autofence.*"))
                .toList();
    }

    /** All that it printed. */
    String output() {
        synchronized (output) {
            return output.toString();
        }
    }

    /** A device may put a line of its own behind a prompt, so it need not be the last. */
    private void awaitPrompt(int from) {
        Await.until(
                LIMIT,
                "corosync-vqsim asks for a command",
                this::output,
                () -> output().indexOf(VqsimSession.PROMPT, from) >= 0);
    }

    private void read() {
        byte[] bytes = new byte[4096];
        try (InputStream in = process.getInputStream()) {
            for (int count; (count = in.read(bytes)) >= 0; )
                append(new String(bytes, 0, count, StandardCharsets.UTF_8));
        } catch (IOException closed) {
            append(closed.toString());
        }
    }

    private void append(String text) {
        synchronized (output) {
            output.append(text);
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> ofNodes = process.descendants().toList();
        process.destroyForcibly();
        ofNodes.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
