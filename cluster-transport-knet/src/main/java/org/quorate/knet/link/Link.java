package org.quorate.knet.link;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.quorate.LinkDiagnosis;
import org.quorate.LinkDiagnosis.Kind;
import org.quorate.LinkStatus;
import org.quorate.LinkStatus.Heartbeats;
import org.quorate.LinkStatus.Mtu;
import org.quorate.LinkStatus.MtuSource;
import org.quorate.LinkStatus.State;
import org.quorate.LinkStatus.Traffic;
import org.quorate.knet.link.LinkSentences.Facts;
import org.quorate.knet.wire.DropReason;
import org.quorate.spi.TransportSettings.PeerLink;

/** One link to one peer: its two engines, what they found out, and its traffic. Carries out their effects through its {@link Owner}. */
final class Link implements LinkEffect.Host {
    /** Shortest and usual wait for the answer to a probe beyond the round trip. */
    private static final long PROBE_GRACE_NANOS = 200_000_000L;

    private static final int IPV4_UDP_BYTES = 28;
    private static final int IPV6_UDP_BYTES = 48;

    /**
     * An own end.
     *
     * @param socket the shell's number for it
     * @param address what it is bound to
     */
    record Local(int socket, InetSocketAddress address) {}

    /** What a link needs from the engine. */
    interface Owner {
        void sendPing(Link link, long sentAtNanos);

        void sendProbe(Link link, int packetBytes, int plainBytes);

        /** Nothing comes over the link: ask the network about it. */
        void watch(Link link);

        /** The link went up or down. */
        void upChanged(Link link);

        /** The MTU of the link changed. */
        void mtuChanged(Link link);

        /** Trouble with the link began, changed its kind or ended. */
        void diagnosed(Link link);
    }

    final Peer peer;
    final int number;
    /** The own socket. */
    final int local;
    /** Tells the pings of this link from those of others with its number. */
    final int incarnation;

    final LinkMonitor monitor;
    final LinkTerm term = new LinkTerm();
    private final LinkWatch watch = new LinkWatch();
    boolean pingedOnce;

    private long sentPackets;
    private long sentBytes;
    private long receivedPackets;
    private long receivedBytes;
    private final Owner owner;
    private final FrameSizes sizes;
    private final PathMtu search;
    private final ArrayDeque<LinkEffect> effects = new ArrayDeque<>();
    private final IntSupplier interfaceMtu;
    private final LinkHealth health;
    private final InetSocketAddress localAddress;
    private int manualMtu;
    private PeerLink config;
    private int dataBytes;
    private MtuSource mtuSource;
    private String why = "no pong yet";
    private long now;
    private long sinceNanos;

    Link(
            long nowNanos,
            Peer peer,
            int number,
            Local local,
            int incarnation,
            PeerLink config,
            FrameSizes sizes,
            int manualMtu,
            Duration pmtudInterval,
            IntSupplier interfaceMtu,
            Owner owner) {
        this.peer = peer;
        this.number = number;
        this.local = local.socket();
        this.localAddress = local.address();
        this.incarnation = incarnation;
        this.config = config;
        this.sizes = sizes;
        this.manualMtu = manualMtu;
        this.owner = owner;
        this.now = nowNanos;
        this.sinceNanos = nowNanos;
        this.monitor = new LinkMonitor(nowNanos, config);
        this.search = new PathMtu(
                sizes,
                overheadBytes(),
                pmtudInterval.toNanos(),
                interfaceMtu,
                this::probeWaitNanos,
                monitor::timeoutNanos);
        this.interfaceMtu = interfaceMtu;
        this.health = new LinkHealth(nowNanos);
        this.dataBytes = assumedDataBytes();
        this.mtuSource = assumedSource();
    }

    private int overheadBytes() {
        return config.address().getAddress().getAddress().length == 4 ? IPV4_UDP_BYTES : IPV6_UDP_BYTES;
    }

    private int assumedDataBytes() {
        return manualMtu > 0 ? sizes.maxDataBytes(manualMtu - overheadBytes()) : PathMtu.leastDataBytes(sizes);
    }

    private MtuSource assumedSource() {
        return manualMtu > 0 ? MtuSource.MANUAL : MtuSource.ASSUMED;
    }

    private long probeWaitNanos() {
        long wait = 4 * monitor.latency().toNanos() + PROBE_GRACE_NANOS;
        return Math.min(wait, Math.max(PROBE_GRACE_NANOS, config.pingTimeout().toNanos()));
    }

    void monitor(long nowNanos, LinkMonitor.Input input) {
        now = nowNanos;
        if (input instanceof LinkMonitor.Pong pong) health.ponged(nowNanos, pong.sentAtNanos(), config);
        monitor.step(nowNanos, input, effects::add);
        perform();
    }

    /** A ping of the peer has come. */
    void heard(long nowNanos) {
        health.heard(nowNanos, config);
    }

