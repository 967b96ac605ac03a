package org.quorate.core.shell.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.LinkDiagnosis;
import org.quorate.LinkStatus;
import org.quorate.LinkStatus.Heartbeats;
import org.quorate.LinkStatus.Latency;
import org.quorate.LinkStatus.Mtu;
import org.quorate.LinkStatus.MtuSource;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.testkit.JavaProgram;

/** What a recording of Java Flight Recorder shows of a node. */
class FlightLogTest {
    private static final NodeId SELF = NodeId.of(7);
    private static final LinkStatus LINK = LinkStatus.of(NodeId.of(2), 1, "10.0.0.7:5406", "10.0.0.2:5406")
            .withState(true, true, "answered 3 pings")
            .withHeartbeats(new Heartbeats(
                    10,
                    9,
                    1,
                    OptionalDouble.of(0.125),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new Latency(Duration.ofNanos(250_000), Duration.ZERO, Duration.ZERO, 9))))
            .withMtu(new Mtu(1397, MtuSource.DISCOVERED, "IP packets of 1500 bytes pass"))
            .withDiagnosis(LinkDiagnosis.of(LinkDiagnosis.Kind.ONE_WAY, "node 2 hears nothing"));

    private static FlightLog log() {
        return FlightLog.of(SELF, reader -> {});
    }

    @Test
    void everythingThatHappensIsAnEvent(@TempDir Path folder) throws IOException {
        QuorumState quorum = new QuorumState(true, 3, 3, 2, 2, Set.of(), List.of(), "2 of 3");
        View view = new View(new RingId(2, 8), List.of(NodeId.of(2), SELF), List.of(SELF), List.of(), quorum);
        try (FlightLog log = log();
                Recording recording = new Recording()) {
            recording.start();
            log.linkChanged(LINK);
            log.linkDiagnosed(LINK);
            log.mtuChanged(LINK);
            log.peerChanged(NodeId.of(2), false, "link 1 is down");
            log.keyChanged("the new key is in use");
            log.viewInstalled(view);
            log.paused(Duration.ofMillis(7300));
            log.tokenLost(new RingId(2, 8), "OPERATIONAL");
            log.noted(true, "looking for a new ring");
            List<RecordedEvent> events = stop(recording, folder);
            assertThat(events)
                    .extracting(event -> event.getEventType().getName())
                    .containsExactly(
                            "org.quorate.LinkChange",
                            "org.quorate.LinkDiagnosis",
                            "org.quorate.LinkMtu",
                            "org.quorate.PeerChange",
                            "org.quorate.KeyChange",
                            "org.quorate.View",
                            "org.quorate.Quorum",
                            "org.quorate.Pause",
                            "org.quorate.TokenLoss",
                            "org.quorate.Note");
            assertThat(events)
                    .allSatisfy(event -> assertThat(event.getInt("node")).isEqualTo(7));
            RecordedEvent change = events.get(0);
            assertThat(change.getInt("peer")).isEqualTo(2);
            assertThat(change.getInt("link")).isEqualTo(1);
            assertThat(change.getBoolean("up")).isTrue();
            assertThat(change.getString("why")).isEqualTo("answered 3 pings");
            assertThat(change.getString("peerAddress")).isEqualTo("10.0.0.2:5406");
            assertThat(change.getDuration("latency")).isEqualTo(Duration.ofNanos(250_000));
            assertThat(change.getEventType().getCategoryNames()).containsExactly("Quorate", "Link");
            assertThat(change.getEventType().getLabel()).isEqualTo("Link Change");
            RecordedEvent diagnosis = events.get(1);
            assertThat(diagnosis.getString("kind")).isEqualTo("ONE_WAY");
            assertThat(diagnosis.getBoolean("trouble")).isTrue();
            assertThat(diagnosis.getString("sentence")).isEqualTo("node 2 hears nothing");
            assertThat(diagnosis.getFloat("recentLoss")).isEqualTo(0.125f);
            assertThat(events.get(2).getInt("mtu")).isEqualTo(1397);
            assertThat(events.get(2).getString("source")).isEqualTo("DISCOVERED");
            assertThat(events.get(3).getBoolean("reachable")).isFalse();
            assertThat(events.get(4).getString("what")).isEqualTo("the new key is in use");
            assertThat(events.get(5).getString("ringId")).isEqualTo("2.8");
            assertThat(events.get(5).getString("members")).isEqualTo("[2, 7]");
            assertThat(events.get(6).getInt("totalVotes")).isEqualTo(2);
            assertThat(events.get(7).getDuration("atLeast")).isEqualTo(Duration.ofMillis(7300));
            assertThat(events.get(8).getString("ringId")).isEqualTo("2.8");
            assertThat(events.get(8).getString("phase")).isEqualTo("OPERATIONAL");
            assertThat(events.get(9).getString("sentence")).isEqualTo("looking for a new ring");
        }
    }

    @Test
    void everyFieldHasALabel() {
        List<EventType> types = Arrays.stream(Events.class.getDeclaredClasses())
                .filter(each -> !Modifier.isAbstract(each.getModifiers()))
                .map(each -> EventType.getEventType(each.asSubclass(Event.class)))
                .toList();
        assertThat(types).hasSize(11);
        for (EventType type : types) {
            assertThat(type.getName()).startsWith("org.quorate.");
            assertThat(type.getLabel()).as(type.getName()).isNotBlank();
            assertThat(type.getDescription()).as(type.getName()).isNotBlank();
            for (ValueDescriptor field : type.getFields())
                assertThat(field.getLabel())
                        .as(type.getName() + "." + field.getName())
                        .isNotBlank();
        }
    }

    @Test
    void dropsAreReportedByReasonWhileARecordingRuns() {
        AtomicLong drops = new AtomicLong(5);
        CompletableFuture<RecordedEvent> first = new CompletableFuture<>();
        CompletableFuture<RecordedEvent> grown = new CompletableFuture<>();
        try (FlightLog log = FlightLog.of(
                        SELF,
                        reader -> reader.accept(
                                Map.of("drop.not-authentic", drops.get(), "drop.too-short", 0L, "sent", 9L)));
                RecordingStream stream = new RecordingStream()) {
            stream.enable("org.quorate.Drops").withPeriod(Duration.ofMillis(20));
            stream.onEvent("org.quorate.Drops", event -> {
                if (event.getLong("total") == 5) first.complete(event);
                if (event.getLong("total") == 12) grown.complete(event);
            });
            stream.startAsync();
            RecordedEvent event = first.orTimeout(30, TimeUnit.SECONDS).join();
            assertThat(event.getString("reason")).isEqualTo("not-authentic");
            assertThat(event.getLong("recent")).isEqualTo(5);
            drops.set(12);
            assertThat(grown.orTimeout(30, TimeUnit.SECONDS).join().getLong("recent"))
                    .isEqualTo(7);
            log.linkChanged(LINK); // not enabled in this recording
        }
    }

    @Test
    void nothingIsAskedAfterTheEnd() {
        AtomicLong asked = new AtomicLong();
        FlightLog ended = FlightLog.of(SELF, reader -> asked.incrementAndGet());
        ended.close();
        ended.close();
        CompletableFuture<RecordedEvent> other = new CompletableFuture<>();
        try (FlightLog log = FlightLog.of(SELF, reader -> reader.accept(Map.of("drop.own-id", 1L)));
                RecordingStream stream = new RecordingStream()) {
            stream.enable("org.quorate.Drops").withPeriod(Duration.ofMillis(20));
            stream.onEvent("org.quorate.Drops", other::complete);
            stream.startAsync();
            other.orTimeout(30, TimeUnit.SECONDS).join();
            log.keyChanged("while the stream runs");
        }
        assertThat(asked).hasValue(0);
    }

    /** The module is no requirement; without it a node runs as it does with it. */
    @Test
    void withoutTheModuleNothingIsRecordedAndNothingFails() throws IOException, InterruptedException {
        JavaProgram.Result result = JavaProgram.run(List.of(
                "--limit-modules",
                "java.base",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutRecorder.class.getName()));
        assertThat(result.output()).isEqualToIgnoringNewLines("recorder: false, silent: true");
        assertThat(result.exitCode()).isZero();
    }

    /** Runs in a JVM of its own. */
    static final class WithoutRecorder {
        private WithoutRecorder() {}

        public static void main(String[] arguments) {
            boolean recorder = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
            try (FlightLog log = FlightLog.of(SELF, reader -> {})) {
                log.keyChanged("nobody hears it");
                System.out.println("recorder: " + recorder + ", silent: " + (log == FlightLog.SILENT));
            }
        }
    }

    private static List<RecordedEvent> stop(Recording recording, Path folder) throws IOException {
        recording.stop();
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("org.quorate."))
                .filter(event -> !event.getEventType().getName().equals("org.quorate.Drops"))
                .sorted((a, b) -> a.getStartTime().compareTo(b.getStartTime()))
                .toList();
    }
}
