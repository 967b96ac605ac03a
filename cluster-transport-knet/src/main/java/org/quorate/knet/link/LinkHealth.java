package org.quorate.knet.link;

import org.jspecify.annotations.Nullable;
import org.quorate.LinkDiagnosis.Kind;
import org.quorate.knet.link.PingLog.Loss;
import org.quorate.knet.wire.DropReason;
import org.quorate.spi.TransportSettings.PeerLink;

/**
 * Judges what is the matter with one link from what this side sees: its pings, the answers, the peer's pings, and refused packets.
 *
 * <p>Trouble is said only on evidence that a few lost packets, a peer that has just started, or a pause of this process cannot make: a link
 * is deaf in one direction or both when {@link #LEAST_UNANSWERED} pings in a row were not answered, the first of them sent five intervals
 * and a ping timeout ago. The row begins anew with every answer, when pings of the peer begin to arrive, and after a pause. A link is lossy
 * from {@link #LOSSY_FROM} of the recent pings on until less than {@link #LOSSY_UNTIL} of them are lost; those sent before it came up do
 * not count.
 */
final class LinkHealth {
    /** Unanswered pings in a row that are evidence. */
    static final int LEAST_UNANSWERED = 5;

    static final double LOSSY_FROM = 0.10;
    static final double LOSSY_UNTIL = 0.05;
    /** Lost pings below which no link is called lossy. */
    static final int LEAST_LOST = 4;
    /** Late answers in a row that are evidence. */
    static final int LEAST_LATE = 3;

    private static final long NEVER = -1;

    final PingLog pings = new PingLog();
    private long lastHeard = NEVER;
    private long firstUnanswered;
    private int unanswered;
    private int late;
    private long refusedAt = NEVER;
    private @Nullable DropReason refusal;
    private Kind kind = Kind.CONNECTING;
    private long sinceNanos;

    LinkHealth(long nowNanos) {
        sinceNanos = nowNanos;
    }

    void pinged(long nowNanos) {
        pings.sent(nowNanos);
        if (unanswered++ == 0) firstUnanswered = nowNanos;
    }

    void ponged(long nowNanos, long sentAtNanos, PeerLink config) {
        pings.answered(nowNanos, sentAtNanos);
        unanswered = 0;
        late = nowNanos - sentAtNanos > config.pingTimeout().toNanos() ? late + 1 : 0;
    }

    /** A ping of the peer has come. */
    void heard(long nowNanos, PeerLink config) {
        if (!hears(nowNanos, config)) unanswered = 0; // it may have started just now
        lastHeard = nowNanos;
    }

    /** A packet was not accepted that came from the peer's address, or named this link. */
    void refused(long nowNanos, DropReason reason) {
        refusedAt = nowNanos;
        refusal = reason;
    }

    /** This process did not run for that long. */
    void paused(long nanos) {
        unanswered = 0;
        if (lastHeard != NEVER) lastHeard += nanos;
        if (refusedAt != NEVER) refusedAt += nanos;
    }

    /**
     * Judges again; true if trouble began, changed its kind or ended.
     *
     * @param upSince when the link came up, or -1 if it is down
     * @param hasMtu whether frames of an acceptable size pass
     */
    boolean judge(long nowNanos, PeerLink config, long upSince, boolean hasMtu) {
        Kind found = found(nowNanos, config, upSince, hasMtu);
        if (found == kind) return false;
        boolean told = found.isTrouble() || kind.isTrouble();
        kind = found;
        sinceNanos = nowNanos;
        return told;
    }

    private Kind found(long nowNanos, PeerLink config, long upSince, boolean hasMtu) {
        if (isUnanswered(nowNanos, config)) {
            if (hears(nowNanos, config)) return Kind.ONE_WAY;
            return refusedAt != NEVER && nowNanos - refusedAt <= hearingNanos(config) ? Kind.REFUSED : Kind.SILENT;
        }
        if (upSince < 0) return late >= LEAST_LATE ? Kind.LATE : Kind.CONNECTING;
        if (!hasMtu) return Kind.NO_MTU;
        return isLossy(nowNanos, config, upSince) ? Kind.LOSSY : Kind.SOUND;
    }

    private boolean isUnanswered(long nowNanos, PeerLink config) {
        long patience =
                LEAST_UNANSWERED * intervalNanos(config) + config.pingTimeout().toNanos();
        return unanswered >= LEAST_UNANSWERED && nowNanos - firstUnanswered >= patience;
    }

    private boolean hears(long nowNanos, PeerLink config) {
        return lastHeard != NEVER && nowNanos - lastHeard <= hearingNanos(config);
    }

    /** As long as the last of three pings of the peer may be away. It has the same interval as this side. */
    private static long hearingNanos(PeerLink config) {
        return Math.max(config.pingTimeout().toNanos(), 3 * (intervalNanos(config) + LinkMonitor.TICK_NANOS));
    }

    private static long intervalNanos(PeerLink config) {
        return Math.max(config.pingInterval().toNanos(), LinkMonitor.TICK_NANOS);
    }

    private boolean isLossy(long nowNanos, PeerLink config, long upSince) {
        long judgeBefore = nowNanos - config.pingTimeout().toNanos();
        // a row without any answer is on its way to another diagnosis
        if (unanswered > 0) judgeBefore = Math.min(judgeBefore, firstUnanswered - 1);
        int lost = pings.recent(judgeBefore, upSince, true);
        if (lost == 0) return false;
        double share = (double) lost / pings.recent(judgeBefore, upSince, false);
        return kind == Kind.LOSSY ? share >= LOSSY_UNTIL : lost >= LEAST_LOST && share >= LOSSY_FROM;
    }

    Loss recentLoss(long nowNanos, PeerLink config, long sinceNanos) {
        return pings.recentLoss(nowNanos - config.pingTimeout().toNanos(), sinceNanos);
    }

    Kind kind() {
        return kind;
    }

    /** When {@link #kind} changed last. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** When the last ping of the peer came, or -1. */
    long lastHeardNanos() {
        return lastHeard;
    }

    /** Pings since the last answer. */
    int unanswered() {
        return unanswered;
    }

    /** Why a packet was refused last. */
    @Nullable
    DropReason refusal() {
        return refusal;
    }
}
