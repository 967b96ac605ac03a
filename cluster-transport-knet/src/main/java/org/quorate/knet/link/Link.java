package org.quorate.knet.link;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.quorate.LinkStatus;
import org.quorate.spi.TransportSettings.PeerLink;

/** One link to one peer: its two engines, what they found out, and its traffic. Carries out their effects through its {@link Owner}. */
final class Link implements LinkEffect.Host {
    /** Shortest and usual wait for the answer to a probe beyond the round trip. */
    private static final long PROBE_GRACE_NANOS = 200_000_000L;

    private static final int IPV4_UDP_BYTES = 28;
    private static final int IPV6_UDP_BYTES = 48;

    /** What a link needs from the engine. */
    interface Owner {
        void sendPing(Link link, long sentAtNanos);

        void sendProbe(Link link, int packetBytes, int plainBytes);

        /** The link went up or down. */
        void upChanged(Link link);

        /** The MTU of the link changed. */
        void mtuChanged(Link link);
    }

    final Peer peer;
    final int number;
    final LinkMonitor monitor;
    boolean pingedOnce;

    private long sentPackets;
    private long sentBytes;
    private long receivedPackets;
    private long receivedBytes;
    private final Owner owner;
    private final FrameSizes sizes;
    private final int manualMtu;
    private final PathMtu search;
    private final ArrayDeque<LinkEffect> effects = new ArrayDeque<>();
    private PeerLink config;
    private int dataBytes;
    private String why = "no pong yet";
    private long now;
    private long sinceNanos;

    Link(
            long nowNanos,
            Peer peer,
            int number,
            PeerLink config,
            FrameSizes sizes,
            int manualMtu,
            Duration pmtudInterval,
            IntSupplier interfaceMtu,
            Owner owner) {
        this.peer = peer;
        this.number = number;
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
        this.dataBytes = assumedDataBytes();
    }

    private int overheadBytes() {
        return config.address().getAddress().getAddress().length == 4 ? IPV4_UDP_BYTES : IPV6_UDP_BYTES;
    }

    private int assumedDataBytes() {
        return manualMtu > 0 ? sizes.maxDataBytes(manualMtu - overheadBytes()) : PathMtu.leastDataBytes(sizes);
    }

    private long probeWaitNanos() {
        long wait = 4 * monitor.latency().toNanos() + PROBE_GRACE_NANOS;
        return Math.min(wait, Math.max(PROBE_GRACE_NANOS, config.pingTimeout().toNanos()));
    }

    void monitor(long nowNanos, LinkMonitor.Input input) {
        now = nowNanos;
        monitor.step(nowNanos, input, effects::add);
        perform();
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
        searchAgain(nowNanos);
    }

    void reconfigure(long nowNanos, PeerLink changed) {
        config = changed;
        monitor(nowNanos, new LinkMonitor.Reconfigured(changed));
    }

    void tick(long nowNanos) {
        now = nowNanos;
        if (nowNanos >= monitor.deadlineNanos()) monitor.tick(nowNanos, effects::add);
        if (nowNanos >= search.deadlineNanos()) search.tick(nowNanos, effects::add);
        perform();
    }

    private void perform() {
        for (LinkEffect effect; (effect = effects.poll()) != null; ) effect.applyTo(this);
    }

    long deadlineNanos() {
        return Math.min(monitor.deadlineNanos(), search.deadlineNanos());
    }

    @Override
    public void sendPing(long sentAtNanos) {
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
        if (manualMtu == 0) search.step(now, up ? new PathMtu.Start() : new PathMtu.Stop(), effects::add);
        owner.upChanged(this);
    }

    @Override
    public void mtuFound(int found) {
        if (found == dataBytes) return;
        dataBytes = found;
        owner.mtuChanged(this);
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

    LinkStatus status(long nowNanos, InetSocketAddress local, boolean connected, String because) {
        long lastPong = monitor.lastPongNanos();
        return new LinkStatus(
                peer.id,
                number,
                text(local),
                text(config.address()),
                connected,
                connected && (peer.selector.carriers() & 1 << number) != 0,
                because,
                sinceNanos,
                lastPong < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(0, nowNanos - lastPong))),
                monitor.hasLatency() ? Optional.of(monitor.latency()) : Optional.empty(),
                dataBytes,
                config.priority());
    }

    LinkStatus status(long nowNanos, InetSocketAddress local) {
        return status(nowNanos, local, monitor.up(), why);
    }

    void countSent(int bytes) {
        sentPackets++;
        sentBytes += bytes;
    }

    void countReceived(int bytes) {
        receivedPackets++;
        receivedBytes += bytes;
    }

    /** Puts the traffic of this link into {@code out}. */
    void putCounters(Map<String, Long> out) {
        String name = "link." + peer.id + "." + number;
        out.put(name + ".sent.packets", sentPackets);
        out.put(name + ".sent.bytes", sentBytes);
        out.put(name + ".received.packets", receivedPackets);
        out.put(name + ".received.bytes", receivedBytes);
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
