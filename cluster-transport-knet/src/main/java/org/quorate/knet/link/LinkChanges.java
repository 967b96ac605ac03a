package org.quorate.knet.link;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.quorate.LinkConfig;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.PeerLink;

/**
 * Changes peers and links while traffic flows, so that nothing is lost that some pair of addresses can still carry.
 *
 * <p>Rules. A link that stays the same is not touched; other timers or another priority are taken over in place. A link that is up and
 * gets another address, its own or the peer's, goes on with the old pair while a <em>successor</em> pings on the new one. The successor
 * takes over when it is up, when the old pair goes down, and after {@link #HANDOVER_NANOS} in any case. A link that is not up gets another
 * address at once; the peer may have it up already, so its old pair is listened to if it was heard. A link that is removed carries
 * nothing any more, except that the only usable one waits for another of the peer's links to come up, in the same limits. What has
 * been replaced or removed is still <em>listened to</em>, because the peer may not know yet: until nothing has come over it for {@link
 * #QUIET_NANOS}, for {@link #LINGER_NANOS} at most. Pings on a replaced pair are answered; those on a removed link are not, so that the
 * peer notices. A peer that is removed is not listened to.
 *
 * <p>Bounds: {@link Peer#MAX_LEAVING} and two more pairs for each peer and link number.
 */
final class LinkChanges {
    /** How long the old pair is kept when the new one does not answer: time to change the other nodes by hand. */
    static final long HANDOVER_NANOS = 600_000_000_000L;
    /** As long as a peer that is not told may go on using a link: its first timeout. */
    static final long LINGER_NANOS = LinkMonitor.FIRST_TIMEOUT_NANOS;

    static final long QUIET_NANOS = 5_000_000_000L;

    /** What the engine does for links. */
    interface Owner extends Link.Owner {
        /** The priority of the link or its MTU has changed. */
        void refresh(Link link, String why);

        /** The number of {@code current} went up or down, as {@code told} tells. */
        void turned(Link current, Link told);

        /** The set of links of the peer has changed. */
        void refreshPeer(Peer peer, String why);
    }

    private final PeerTable table;
    private final FrameSizes sizes;
    private final IntUnaryOperator interfaceMtu;
    private final KnetOutput out;
    private final Owner owner;
    private final TreeMap<Integer, Link.Local> locals = new TreeMap<>();
    private final TreeSet<Integer> sockets = new TreeSet<>();
    private TransportSettings settings;
    private int incarnations;
    private boolean replaced;
    private long now;

    /** Without peers; the own socket of each link has the link's number. */
    LinkChanges(
            TransportSettings settings,
            PeerTable table,
            FrameSizes sizes,
            IntUnaryOperator interfaceMtu,
            KnetOutput out,
            Owner owner) {
        this.settings = settings;
        this.table = table;
        this.sizes = sizes;
        this.interfaceMtu = interfaceMtu;
        this.out = out;
        this.owner = owner;
        settings.localAddresses().forEach((number, address) -> locals.put(number, new Link.Local(number, address)));
        sockets.addAll(locals.keySet());
    }

    /** Makes {@code changed} what is in force; {@code socketOfLink} has the own socket for each link number. */
    void reconfigure(long nowNanos, TransportSettings changed, Map<Integer, Integer> socketOfLink) {
        now = nowNanos;
        TransportSettings before = settings;
        settings = changed;
        locals.clear();
        changed.localAddresses().forEach((number, address) -> {
            Integer socket = socketOfLink.get(number);
            if (socket != null) locals.put(number, new Link.Local(socket, address));
        });
        sockets.addAll(socketOfLink.values());
        for (Peer peer : table.peers()) if (!isListed(peer.id)) removePeer(nowNanos, peer.id);
        if (before.linkMode() != changed.linkMode())
            for (Peer peer : table.peers()) peer.selector.mode(changed.linkMode());
        for (TransportSettings.Peer peer : changed.peers()) putPeer(nowNanos, peer);
        if (before.manualMtu() != changed.manualMtu() || !before.pmtudInterval().equals(changed.pmtudInterval()))
            for (Link link : table.links())
                link.reconfigure(
                        nowNanos, changed.manualMtu(), changed.pmtudInterval().toNanos());
        closeUnused();
    }

