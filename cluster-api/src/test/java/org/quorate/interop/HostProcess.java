package org.quorate.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process that runs on a host of a {@link CorosyncCluster}; its output goes to a file. */
public final class HostProcess {
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(10);

    private final Sandbox sandbox;
    private final int host;
    private final long pid;
    private final Path log;

    HostProcess(Sandbox sandbox, int host, long pid, Path log) {
        this.sandbox = sandbox;
        this.host = host;
        this.pid = pid;
        this.log = log;
    }

    /** The host it runs on. */
    public int host() {
        return host;
    }

    /** Its process id, as seen by commands of the same cluster. */
    public long pid() {
        return pid;
    }

    /** Whether it still runs. */
    public boolean alive() {
        return sandbox.run("kill -0 " + pid, SIGNAL_LIMIT).exitCode() == 0;
    }

    /** Sends it a signal, for example {@code TERM}, {@code KILL} or {@code STOP}; nothing happens if it has ended. */
    public void signal(String name) {
        CommandResult ignored = sandbox.run("kill -" + name + " " + pid, SIGNAL_LIMIT);
    }

    /**
     * Waits for its end and returns its exit code: 128 and the signal's number if a signal ended it.
     *
     * @throws AssertionError with its last lines if it still runs at the limit
     */
    public int awaitExit(Duration limit) {
        Duration took =
                Await.until(limit, "process " + pid + " of host " + host + " has ended", this::tail, () -> !alive());
        return sandbox.run("wait " + pid, SIGNAL_LIMIT.plus(took)).exitCode();
    }

    /** The file that its output goes to. */
    public Path log() {
        return log;
    }

    /** Everything it has printed, line by line; earlier processes with the same log included. */
    public List<String> lines() {
        try {
            return Files.exists(log)
                    ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                            .lines()
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last 40 lines it has printed. */
    public String tail() {
        List<String> all = lines();
        return "--- " + log.getFileName() + " of host " + host + "\n"
                + String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size())) + "\n";
    }
}