    /** A packet that seems to be of the peer was not accepted. */
    void refused(long nowNanos, DropReason reason) {
        health.refused(nowNanos, reason);
    }

    void search(long nowNanos, PathMtu.Input input) {
        now = nowNanos;
        search.step(nowNanos, input, effects::add);
        perform();
    }

    /** Begins a new search, unless the MTU is given by hand or the link is down. */
    void searchAgain(long nowNanos) {
        if (manualMtu == 0 && monitor.up()) search(nowNanos, new PathMtu.Start());
    }

    /** Back to the smallest MTU after a change of the cipher, then a new search. */
    void sizesChanged(long nowNanos) {
        dataBytes = assumedDataBytes();
        mtuSource = assumedSource();
        searchAgain(nowNanos);
    }

    void reconfigure(long nowNanos, PeerLink changed) {
        config = changed;
        monitor(nowNanos, new LinkMonitor.Reconfigured(changed));
    }

    /** Takes another manual MTU, or none if 0, and another time between searches. */
    void reconfigure(long nowNanos, int newManualMtu, long pmtudIntervalNanos) {
        search(nowNanos, new PathMtu.Interval(pmtudIntervalNanos));
        if (newManualMtu == manualMtu) return;
        manualMtu = newManualMtu;
        if (manualMtu != 0) search(nowNanos, new PathMtu.Stop());
        dataBytes = assumedDataBytes();
        mtuSource = assumedSource();
        owner.mtuChanged(this);
        searchAgain(nowNanos);
    }

    /** Whether it joins these two ends. */
    boolean joins(Local own, InetSocketAddress other) {
        return own.socket() == local && config.address().equals(other);
    }

    /** Whether it joins these two ends, whatever the own port. */
    boolean joins(InetAddress own, InetSocketAddress other) {
        return localAddress.getAddress().equals(own) && config.address().equals(other);
    }

    /** 0 if {@code from} is another host, else more the better the datagram fits this link. */
    int match(int socket, InetSocketAddress from) {
        InetSocketAddress mine = config.address();
        if (!mine.getAddress().equals(from.getAddress())) return 0;
        return 1 + (local == socket ? 2 : 0) + (mine.getPort() == from.getPort() ? 1 : 0);
    }

    /** Goes on with the counters of {@code former}, whose number it has. */
    void inheritTraffic(Link former) {
        sentPackets += former.sentPackets;
        sentBytes += former.sentBytes;
        receivedPackets += former.receivedPackets;
        receivedBytes += former.receivedBytes;
    }

    /** The network reports that the peer of this link cannot be reached; returns whether that was believed. */
    boolean unreachable(long nowNanos, String reason) {
        if (!monitor.up() || !watch.believes(receivedPackets)) return false;
        monitor(nowNanos, new LinkMonitor.Unreachable(reason));
        return true;
    }

    /** Asks the network about the link now, if it is up. */
    void ask() {
        if (!monitor.up()) return;
        watch.ask(receivedPackets);
        owner.watch(this);
    }

    long receivedPackets() {
        return receivedPackets;
    }

    void tick(long nowNanos) {
        now = nowNanos;
        if (nowNanos >= monitor.deadlineNanos()) {
            if (watch.tick(monitor.up(), sentPackets, receivedPackets)) {
                peer.doubted |= 1 << number;
                owner.watch(this);
            }
            long late = nowNanos - monitor.deadlineNanos();
            if (late > LinkMonitor.TICK_NANOS) health.paused(late);
            monitor.tick(nowNanos, effects::add);
        }
        if (nowNanos >= search.deadlineNanos()) search.tick(nowNanos, effects::add);
        perform();
        if (judge()) owner.diagnosed(this);
    }

    /** Whether listeners have to hear of the trouble of a link that takes the place of {@code former}, or of its end. */
    boolean differsInTrouble(Link former) {
        Kind mine = health.kind();
        Kind before = former.health.kind();
        return mine != before && (mine.isTrouble() || before.isTrouble());
    }

    private boolean judge() {
        return health.judge(now, config, monitor.up() ? sinceNanos : -1, dataBytes > 0);
    }

    private void perform() {
        for (LinkEffect effect; (effect = effects.poll()) != null; ) effect.applyTo(this);
    }

    long deadlineNanos() {
        return Math.min(monitor.deadlineNanos(), search.deadlineNanos());
    }

    @Override
    public void sendPing(long sentAtNanos) {
        health.pinged(sentAtNanos);
        owner.sendPing(this, sentAtNanos);
    }

    @Override
    public void sendProbe(int packetBytes, int plainBytes) {
        owner.sendProbe(this, packetBytes, plainBytes);
    }

    @Override
    public void linkChanged(boolean up, String because) {
        why = because;
        sinceNanos = now;
        dataBytes = assumedDataBytes();
        mtuSource = assumedSource();
        if (manualMtu == 0) search.step(now, up ? new PathMtu.Start() : new PathMtu.Stop(), effects::add);
        boolean diagnosed = judge();
        owner.upChanged(this);
        if (diagnosed) owner.diagnosed(this);
    }

