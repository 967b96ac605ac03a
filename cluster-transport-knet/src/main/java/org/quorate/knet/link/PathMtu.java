package org.quorate.knet.link;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;
import org.quorate.knet.link.LinkEffect.MtuFound;
import org.quorate.knet.link.LinkEffect.SendProbe;

/**
 * Finds how many user bytes fit into one frame on one link, by probes that must not be fragmented and that the peer acknowledges.
 *
 * <p>A search asks for the interface's MTU first, which nearly always is the answer and costs one probe. On silence it asks for the
 * size found last time, then for the smallest acceptable one, and once something was answered it bisects between the largest answered
 * and the smallest unanswered size. One probe is outstanding at a time, a size counts as too long after {@link #TRIES} unanswered probes
 * or at once when the own kernel refuses it. Sizes are lengths of IP packets, rounded down to what the cipher can produce.
 *
 * <p>Bounds: at most {@link #MAX_SIZES} sizes a search. A search never delays heartbeats or data: the previous result holds until it
 * ends, unless that was nothing: then the first answer counts at once. That nothing at all is answered is concluded only after the silence that would take the link down, so that a short outage does
 * not cost the link more than heartbeats would.
 *
 * <p>Source: libknet 1.25, measured. Differs: libknet starts at 65535 and learns the interface's MTU from the kernel's refusal.
 */
public final class PathMtu implements Engine<PathMtu.Input, LinkEffect> {
    /** Probes of one size before it counts as too long. */
    public static final int TRIES = 3;
    /** Sizes asked for in one search. */
    public static final int MAX_SIZES = 30;
    /** Bytes that a PMTUD frame has beside the user bytes that it stands for. */
    static final int HEADER_BYTES = 26;
    /** Largest IP packet. */
    static final int MAX_PACKET_BYTES = 65_535;
    /** UDP payload that every path carries: 576 less the largest IP and transport headers knet reckons with. */
    static final int LEAST_UDP_BYTES = 576 - 40 - 28;
    /** The largest difference between two lengths that a cipher can produce. */
    static final int STEP_BYTES = 16;
    /** Pause after a search without any answer, if the regular interval is not shorter. */
    static final long RETRY_NANOS = 2_000_000_000L;

    /** What the search is told. */
    public sealed interface Input {}

    /** Search now; the link came up, or something suggests that the path has changed. */
    public record Start() implements Input {}

    /** The link went down; ends a search without a result. */
    public record Stop() implements Input {}

    /** The peer has received the probe of that size. */
    public record Reply(int packetBytes) implements Input {}

    /** Time between two searches from now on. */
    public record Interval(long nanos) implements Input {}

    /** The own kernel did not send the probe of that size. */
    public record TooLong(int packetBytes) implements Input {}

    private final FrameSizes sizes;
    private final int overheadBytes;
    private long intervalNanos;
    private final IntSupplier interfaceMtu;
    private final LongSupplier waitNanos;

    private final LongSupplier patienceNanos;

    private boolean probing;
    private long beganNanos;
    private int candidate;
    private int tries;
    private int asked;
    private int good;
    private int bad;
    private boolean askedLast;
    private int lastGood;
    private boolean foundNothing;
    private long deadline = Long.MAX_VALUE;

    /**
     * A search that has not begun.
     *
     * @param sizes of the cipher in use
     * @param overheadBytes IP and UDP headers: 28 or 48
     * @param intervalNanos from the end of a search to the next
     * @param interfaceMtu asked at the begin of each search
     * @param waitNanos how long to wait for the answer to a probe; asked for each probe
     * @param patienceNanos how long a search without any answer goes on; asked for when needed
     */
    public PathMtu(
            FrameSizes sizes,
            int overheadBytes,
            long intervalNanos,
            IntSupplier interfaceMtu,
            LongSupplier waitNanos,
            LongSupplier patienceNanos) {
        this.sizes = sizes;
        this.overheadBytes = overheadBytes;
        this.intervalNanos = intervalNanos;
        this.interfaceMtu = interfaceMtu;
        this.waitNanos = waitNanos;
        this.patienceNanos = patienceNanos;
    }

    /** User bytes of a frame that fits every acceptable path; a smaller result makes a link useless. */
    public static int leastDataBytes(FrameSizes sizes) {
        return sizes.maxDataBytes(LEAST_UDP_BYTES);
    }

