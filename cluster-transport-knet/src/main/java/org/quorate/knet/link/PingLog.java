package org.quorate.knet.link;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import org.quorate.LinkStatus.Latency;

/**
 * The last {@value #WINDOW} periodic pings of one link and what became of them. A ping can be judged when it is older than the time the
 * caller gives; until then it is neither answered nor lost. Allocates nothing but when it is looked at.
 */
final class PingLog {
    /** Pings that are remembered one by one. */
    static final int WINDOW = 256;
    /** The newest pings that can be judged, of which the recent loss is taken. */
    static final int RECENT = 64;

    private static final long UNANSWERED = -1;

    private final long[] sentAt = new long[WINDOW];
    private final long[] roundTrips = new long[WINDOW];
    private long sent;
    private long answered;

    void sent(long nowNanos) {
        int slot = (int) (sent++ % WINDOW);
        sentAt[slot] = nowNanos;
        roundTrips[slot] = UNANSWERED;
    }

    /** An answer to the ping of that time; a second one, and one to a ping that is forgotten, counts for nothing. */
    void answered(long nowNanos, long sentAtNanos) {
        for (int back = 1; back <= kept(); back++) {
            int slot = slot(back);
            if (sentAt[slot] > sentAtNanos) continue;
            if (sentAt[slot] == sentAtNanos && roundTrips[slot] == UNANSWERED) {
                roundTrips[slot] = nowNanos - sentAtNanos;
                answered++;
            }
            return;
        }
    }

    long sent() {
        return sent;
    }

    long answered() {
        return answered;
    }

    /** Pings without an answer that were sent at or before {@code judgeBeforeNanos}. */
    long lost(long judgeBeforeNanos) {
        int pending = 0;
        for (int back = 1; back <= kept() && sentAt[slot(back)] > judgeBeforeNanos; back++)
            if (roundTrips[slot(back)] == UNANSWERED) pending++;
        return sent - answered - pending;
    }

    /** How many of the last pings that can be judged and were sent from {@code sinceNanos} on were lost, and of how many. */
    Loss recentLoss(long judgeBeforeNanos, long sinceNanos) {
        return new Loss(recent(judgeBeforeNanos, sinceNanos, true), recent(judgeBeforeNanos, sinceNanos, false));
    }

    /** How many pings {@link #recentLoss} is about: the lost ones among them, or all. */
    int recent(long judgeBeforeNanos, long sinceNanos, boolean lostOnly) {
        int judged = 0;
        int lost = 0;
        for (int back = 1; back <= kept() && judged < RECENT; back++) {
            int slot = slot(back);
            if (sentAt[slot] < sinceNanos) break;
            if (sentAt[slot] > judgeBeforeNanos) continue;
            judged++;
            if (roundTrips[slot] == UNANSWERED) lost++;
        }
        return lostOnly ? lost : judged;
    }

    /** Lost among judged pings. */
    record Loss(int lost, int judged) {
        OptionalDouble share() {
            return judged == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) lost / judged);
        }
    }

    /** Round trips of the remembered pings, beside the mean that somebody else keeps. */
    Optional<Latency> latency(Duration mean) {
        long[] known = new long[kept()];
        int samples = 0;
        for (int back = 1; back <= kept(); back++)
            if (roundTrips[slot(back)] != UNANSWERED) known[samples++] = roundTrips[slot(back)];
        if (samples == 0) return Optional.empty();
        Arrays.sort(known, 0, samples);
        return Optional.of(new Latency(
                mean, Duration.ofNanos(rank(known, samples, 50)), Duration.ofNanos(rank(known, samples, 99)), samples));
    }

    /** The smallest value that at least {@code percent} in 100 of the values do not exceed. */
    private static long rank(long[] sorted, int count, int percent) {
        return sorted[(count * percent + 99) / 100 - 1];
    }

    private int kept() {
        return (int) Math.min(sent, WINDOW);
    }

    /** Where the newest but {@code back - 1} is. */
    private int slot(int back) {
        return (int) ((sent - back) % WINDOW);
    }
}
