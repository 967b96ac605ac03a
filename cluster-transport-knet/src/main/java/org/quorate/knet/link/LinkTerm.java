package org.quorate.knet.link;

/** How long a link is to go on: for ever, until an instant, or as a link that is only listened to, until it has been quiet. */
final class LinkTerm {
    private long endsNanos = Long.MAX_VALUE;
    private long lastEndNanos;
    private long quietNanos;
    private long heardNanos;
    private boolean heardOnce;
    private boolean leaving;
    private boolean answering = true;

    /** The link is to end, or to take over, at that instant. */
    void endAt(long nanos) {
        endsNanos = nanos;
    }

    /** The link is to stay. */
    void stay() {
        endsNanos = Long.MAX_VALUE;
    }

    boolean isEnding() {
        return endsNanos != Long.MAX_VALUE;
    }

    /** From now on the link is only listened to: until {@code ends} at most, and no longer than {@code quiet} without a packet. */
    void leave(long nowNanos, long ends, long quiet, boolean answersPings) {
        leaving = true;
        quietNanos = quiet;
        endsNanos = Math.min(ends, nowNanos + quiet);
        lastEndNanos = ends;
        answering = answersPings;
    }

    /** Whether it is only listened to. */
    boolean isLeaving() {
        return leaving;
    }

    /** Whether pings are answered. */
    boolean isAnswering() {
        return answering;
    }

    /** A packet has come over the link. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        heardOnce = true;
    }

    /** Whether a packet has come over the link in the last {@code nanos}. */
    boolean heardWithin(long nowNanos, long nanos) {
        return heardOnce && nowNanos - heardNanos <= nanos;
    }

    /** When it is to end, as far as is known now; {@link Long#MAX_VALUE} for never. */
    long endsNanos() {
        return endsNanos;
    }

    /** Whether a link that is only listened to has been heard again, so that its end is later than it was said. */
    boolean goesOn(long nowNanos) {
        endsNanos = Math.min(lastEndNanos, heardNanos + quietNanos);
        return nowNanos < endsNanos;
    }
}
