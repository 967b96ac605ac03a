package org.quorate.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One shell, alone in its own user, network, mount and process namespaces, that runs commands one after the other.
 *
 * <p>The shell is process 1 of its namespace: when it ends, the kernel ends everything that was started in it and
 * removes its networks. It ends when {@link #close} kills it, and also when this JVM dies, because its standard input
 * is then at its end. Safe for use by several threads; they take turns.
 */
final class Sandbox implements AutoCloseable {
    /** Without root the first form works on most systems; root inside a container may only have the second. */
    private static final List<String> NAMESPACE_OPTIONS = List.of("-Urnm", "-nm");

    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private final Process shell;
    private final OutputStream commands;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private long commandCount;

    private Sandbox(Process shell) {
        this.shell = shell;
        this.commands = shell.getOutputStream();
        Thread reader = new Thread(this::read, "sandbox-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Makes the namespaces, with an empty {@code /run}.
     *
     * @throws IllegalStateException saying what the system refused
     */
    static Sandbox open() {
        StringBuilder refused = new StringBuilder();
        for (String options : NAMESPACE_OPTIONS) {
            Sandbox sandbox = null;
            try {
                sandbox = new Sandbox(new ProcessBuilder(
                                "unshare",
                                options,
                                "--propagation",
                                "private",
                                "--fork",
                                "--pid",
                                "--mount-proc",
                                "--kill-child",
                                "bash",
                                "--norc")
                        .redirectErrorStream(true)
                        .start());
                CommandResult ready =
                        sandbox.run("mount -t tmpfs tmpfs /run && mkdir -p /run/netns && ip link show lo", START_LIMIT);
                if (ready.exitCode() == 0) return sandbox;
                refused.append(' ').append(ready.output().strip());
            } catch (IOException | IllegalStateException e) {
                refused.append(' ').append(e.getMessage());
            }
            if (sandbox != null) sandbox.close();
        }
        throw new IllegalStateException("no namespaces for tests:" + refused);
    }

    /**
     * Runs a shell command to its end.
     *
     * @throws IllegalStateException if the shell is gone or the command is not done within {@code limit}; the sandbox
     *     is closed then, because the shell would take no further command
     */
    synchronized CommandResult run(String command, Duration limit) {
        commandCount++;
        String marker = "@@end-" + commandCount + "@@ ";
        String line = "eval " + quote(command) + " </dev/null 2>&1; printf '\\n%s%d\\n' " + quote(marker) + " $?\n";
        StringBuilder output = new StringBuilder();
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            commands.write(line.getBytes(StandardCharsets.UTF_8));
            commands.flush();
            while (true) {
                String next = lines.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (next == null || next.equals(GONE)) {
                    close();
                    throw new IllegalStateException((next == null
                                    ? "not done within " + limit.toMillis() + " ms: "
                                    : "the shell ended during: ")
                            + command + "\n" + output);
                }
                if (next.startsWith(marker)) return result(next.substring(marker.length()), output);
                output.append(next).append('\n');
            }
        } catch (IOException e) {
            throw new IllegalStateException("the shell is gone: " + drain(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during: " + command, e);
        }
    }

    /** {@code text} as one word of the shell. */
    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Kills the shell and so everything in it; waits at most ten seconds for its end. */
    @Override
    public void close() {
        shell.destroyForcibly();
        try {
            shell.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final String GONE = "@@gone@@";

    private static CommandResult result(String exitCode, StringBuilder output) {
        int end = output.length() - 1; // the line break before the marker is ours
        return new CommandResult(Integer.parseInt(exitCode), end > 0 ? output.substring(0, end) : "");
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) lines.add(line);
        } catch (IOException e) {
            lines.add(String.valueOf(e.getMessage()));
        }
        lines.add(GONE);
    }

    private String drain() {
        StringBuilder rest = new StringBuilder();
        try {
            for (String line; (line = lines.poll(1, TimeUnit.SECONDS)) != null && !line.equals(GONE); )
                rest.append(line).append(' ');
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return rest.toString().strip();
    }
}
