package org.quorate.knet.link;

import java.time.Duration;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;
import org.quorate.knet.link.LinkEffect.LinkChanged;
import org.quorate.knet.link.LinkEffect.SendPing;
import org.quorate.spi.TransportSettings.PeerLink;

/**
 * Decides whether one link to one peer is connected, by heartbeats of its own; what the peer thinks of the link plays no part.
 *
 * <p>Everything happens on a grid of {@link #TICK_NANOS}: a ping goes out at the first tick at which the ping interval has passed, in
 * every state of the link, and silence is judged at ticks. A link that is down comes up at the pong after the first {@code pongCount}, or
 * at data from the peer if at least one pong came before. It goes down after a silence of {@link #timeoutNanos}, which once a second
 * becomes {@code pingTimeout x backoff + 2 x mean latency}; the backoff falls by one a second from 10 to 1 and is 10 again after a down.
 *
 * <p>Source: libknet 1.25, measured. Differs: time during which this process did not run (a tick that comes more than one tick late) is
 * not silence of the peer; the mean latency begins anew when the link comes up; and a link that was never up yet is pinged at every tick
 * for its first {@link #EAGER_NANOS}, so that nodes that start together need not wait for several intervals.
 */
public final class LinkMonitor implements Engine<LinkMonitor.Input, LinkEffect> {
    /** Distance of two ticks. */
    public static final long TICK_NANOS = 200_000_000L;

    static final long ADJUST_NANOS = 1_000_000_000L;
    /** The timeout before the first adjustment, whatever is configured. */
    static final long FIRST_TIMEOUT_NANOS = 20_000_000_000L;

    static final int FIRST_BACKOFF = 10;
    /** How long a link that was never up is pinged at every tick. */
    static final long EAGER_NANOS = 10_000_000_000L;

    /** What the monitor is told. */
    public sealed interface Input {}

    /** An authentic answer of the peer to the ping sent at that instant. */
    public record Pong(long sentAtNanos) implements Input {}

    /** An authentic data frame of the peer came over this link. */
    public record DataSeen() implements Input {}

    /** The network reports that the peer cannot be reached, and nothing speaks against it. */
    public record Unreachable(String reason) implements Input {}

    /** Intervals, timeout or counts changed; address and state stay. */
    public record Reconfigured(PeerLink link) implements Input {}

    private PeerLink config;
    private final long eagerUntil;
    private boolean up;
    private boolean everUp;
    private int pongsWhileDown;
    private boolean ponged;
    private long lastPongNanos;
    private long lastPingTick;
    private boolean pinged;
    private long nextTick;
    private long nextAdjust;
    private long timeoutNanos = FIRST_TIMEOUT_NANOS;
    private int backoff = FIRST_BACKOFF;
    private long latencyMicros;
    private int latencySamples;

    /** A link that begins, down, at {@code nowNanos}; its first ping is due at once. */
    public LinkMonitor(long nowNanos, PeerLink config) {
        this.config = config;
        this.nextTick = nowNanos;
        this.eagerUntil = nowNanos + EAGER_NANOS;
        this.nextAdjust = nowNanos + ADJUST_NANOS;
    }

    @Override
    public void step(long nowNanos, Input input, Effects<LinkEffect> out) {
        if (input instanceof Pong pong) pong(nowNanos, pong.sentAtNanos(), out);
        else if (input instanceof DataSeen) dataSeen(out);
        else if (input instanceof Reconfigured changed) config = changed.link();
        else if (input instanceof Unreachable report && up) goDown("the network reports: " + report.reason(), out);
    }

    private void pong(long nowNanos, long sentAtNanos, Effects<LinkEffect> out) {
        long roundTrip = nowNanos - sentAtNanos;
        if (roundTrip < 0) return;
        lastPongNanos = nowNanos;
        ponged = true;
        if (roundTrip > config.pingTimeout().toNanos()) return;
        latencySamples = Math.min(latencySamples + 1, config.pingPrecision());
        latencyMicros = (latencyMicros * (latencySamples - 1) + roundTrip / 1000) / latencySamples;
        if (up || latencyMicros * 1000 >= timeoutNanos) return;
        if (pongsWhileDown < config.pongCount()) {
            pongsWhileDown++;
            return;
        }
        comeUp("answered " + (pongsWhileDown + 1) + " pings", out);
    }

    private void dataSeen(Effects<LinkEffect> out) {
        if (!up && ponged) comeUp("sends data and answered a ping", out);
    }

    private void comeUp(String why, Effects<LinkEffect> out) {
        up = true;
        everUp = true;
        latencySamples = 0; // the round trips of a process that has just started tell of loading classes
        out.add(new LinkChanged(true, why));
    }

    @Override
    public void tick(long nowNanos, Effects<LinkEffect> out) {
        if (nowNanos < nextTick) return;
        long late = nowNanos - nextTick;
        if (late > TICK_NANOS) lastPongNanos += late;
        long tick = nextTick + late / TICK_NANOS * TICK_NANOS;
        nextTick = tick + TICK_NANOS;
        if (nowNanos >= nextAdjust) adjust(nowNanos);
        long silence = nowNanos - lastPongNanos;
        if (up && silence >= timeoutNanos)
            goDown("no pong for " + silence / 1_000_000 + " ms, allowed " + timeoutNanos / 1_000_000 + " ms", out);
        boolean eager = !everUp && nowNanos < eagerUntil;
        if (!pinged || eager || tick - lastPingTick >= config.pingInterval().toNanos()) {
            pinged = true;
            lastPingTick = tick;
            out.add(new SendPing(nowNanos));
        }
    }

    private void adjust(long nowNanos) {
        nextAdjust += ((nowNanos - nextAdjust) / ADJUST_NANOS + 1) * ADJUST_NANOS;
        if (backoff > 1) backoff--;
        timeoutNanos = config.pingTimeout().toNanos() * backoff + 2 * latencyMicros * 1000;
    }

    private void goDown(String why, Effects<LinkEffect> out) {
        up = false;
        ponged = false;
        pongsWhileDown = 0;
        backoff = FIRST_BACKOFF;
        out.add(new LinkChanged(false, why));
    }

    @Override
    public long deadlineNanos() {
        return nextTick;
    }

    /** Whether the link is connected. */
    public boolean up() {
        return up;
    }

    /** Answers that a link which is down still needs to come up. */
    int pongsMissing() {
        return config.pongCount() + 1 - pongsWhileDown;
    }

    /** Silence after which the link goes down, as of now. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** Mean round trip, zero before the first answer. */
    public Duration latency() {
        return Duration.ofNanos(latencyMicros * 1000);
    }

    /** Whether {@link #latency} has at least one sample. */
    public boolean hasLatency() {
        return latencyMicros > 0;
    }

    /** When the last pong came, or -1 if none has come since the link began or went down. */
    public long lastPongNanos() {
        return ponged ? lastPongNanos : -1;
    }
}