    private boolean isListed(NodeId id) {
        for (TransportSettings.Peer peer : settings.peers()) if (peer.id().equals(id)) return true;
        return false;
    }

    /** Adds a peer or changes its links. Links without an own address are left out. */
    void putPeer(long nowNanos, TransportSettings.Peer wanted) {
        now = nowNanos;
        Peer peer = table.find(wanted.id().value());
        if (peer == null) {
            peer = new Peer(now, wanted.id(), settings.linkMode());
            table.put(peer);
        }
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
            PeerLink config = wanted.links().get(i);
            Link.Local local = locals.get(i);
            if (config != null && local != null) putLink(peer, i, local, config);
        }
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
            Link link = peer.link(i);
            if (link != null && (wanted.links().get(i) == null || locals.get(i) == null)) giveUp(link);
        }
        table.linksChanged();
        closeUnused();
    }

    private void putLink(Peer peer, int number, Link.Local local, PeerLink config) {
        Link present = peer.link(number);
        if (present == null) {
            peer.setLink(number, newLink(peer, number, local, config));
            dropLeaving(peer, number, local, config);
        } else if (present.joins(local, config.address())) {
            present.term.stay();
            dropSuccessor(peer, number, true);
            update(present, config);
        } else if (present.monitor.up()) {
            present.term.stay();
            update(present, at(present, config));
            succeed(present, local, config);
        } else {
            Link changed = newLink(peer, number, local, config);
            changed.inheritTraffic(present);
            peer.setLink(number, changed);
            dropLeaving(peer, number, local, config);
            if (usedByPeer(present)) listen(present, true);
            if (changed.differsInTrouble(present)) owner.diagnosed(changed);
        }
    }

    private Link newLink(Peer peer, int number, Link.Local local, PeerLink config) {
        return new Link(
                now,
                peer,
                number,
                local,
                incarnations++,
                config,
                sizes,
                settings.manualMtu(),
                settings.pmtudInterval(),
                () -> interfaceMtu.applyAsInt(local.socket()),
                owner);
    }

    private static void dropLeaving(Peer peer, int number, Link.Local local, PeerLink config) {
        peer.removeLeaving(link -> link.number == number && link.joins(local, config.address()));
    }

    private void update(Link link, PeerLink config) {
        if (link.config().equals(config)) return;
        link.reconfigure(now, config);
        owner.refresh(link, "link " + link.number + " has changed");
    }

    /** The new timers and priority with the old address. */
    private static PeerLink at(Link present, PeerLink config) {
        return new PeerLink(
                present.address(),
                config.priority(),
                config.pingInterval(),
                config.pingTimeout(),
                config.pingPrecision(),
                config.pongCount());
    }

    private void succeed(Link present, Link.Local local, PeerLink config) {
        Link successor = present.peer.successor(present.number);
        if (successor != null && successor.joins(local, config.address())) {
            update(successor, config);
            return;
        }
        dropSuccessor(present.peer, present.number, true);
        successor = newLink(present.peer, present.number, local, config);
        successor.term.endAt(now + HANDOVER_NANOS);
        present.peer.setSuccessor(present.number, successor);
        dropLeaving(present.peer, present.number, local, config);
    }

    /** The peer may have taken it over already, so it is listened to. */
    private void dropSuccessor(Peer peer, int number, boolean answersPings) {
        Link successor = peer.successor(number);
        if (successor == null) return;
        peer.setSuccessor(number, null);
        listen(successor, answersPings);
    }

    /** Removes a link; the only usable one stays if another of the peer's links may take over. */
    private void giveUp(Link link) {
        Peer peer = link.peer;
        dropSuccessor(peer, link.number, false);
        boolean last = link.usable() && peer.selector.usable() == 1 << link.number;
        if (last && hasOther(peer, link)) {
            if (!link.term.isEnding()) link.term.endAt(now + HANDOVER_NANOS);
        } else {
            remove(link, "removed from the configuration");
        }
    }

    private static boolean hasOther(Peer peer, Link link) {
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
            Link other = peer.link(i);
            if (other != null && other != link && !other.term.isEnding()) return true;
        }
        return false;
    }

    private void remove(Link link, String why) {
        Peer peer = link.peer;
        int number = link.number;
        peer.setLink(number, null);
        table.linksChanged();
        peer.selector.set(number, false, 0);
        boolean wasUp = link.monitor.up();
        if (wasUp) out.linkChanged(link.status(now, false, why));
        owner.refreshPeer(peer, "link " + number + " was removed");
        if (peer.reachable && (wasUp || usedByPeer(link))) listen(link, false);
    }

    /** For the peer the link may be up already, or still. */
    private boolean usedByPeer(Link link) {
        return link.term.heardWithin(now, QUIET_NANOS);
    }

    private void listen(Link link, boolean answersPings) {
        link.term.leave(now, now + LINGER_NANOS, QUIET_NANOS, answersPings);
        link.peer.addLeaving(link);
        table.linksChanged();
    }

    /** Forgets a peer; an unknown one is ignored. */
    void removePeer(long nowNanos, NodeId id) {
        now = nowNanos;
        Peer peer = table.find(id.value());
        if (peer == null) return;
        table.remove(id);
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
            peer.setSuccessor(i, null);
            Link link = peer.link(i);
            if (link != null) remove(link, "removed from the configuration");
        }
        peer.removeLeaving(link -> true);
        closeUnused();
    }

    /** A link went up or down: whoever waited for that takes over, or goes. */
    void upChanged(long nowNanos, Link link) {
        now = nowNanos;
        Peer peer = link.peer;
        int number = link.number;
        if (peer.successor(number) == link) {
            if (link.monitor.up()) takeOver(link, true);
            return;
        }
        if (peer.link(number) != link) return;
        Link successor = peer.successor(number);
        if (successor != null && !link.monitor.up()) install(successor, link);
        else owner.turned(link, link);
        if (successor == null && link.term.isEnding() && !link.monitor.up())
            remove(link, "removed from the configuration");
        if (link.usable()) removeEnding(peer);
    }

    /** The successor is in use from now on; the pair before is listened to. */
    private void takeOver(Link successor, boolean answersPings) {
        Link former = successor.peer.link(successor.number);
        if (former == null) throw new IllegalStateException("a successor of nobody");
        listen(former, answersPings);
        install(successor, former);
        if (successor.usable()) removeEnding(successor.peer);
    }

    private void install(Link successor, Link former) {
        Peer peer = successor.peer;
        replaced = true; // whose socket may be needed no more
        successor.term.stay();
        successor.inheritTraffic(former);
        peer.setSuccessor(successor.number, null);
        peer.setLink(successor.number, successor);
        table.linksChanged();
        owner.turned(successor, former.monitor.up() ? successor : former);
        if (successor.differsInTrouble(former)) owner.diagnosed(successor);
    }

    private void removeEnding(Peer peer) {
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
            Link link = peer.link(i);
            if (link != null && link.term.isEnding()) remove(link, "removed from the configuration");
        }
    }

    /** Ends what has gone on long enough. */
    void tick(long nowNanos) {
        now = nowNanos;
        boolean ended = replaced;
        replaced = false;
        for (Link link : table.links()) {
            if (link.term.endsNanos() > nowNanos) continue;
            ended = true;
            Peer peer = link.peer;
            if (peer.successor(link.number) == link) {
                link.note("has not answered at its new address for " + HANDOVER_NANOS / 60_000_000_000L + " minutes");
                takeOver(link, false);
            } else if (peer.link(link.number) == link) {
                remove(link, "removed from the configuration");
            }
        }
        for (Link link : table.leaving()) {
            if (link.term.endsNanos() > nowNanos || link.term.goesOn(nowNanos)) continue;
            ended = true;
            link.peer.removeLeaving(each -> each == link);
        }
        if (!ended) return;
        table.linksChanged();
        closeUnused();
    }

    private void closeUnused() {
        TreeSet<Integer> used = new TreeSet<>();
        for (Link.Local local : locals.values()) used.add(local.socket());
        for (Peer peer : table.peers()) for (Link link : peer.heard()) used.add(link.local);
        for (Integer socket : sockets.toArray(new Integer[0])) {
            if (used.contains(socket)) continue;
            sockets.remove(socket);
            out.socketUnused(socket);
        }
    }
}
