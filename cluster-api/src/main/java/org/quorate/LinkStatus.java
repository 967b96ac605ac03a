package org.quorate;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One link to one peer at one moment. Everything is what this node saw itself; the peer may see the same link otherwise. Times are ages at
 * that moment, so that no clock is needed to read them.
 *
 * <p>Made by a transport. {@link #of} and the {@code with} methods make one by hand:
 * {@code LinkStatus.of(NodeId.of(2), 0, "10.0.0.1:5405", "10.0.0.2:5405").withState(true, true, "answered 3 pings")}.
 *
 * @param peer the other end
 * @param link link number
 * @param localAddress own address and port
 * @param peerAddress the peer's address and port
 * @param priority configured priority
 * @param state up or down, since when and why
 * @param diagnosis what is the matter with it
 * @param heartbeats pings and answers
 * @param mtu how much fits into one frame
 * @param sent everything sent over it, heartbeats too
 * @param received everything accepted over it, heartbeats too
 */
public record LinkStatus(
        NodeId peer,
        int link,
        String localAddress,
        String peerAddress,
        int priority,
        State state,
        LinkDiagnosis diagnosis,
        Heartbeats heartbeats,
        Mtu mtu,
        Traffic sent,
        Traffic received) {

    /**
     * Whether the link works.
     *
     * @param up whether it answers heartbeats
     * @param active whether it carries data to this peer now
     * @param age how long it has been up or down; before the first change, how long there has been such a link
     * @param why why it went up or down last; one sentence
     */
    public record State(boolean up, boolean active, Duration age, String why) {}

    /**
     * Periodic pings of this node and what came back. A ping can be judged when it is older than the link's ping timeout; until then it is
     * neither answered nor lost.
     *
     * @param sent pings since the link began
     * @param answered how many of them were answered, also those answered late
     * @param lost how many of them were not answered although they can be judged
     * @param recentLoss share of lost ones among the last pings that can be judged, 0 to 1; empty if there is none yet
     * @param lastPong age of the last answer; empty if there was none since the link began or went down
     * @param lastPing age of the last ping of the peer; empty if none ever came
     * @param latency round trips; empty before the first answer
     */
    public record Heartbeats(
            long sent,
            long answered,
            long lost,
            OptionalDouble recentLoss,
            Optional<Duration> lastPong,
            Optional<Duration> lastPing,
            Optional<Latency> latency) {
        /** Nothing sent, nothing heard. */
        public static final Heartbeats NONE =
                new Heartbeats(0, 0, 0, OptionalDouble.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Round trips of pings.
     *
     * @param mean weighed over many samples; the timeout of the link depends on it
     * @param p50 half of the recent round trips were at most this long
     * @param p99 of the recent round trips, 99 in 100 were at most this long
     * @param samples how many round trips the last two figures are of
     */
    public record Latency(Duration mean, Duration p50, Duration p99, int samples) {}

    /**
     * User bytes in one frame.
     *
     * @param bytes 0 if no frame of a useful size passes; such a link carries no data
     * @param source where the number comes from
     * @param why one sentence that says the same for people
     */
    public record Mtu(int bytes, MtuSource source, String why) {}

    /** Where an MTU comes from. */
    public enum MtuSource {
        /** The peer has answered a probe of that size. */
        DISCOVERED,
        /** The size that every path carries, taken until a search has ended. */
        ASSUMED,
        /** The configuration says so; nothing was searched. */
        MANUAL,
        /** There is none: not even the smallest probe was answered. */
        NONE
    }

    /**
     * Datagrams in one direction.
     *
     * @param packets how many
     * @param bytes UDP payload of all of them
     */
    public record Traffic(long packets, long bytes) {
        /** Nothing yet. */
        public static final Traffic NONE = new Traffic(0, 0);
    }

    /** A link that has just begun: down, nothing sent, nothing heard. */
    public static LinkStatus of(NodeId peer, int link, String localAddress, String peerAddress) {
        return new LinkStatus(
                peer,
                link,
                localAddress,
                peerAddress,
                1,
                new State(false, false, Duration.ZERO, "no pong yet"),
                LinkDiagnosis.of(LinkDiagnosis.Kind.CONNECTING, "no pong yet"),
                Heartbeats.NONE,
                new Mtu(0, MtuSource.NONE, "the link is down"),
                Traffic.NONE,
                Traffic.NONE);
    }

    /** Whether the link answers heartbeats. */
    public boolean up() {
        return state.up;
    }

    /** Whether the link carries data to this peer now. */
    public boolean active() {
        return state.active;
    }

    /** Why the link went up or down last. */
    public String why() {
        return state.why;
    }

    /** The same with another state of age zero. A link that is up is taken for sound. */
    public LinkStatus withState(boolean up, boolean active, String why) {
        LinkDiagnosis then =
                up ? LinkDiagnosis.SOUND : LinkDiagnosis.of(LinkDiagnosis.Kind.CONNECTING, "waiting for answers");
        return withState(new State(up, active, Duration.ZERO, why)).withDiagnosis(then);
    }

    /** The same with another state. */
    public LinkStatus withState(State changed) {
        return new LinkStatus(
                peer, link, localAddress, peerAddress, priority, changed, diagnosis, heartbeats, mtu, sent, received);
    }

    /** The same with another diagnosis. */
    public LinkStatus withDiagnosis(LinkDiagnosis changed) {
        return new LinkStatus(
                peer, link, localAddress, peerAddress, priority, state, changed, heartbeats, mtu, sent, received);
    }

    /** The same with other heartbeats. */
    public LinkStatus withHeartbeats(Heartbeats changed) {
        return new LinkStatus(
                peer, link, localAddress, peerAddress, priority, state, diagnosis, changed, mtu, sent, received);
    }

    /** The same with another MTU. */
    public LinkStatus withMtu(Mtu changed) {
        return new LinkStatus(
                peer, link, localAddress, peerAddress, priority, state, diagnosis, heartbeats, changed, sent, received);
    }

    /** The same with other traffic. */
    public LinkStatus withTraffic(Traffic out, Traffic in) {
        return new LinkStatus(
                peer, link, localAddress, peerAddress, priority, state, diagnosis, heartbeats, mtu, out, in);
    }

    /** The same with another priority. */
    public LinkStatus withPriority(int changed) {
        return new LinkStatus(
                peer, link, localAddress, peerAddress, changed, state, diagnosis, heartbeats, mtu, sent, received);
    }
}
