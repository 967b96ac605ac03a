package org.quorate.examples.measure;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.quorate.examples.cli.Main;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;

/** One of the two that are compared: Corosync's daemon, and the agent as its launcher script starts it. */
enum Side {
    COROSYNC {
        @Override
        HostProcess start(CorosyncCluster cluster, int host) {
            return cluster.startDaemon(host);
        }

        @Override
        Optional<Instant> lookingForOthers(HostProcess process) {
            return process.lines().stream()
                    .filter(line -> line.contains("totemknet initialized"))
                    .findFirst()
                    .map(Side::timeOfDaemon);
        }

        @Override
        Optional<Instant> inRingOf(int members, HostProcess process, Instant since) {
            return process.lines().stream()
                    .filter(line -> line.contains("[QUORUM] Members[" + members + "]"))
                    .map(Side::timeOfDaemon)
                    .filter(time -> !time.isBefore(since))
                    .findFirst();
        }
    },

    JVM {
        @Override
        HostProcess start(CorosyncCluster cluster, int host) {
            return cluster.spawn(
                    host,
                    cluster.hostFolder(host).resolve("agent.log"),
                    LAUNCHER.toString(),
                    "agent",
                    "--conf",
                    cluster.configFile(host).toString(),
                    "--data-dir",
                    cluster.hostFolder(host).resolve("data").toString());
        }

        @Override
        Optional<Instant> lookingForOthers(HostProcess process) {
            return process.lines().stream()
                    .filter(line -> line.startsWith("{") && line.contains("JOINING"))
                    .flatMap(Side::read)
                    .flatMap(state -> state.text("time").stream())
                    .map(Instant::parse)
                    .findFirst();
        }

        @Override
        Optional<Instant> inRingOf(int members, HostProcess process, Instant since) {
            return process.lines().stream()
                    .filter(line -> line.startsWith("{") && line.contains("\"event\":\"view\""))
                    .flatMap(Side::read)
                    .filter(view -> view.object("quorum")
                                    .orElseGet(JsonObject::new)
                                    .number("totalVotes")
                                    .orElse(0)
                            == members)
                    .flatMap(view -> view.text("time").stream())
                    .map(Instant::parse)
                    .filter(time -> !time.isBefore(since))
                    .findFirst();
        }
    };

    /** Beside the classes of this module, wherever they were built. */
    private static final Path LAUNCHER = Path.of(Main.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath())
            .resolve("../../quorate")
            .normalize();

    private static final DateTimeFormatter DAEMON_TIME =
            DateTimeFormatter.ofPattern("yyyy MMM dd HH:mm:ss.SSS", Locale.ENGLISH);

    /** Starts a node on a host; does not wait for it. */
    abstract HostProcess start(CorosyncCluster cluster, int host);

    /** When a node began to look for others; empty while it has not. */
    abstract Optional<Instant> lookingForOthers(HostProcess process);

    /** When a node wrote down that it is in a ring of so many; the first time not before {@code since}; empty while it has not. */
    abstract Optional<Instant> inRingOf(int members, HostProcess process, Instant since);

    private static Instant timeOfDaemon(String line) {
        String time = Year.now(ZoneId.systemDefault()) + " " + line.substring(0, "Nov 22 16:24:00.567".length());
        return LocalDateTime.parse(time, DAEMON_TIME)
                .atZone(ZoneId.systemDefault())
                .toInstant();
    }

    private static Stream<JsonObject> read(String line) {
        try {
            return Stream.of(JsonObject.parse(line));
        } catch (JsonFormatException e) {
            return Stream.empty(); // half a line: it is being written
        }
    }
}
