package org.quorate.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a simulation: the last events to print, and a 64-bit hash over all of them. Two runs that did the same have the
 * same hash. Keeps references to payloads and formats them only when printed, so a million events cost little.
 */
public final class Trace {
    /** How many events are kept for printing. */
    public static final int KEPT_EVENTS = 4096;

    private static final int PRINTED_PAYLOAD_BYTES = 24;
    private static final byte[] NOTHING = {};
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private record Event(long atNanos, int node, String kind, long number, byte[] payload) {}

    private final Event[] ring = new Event[KEPT_EVENTS];
    private Function<byte[], String> describer = Trace::hex;
    private @Nullable Consumer<String> follower;
    private long count;
    private long hash = 0x9E3779B97F4A7C15L;

    /** Prints payloads by {@code newDescriber} instead of as hexadecimal bytes. */
    public void describePayloads(Function<byte[], String> newDescriber) {
        describer = newDescriber;
    }

    /** From now on gives every event to {@code newFollower}, as a line. */
    public void follow(Consumer<String> newFollower) {
        follower = newFollower;
    }

    /** Records an event of {@code node} (0 for none) with a number that tells events of its kind apart. */
    public void add(long atNanos, int node, String kind, long number) {
        add(atNanos, node, kind, number, NOTHING);
    }

    /** The same with bytes that go into the hash; the array must not change afterwards. */
    public void add(long atNanos, int node, String kind, long number, byte[] payload) {
        Event event = new Event(atNanos, node, kind, number, payload);
        ring[(int) (count++ % KEPT_EVENTS)] = event;
        if (follower != null) follower.accept(line(event));
        mix(atNanos);
        mix(((long) node << 32) ^ kind.hashCode());
        mix(number);
        mix(payload.length);
        int whole = payload.length & -Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) mix((long) WORDS.get(payload, i));
        long word = 0;
        for (int i = whole; i < payload.length; i++) word = (word << 8) | (payload[i] & 0xFF);
        if (whole < payload.length) mix(word);
    }

    /** How many events there were. */
    public long count() {
        return count;
    }

    /** Hash over every event so far, in order. */
    public long hash() {
        return hash;
    }

    /** The last {@code most} events (at most {@link #KEPT_EVENTS}), oldest first, one line each. */
    public List<String> last(int most) {
        int kept = (int) Math.min(Math.min(count, KEPT_EVENTS), most);
        List<String> lines = new ArrayList<>(kept);
        for (long i = count - kept; i < count; i++) lines.add(line(ring[(int) (i % KEPT_EVENTS)]));
        return lines;
    }

    private String line(Event event) {
        String payload = event.payload.length == 0 ? "" : "  " + describer.apply(event.payload);
        return String.format(
                Locale.ROOT,
                "%15.6f ms  n%d  %-12s %d%s",
                event.atNanos / 1e6,
                event.node,
                event.kind,
                event.number,
                payload);
    }

    private static String hex(byte[] payload) {
        String shown = HexFormat.of().formatHex(payload, 0, Math.min(payload.length, PRINTED_PAYLOAD_BYTES));
        return payload.length + " bytes " + shown + (payload.length > PRINTED_PAYLOAD_BYTES ? ".." : "");
    }

    private void mix(long word) {
        long mixed = (hash ^ word) * 0xBF58476D1CE4E5B9L;
        hash = mixed ^ (mixed >>> 29);
    }
}
