package org.quorate.core.shell.jfr;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;

/**
 * Tells Java Flight Recorder what happens to one node. Does nothing where the Java runtime comes without the module {@code jdk.jfr}, and
 * costs next to nothing while no recording runs. Called on the node's loop but for {@link #close}, which any thread may call.
 */
public interface FlightLog extends AutoCloseable {
    /** Asks somewhere for the counters of a node, by name, and hands them over on a thread of its choice. */
    interface CounterSource {
        /** Passes the counters to {@code reader}, or does nothing if there are none any more. */
        void read(Consumer<Map<String, Long>> reader);
    }

    /** A log of nothing. */
    FlightLog SILENT = new SilentFlightLog();

    /** A log for {@code self}; its counters are asked for while a recording wants them. */
    static FlightLog of(NodeId self, CounterSource counters) {
        Optional<Module> recorder = ModuleLayer.boot().findModule("jdk.jfr");
        boolean usable = recorder.isPresent() && FlightLog.class.getModule().canRead(recorder.get());
        return usable ? new RecordingFlightLog(self, counters) : SILENT;
    }

    /** A link went up or down. */
    void linkChanged(LinkStatus link);

    /** Trouble with a link began, changed its kind or ended. */
    void linkDiagnosed(LinkStatus link);

    /** The MTU of a link changed. */
    void mtuChanged(LinkStatus link);

    /** A peer became reachable or unreachable. */
    void peerChanged(NodeId peer, boolean reachable, String why);

    /** The key or the cipher changed, or a step of such a change was made; {@code what} is one sentence. */
    void keyChanged(String what);

    /** A new membership. */
    void viewInstalled(View view);

    /** The quorum decision changed within a membership. */
    void quorumChanged(QuorumState quorum);

    /** This process did not run for at least that long. */
    void paused(Duration atLeast);

    /** No token came for a token timeout; {@code phase} is where the node stood. */
    void tokenLost(RingId ringId, String phase);

    /** What the protocol says of itself: a search for a new ring, who did not answer, what had to be recovered. */
    void noted(boolean warning, String sentence);

    /** Nothing is recorded from now on. Idempotent. */
    @Override
    void close();
}