    @Override
    public void step(long nowNanos, Input input, Effects<LinkEffect> out) {
        if (input instanceof Start) {
            begin(nowNanos, out);
        } else if (input instanceof Stop) {
            probing = false;
            deadline = Long.MAX_VALUE;
        } else if (input instanceof Reply reply) {
            if (probing && reply.packetBytes() == candidate) answered(nowNanos, out);
        } else if (input instanceof Interval changed) {
            intervalNanos = changed.nanos();
            if (!probing && deadline != Long.MAX_VALUE) deadline = Math.min(deadline, nowNanos + intervalNanos);
        } else if (input instanceof TooLong refused) {
            // a refusal of the smallest size has another cause; it is asked for again when its wait is over
            if (probing && refused.packetBytes() == candidate && candidate > least()) unanswered(nowNanos, out);
        }
    }

    @Override
    public void tick(long nowNanos, Effects<LinkEffect> out) {
        if (nowNanos < deadline) return;
        if (!probing) begin(nowNanos, out);
        else if (tries < TRIES) probe(nowNanos, out);
        else unanswered(nowNanos, out);
    }

    private void begin(long nowNanos, Effects<LinkEffect> out) {
        probing = true;
        beganNanos = nowNanos;
        asked = 0;
        good = 0;
        askedLast = false;
        int first = Math.max(producible(Math.min(interfaceMtu.getAsInt(), MAX_PACKET_BYTES)), least());
        bad = first + 1;
        ask(nowNanos, first, out);
    }

    private void ask(long nowNanos, int packetBytes, Effects<LinkEffect> out) {
        candidate = packetBytes;
        tries = 0;
        asked++;
        probe(nowNanos, out);
    }

    private void probe(long nowNanos, Effects<LinkEffect> out) {
        tries++;
        deadline = nowNanos + waitNanos.getAsLong();
        out.add(new SendProbe(candidate, dataBytes(candidate) + HEADER_BYTES));
    }

    private void answered(long nowNanos, Effects<LinkEffect> out) {
        good = candidate;
        next(nowNanos, out);
    }

    private void unanswered(long nowNanos, Effects<LinkEffect> out) {
        bad = candidate;
        next(nowNanos, out);
    }

    private void next(long nowNanos, Effects<LinkEffect> out) {
        if (good == 0) {
            int known = producible(lastGood);
            if (!askedLast && known >= least() && known < bad) {
                askedLast = true;
                ask(nowNanos, known, out);
            } else if (least() < bad || nowNanos - beganNanos < patienceNanos.getAsLong()) {
                ask(nowNanos, least(), out);
            } else {
                finish(nowNanos, 0, Math.min(RETRY_NANOS, intervalNanos), out);
            }
            return;
        }
        int middle = producible((good + bad) / 2);
        if (middle > good && asked < MAX_SIZES) {
            // a link that carried nothing need not wait for the rest
            if (foundNothing) out.add(new MtuFound(dataBytes(good)));
            foundNothing = false;
            ask(nowNanos, middle, out);
        } else {
            finish(nowNanos, dataBytes(good), intervalNanos, out);
        }
    }

    private void finish(long nowNanos, int dataBytes, long pauseNanos, Effects<LinkEffect> out) {
        probing = false;
        lastGood = good;
        foundNothing = dataBytes == 0;
        deadline = nowNanos + pauseNanos;
        out.add(new MtuFound(dataBytes));
    }

    @Override
    public long deadlineNanos() {
        return deadline;
    }

    /** The longest IP packet that the last search found to pass, 0 if there is none. */
    int foundPacketBytes() {
        return lastGood;
    }

    /** The shortest IP packet whose passing makes a link useful. */
    int leastPacketBytes() {
        return least();
    }

    private int least() {
        return sizes.sealedBytes(leastDataBytes(sizes) + HEADER_BYTES) + overheadBytes;
    }

    private int dataBytes(int packetBytes) {
        return sizes.maxDataBytes(packetBytes - overheadBytes);
    }

    /** The longest packet up to {@code packetBytes} that a probe can make. */
    private int producible(int packetBytes) {
        int data = dataBytes(packetBytes);
        return data <= 0 ? 0 : sizes.sealedBytes(data + HEADER_BYTES) + overheadBytes;
    }
}
