package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;

/** Messages through the daemons' own client library: a C program of the tests, compiled on first use. */
public final class CpgTraffic {
    /** A retransmission or two is a scheduling hiccup of the machine; more is a member that does not keep up. */
    static final long FEW_RETRANSMITS = 5;

    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern RESULT =
            Pattern.compile("received=(\\d+) bytes=\\d+ wrong=(\\d+) again=\\d+ order=([0-9a-f]+)");

    private CpgTraffic() {}

    /** Compiles the program; ends the test as skipped if there is no compiler or library and interop is not required. */
    static Path compile() {
        return compile("cpg_traffic", "-lcpg");
    }

    /** The same for another C program of the tests. */
    public static Path compile(String name, String... libraries) {
        Path program = Path.of("target", name).toAbsolutePath();
        Path source = Path.of("src", "test", "c", name + ".c");
        List<String> command = new ArrayList<>(
                List.of("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program.toString(), source.toString()));
        command.addAll(List.of(libraries));
        try {
            Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (gcc.waitFor(1, TimeUnit.MINUTES) && gcc.exitValue() == 0) return program;
            return missing(source, output);
        } catch (IOException e) {
            return missing(source, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Path missing(Path source, String why) {
        boolean required = "required".equals(System.getenv("QUORATE_INTEROP"));
        if (required) throw new AssertionError("cannot compile " + source + ": " + why);
        Assumptions.abort("cannot compile " + source + " (Debian: apt install gcc libcpg-dev): " + why);
        throw new AssertionError("not reached");
    }

    /** Starts a sender on a host with a daemon; it begins when all of {@code senders} have joined. */
    static HostProcess start(CorosyncCluster cluster, Path program, int host, int sender, int messages, int senders) {
        return start(cluster, program, host, sender, messages, senders, Duration.ZERO);
    }

    /** The same with a pause between the sender's messages. */
    static HostProcess start(
            CorosyncCluster cluster, Path program, int host, int sender, int messages, int senders, Duration pause) {
        return start(cluster, program, host, sender, messages, senders, pause, LIMIT);
    }

    /** The same with another limit for all of it. */
    static HostProcess start(
            CorosyncCluster cluster,
            Path program,
            int host,
            int sender,
            int messages,
            int senders,
            Duration pause,
            Duration limit) {
        Path log = cluster.hostFolder(host).resolve("traffic.log");
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cluster.spawn(
                host,
                log,
                program.toString(),
                "traffic",
                Integer.toString(sender),
                Integer.toString(messages),
                Integer.toString(senders),
                Integer.toString(senders),
                Long.toString(limit.toSeconds()),
                Long.toString(pause.toMillis()));
    }

    /** Three of them begin together: on hosts 1 and 2 beside their daemons, on host 4 as a JVM node. */
    static List<HostProcess> startThree(CorosyncCluster cluster, int messages, Duration pause) {
        Path program = compile();
        return List.of(
                start(cluster, program, 1, 0, messages, 3, pause),
                start(cluster, program, 2, 1, messages, 3, pause),
                JvmNode.program(
                        cluster,
                        4,
                        cluster.hostFolder(4).resolve("traffic.log"),
                        GroupTraffic.class,
                        cluster.configFile(4).toString(),
                        cluster.hostFolder(4).resolve("data").toString(),
                        "traffic",
                        "2",
                        Integer.toString(messages),
                        "3",
                        "3",
                        Long.toString(LIMIT.toSeconds()),
                        Long.toString(pause.toMillis())));
    }

    /** Waits for its end, checks that it got all messages undamaged and in place, and returns the hash of their order. */
    static String awaitResult(HostProcess sender, long messages) {
        String result = awaitResult(sender);
        assertThat(result).as(sender.tail()).startsWith(messages + " ");
        return result;
    }

    /**
     * Waits for its end and checks that what it got was undamaged and in place; returns the number of messages and the hash of
     * their order, which say the same for all that got the same.
     */
    static String awaitResult(HostProcess sender) {
        int exitCode = sender.awaitExit(LIMIT.plusSeconds(10));
        String output = sender.tail();
        Matcher result = RESULT.matcher(output);
        assertThat(result.find()).as(output).isTrue();
        assertThat(result.group(2)).as(output).isEqualTo("0");
        assertThat(exitCode).as(output).isZero();
        return result.group(1) + " " + result.group(3);
    }
}
