package org.quorate.core.shell.jfr;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import org.quorate.LinkStatus;
import org.quorate.LinkStatus.Latency;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;

/**
 * Commits events once somebody has started a recording. Until then no class of an event is touched: the first one wakes up the recorder, which
 * costs the start of a node a tenth of a second of processor time.
 */
final class RecordingFlightLog implements FlightLog {
    private static final String DROP = "drop.";

    private final int self;
    private final CounterSource counters;
    private final Map<String, Long> before = new HashMap<>(); // guarded by itself
    private final Runnable periodic = this::askForDrops;
    private final FlightRecorderListener beginning = new FlightRecorderListener() {
        @Override
        public void recorderInitialized(FlightRecorder recorder) {
            begin();
        }
    };
    private volatile boolean begun; // written under this
    private boolean closed; // guarded by this

    RecordingFlightLog(NodeId self, CounterSource counters) {
        this.self = self.value();
        this.counters = counters;
        FlightRecorder.addListener(beginning);
    }

    private synchronized void begin() {
        if (begun || closed) return;
        begun = true;
        FlightRecorder.addPeriodicEvent(Events.Drops.class, periodic);
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        FlightRecorder.removeListener(beginning);
        if (begun) FlightRecorder.removePeriodicEvent(periodic);
    }

    private void askForDrops() {
        counters.read(this::drops);
    }

    private void drops(Map<String, Long> all) {
        synchronized (before) {
            all.forEach((name, total) -> {
                if (!name.startsWith(DROP) || total == 0) return;
                long known = Objects.requireNonNullElse(before.put(name, total), 0L);
                Events.Drops event = of(new Events.Drops());
                event.reason = name.substring(DROP.length());
                event.total = total;
                event.recent = total - known;
                event.commit();
            });
        }
    }

    private <E extends Events.NodeEvent> E of(E event) {
        event.node = self;
        return event;
    }

    private <E extends Events.LinkEvent> E of(E event, LinkStatus link) {
        event.peer = link.peer().value();
        event.link = link.link();
        event.localAddress = link.localAddress();
        event.peerAddress = link.peerAddress();
        return of(event);
    }

    @Override
    public void linkChanged(LinkStatus link) {
        if (!begun) return;
        Events.LinkChange event = of(new Events.LinkChange(), link);
        event.up = link.up();
        event.active = link.active();
        event.why = link.why();
        event.latency = link.heartbeats()
                .latency()
                .map(Latency::mean)
                .orElse(Duration.ZERO)
                .toNanos();
        event.commit();
    }

    @Override
    public void linkDiagnosed(LinkStatus link) {
        if (!begun) return;
        Events.LinkDiagnosis event = of(new Events.LinkDiagnosis(), link);
        event.kind = link.diagnosis().kind().name();
        event.trouble = link.diagnosis().kind().isTrouble();
        event.sentence = link.diagnosis().sentence();
        event.recentLoss = (float) link.heartbeats().recentLoss().orElse(0);
        event.commit();
    }

    @Override
    public void mtuChanged(LinkStatus link) {
        if (!begun) return;
        Events.LinkMtu event = of(new Events.LinkMtu(), link);
        event.mtu = link.mtu().bytes();
        event.source = link.mtu().source().name();
        event.why = link.mtu().why();
        event.commit();
    }

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {
        if (!begun) return;
        Events.PeerChange event = of(new Events.PeerChange());
        event.peer = peer.value();
        event.reachable = reachable;
        event.why = why;
        event.commit();
    }

    @Override
    public void keyChanged(String what) {
        if (!begun) return;
        Events.KeyChange event = of(new Events.KeyChange());
        event.what = what;
        event.commit();
    }

    @Override
    public void viewInstalled(View view) {
        if (!begun) return;
        Events.View event = of(new Events.View());
        event.ringId = view.ringId().toString();
        event.members = view.members().toString();
        event.joined = view.joined().toString();
        event.left = view.left().toString();
        event.quorate = view.quorum().quorate();
        event.commit();
        quorumChanged(view.quorum());
    }

    @Override
    public void quorumChanged(QuorumState quorum) {
        if (!begun) return;
        Events.Quorum event = of(new Events.Quorum());
        event.quorate = quorum.quorate();
        event.totalVotes = quorum.totalVotes();
        event.quorum = quorum.quorum();
        event.expectedVotes = quorum.expectedVotes();
        event.reason = quorum.reason();
        event.commit();
    }

    @Override
    public void paused(Duration atLeast) {
        if (!begun) return;
        Events.Pause event = of(new Events.Pause());
        event.atLeast = atLeast.toNanos();
        event.commit();
    }

    @Override
    public void tokenLost(RingId ringId, String phase) {
        if (!begun) return;
        Events.TokenLoss event = of(new Events.TokenLoss());
        event.ringId = ringId.toString();
        event.phase = phase;
        event.commit();
    }

    @Override
    public void noted(boolean warning, String sentence) {
        if (!begun) return;
        Events.Note event = of(new Events.Note());
        event.warning = warning;
        event.sentence = sentence;
        event.commit();
    }
}