    @Override
    public void mtuFound(int found) {
        mtuSource = found > 0 ? MtuSource.DISCOVERED : MtuSource.NONE;
        if (found == dataBytes) return;
        dataBytes = found;
        owner.mtuChanged(this);
        if (judge()) owner.diagnosed(this);
    }

    /** Says why its state is what it is. */
    void note(String because) {
        why = because;
        sinceNanos = now;
    }

    String changeInWords() {
        return "link " + number + (monitor.up() ? " is up: " : " is down: ") + why;
    }

    /** Whether the link may carry data: it is connected and frames of an acceptable size pass. */
    boolean usable() {
        return monitor.up() && dataBytes > 0;
    }

    int dataBytes() {
        return dataBytes;
    }

    PeerLink config() {
        return config;
    }

    InetSocketAddress address() {
        return config.address();
    }

    LinkStatus status(long nowNanos) {
        boolean current = peer.link(number) == this;
        if (current && term.isEnding())
            return status(nowNanos, monitor.up(), why + "; goes as soon as another link to the node is up");
        Link next = current ? peer.successor(number) : null;
        if (next == null) return status(nowNanos, monitor.up(), why);
        return status(
                nowNanos,
                monitor.up(),
                why + "; moves to " + LinkSentences.text(next.localAddress) + " and "
                        + LinkSentences.text(next.config.address()) + " once that answers");
    }

    LinkStatus status(long nowNanos, boolean connected, String because) {
        Mtu mtu = mtu();
        return new LinkStatus(
                peer.id,
                number,
                LinkSentences.text(localAddress),
                LinkSentences.text(config.address()),
                config.priority(),
                new State(
                        connected,
                        connected && (peer.selector.carriers() & 1 << number) != 0,
                        age(nowNanos, sinceNanos),
                        because),
                diagnosis(nowNanos, mtu),
                heartbeats(nowNanos),
                mtu,
                new Traffic(sentPackets, sentBytes),
                new Traffic(receivedPackets, receivedBytes));
    }

    private Heartbeats heartbeats(long nowNanos) {
        long lastPong = monitor.lastPongNanos();
        long lastHeard = health.lastHeardNanos();
        return new Heartbeats(
                health.pings.sent(),
                health.pings.answered(),
                health.pings.lost(nowNanos - config.pingTimeout().toNanos()),
                health.recentLoss(nowNanos, config, 0).share(),
                lastPong < 0 ? Optional.empty() : Optional.of(age(nowNanos, lastPong)),
                lastHeard < 0 ? Optional.empty() : Optional.of(age(nowNanos, lastHeard)),
                health.pings.latency(monitor.latency()));
    }

    private Mtu mtu() {
        if (!monitor.up() && manualMtu == 0) return new Mtu(0, MtuSource.NONE, "the link is down");
        int packetBytes = switch (mtuSource) {
            case DISCOVERED -> search.foundPacketBytes();
            case MANUAL -> manualMtu;
            case ASSUMED, NONE -> search.leastPacketBytes();
        };
        return LinkSentences.mtu(mtuSource, dataBytes, packetBytes, interfaceMtu.getAsInt());
    }

    private LinkDiagnosis diagnosis(long nowNanos, Mtu mtu) {
        int carriers = peer.selector.carriers() & ~(1 << number);
        Facts facts = new Facts(
                peer.id.value(),
                number,
                LinkSentences.text(localAddress),
                LinkSentences.text(config.address()),
                health.unanswered(),
                monitor.pongsMissing(),
                health.recentLoss(nowNanos, config, monitor.up() ? sinceNanos : 0),
                health.refusal(),
                carriers == 0 ? -1 : Integer.numberOfTrailingZeros(carriers),
                mtu);
        return new LinkDiagnosis(
                health.kind(), LinkSentences.diagnosis(health.kind(), facts), age(nowNanos, health.sinceNanos()));
    }

    private static Duration age(long nowNanos, long thenNanos) {
        return Duration.ofNanos(Math.max(0, nowNanos - thenNanos));
    }

    void countSent(int bytes) {
        sentPackets++;
        sentBytes += bytes;
    }

    void countReceived(long nowNanos, int bytes) {
        term.heard(nowNanos);
        peer.doubted &= ~(1 << number);
        receivedPackets++;
        receivedBytes += bytes;
    }

    /** Puts the traffic of this link into {@code out}. */
    void putCounters(Map<String, Long> out) {
        String name = "link." + peer.id + "." + number;
        out.merge(name + ".sent.packets", sentPackets, Long::sum);
        out.merge(name + ".sent.bytes", sentBytes, Long::sum);
        out.merge(name + ".received.packets", receivedPackets, Long::sum);
        out.merge(name + ".received.bytes", receivedBytes, Long::sum);
    }
}
