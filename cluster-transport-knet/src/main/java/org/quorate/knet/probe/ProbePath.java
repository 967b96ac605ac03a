package org.quorate.knet.probe;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.quorate.spi.LinkProbes;

/** What is known of one link to one node, and what is to be asked on it. */
final class ProbePath {
    /** Lengths that are tried: the least, what a cluster needs, full frames of Ethernet over IPv6 and IPv4. */
    static final int[] LENGTHS = {ProbeDatagram.LEAST_BYTES, 1200, 1452, 1472};
    /** How often each length is asked for. */
    static final int TRIES = 10;
    /** Questions that may be answered, the newest. */
    static final int MAX_OPEN = 32;

    static final long ROUND_NANOS = 200_000_000L;
    static final long SLOW_NANOS = 1_000_000_000L;

    private record Question(int bytes, long atNanos) {}

    final int node;
    final int link;
    final InetSocketAddress address;
    private final Map<Long, Question> open = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Question> eldest) {
            return size() > MAX_OPEN;
        }
    };
    private final int[] asked = new int[LENGTHS.length];
    private final boolean[] answered = new boolean[LENGTHS.length];
    private boolean forward;
    private boolean back;
    private long rttNanos = Long.MAX_VALUE;
    private int largest;
    private int position;
    private long roundNanos;

    ProbePath(int node, int link, InetSocketAddress address, long nowNanos) {
        this.node = node;
        this.link = link;
        this.address = address;
        this.roundNanos = nowNanos;
    }

    /** When the next question is due. */
    long dueNanos() {
        return roundNanos;
    }

    /** The length of the next question of this round; 0 if there is none, and the next round is set. */
    int nextBytes(long nowNanos) {
        if (isSettled()) {
            roundNanos = nowNanos + SLOW_NANOS;
            return LENGTHS[0];
        }
        while (position < LENGTHS.length) {
            int i = position++;
            if (answered[i] || asked[i] >= TRIES) continue;
            asked[i]++;
            return LENGTHS[i];
        }
        position = 0;
        roundNanos = nowNanos + ROUND_NANOS;
        return 0;
    }

    /** Its other end has begun anew: so does this one. */
    void restart(long nowNanos) {
        open.clear();
        Arrays.fill(asked, 0);
        Arrays.fill(answered, false);
        forward = false;
        back = false;
        rttNanos = Long.MAX_VALUE;
        largest = 0;
        position = 0;
        roundNanos = nowNanos;
    }

    void asked(long number, int bytes, long nowNanos) {
        open.put(number, new Question(bytes, nowNanos));
    }

    /** False if nothing like that was asked. */
    boolean answered(long number, int bytes, long nowNanos) {
        Question question = open.get(number);
        if (question == null || question.bytes != bytes) return false;
        open.remove(number);
        rttNanos = Math.min(rttNanos, nowNanos - question.atNanos);
        largest = Math.max(largest, bytes);
        for (int i = 0; i < LENGTHS.length; i++) if (LENGTHS[i] == bytes) answered[i] = true;
        forward = true;
        return true;
    }

    void heard() {
        back = true;
    }

    void heardThere() {
        forward = true;
    }

    boolean isBack() {
        return back;
    }

    boolean isSettled() {
        for (int i = 0; i < LENGTHS.length; i++) if (!answered[i] && asked[i] < TRIES) return false;
        return true;
    }

    LinkProbes.Path report() {
        return new LinkProbes.Path(
                node,
                link,
                forward,
                back,
                rttNanos == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(rttNanos),
                largest,
                isSettled());
    }
}
