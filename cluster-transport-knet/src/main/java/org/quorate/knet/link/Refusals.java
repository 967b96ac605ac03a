package org.quorate.knet.link;

import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.quorate.NodeId;
import org.quorate.knet.wire.DropReason;

/**
 * Says in words why packets are refused that an operator can do something about: another key, a node or an address that is not in the
 * configuration. One sentence a minute for each reason; all of them are counted anyway.
 */
final class Refusals {
    /** The least time between two sentences for the same reason. */
    static final long REPORT_NANOS = 60_000_000_000L;

    private final PeerTable table;
    private final KnetOutput out;
    private final Map<DropReason, Long> nextReport = new EnumMap<>(DropReason.class);
    /** By node of which messages cannot be read: the models that were spoken of. As large as the node list at most. */
    private final Map<NodeId, BitSet> withoutLibrary = new HashMap<>();

    Refusals(PeerTable table, KnetOutput out) {
        this.table = table;
        this.out = out;
    }

    /** A datagram could not be opened. */
    void notAuthentic(long nowNanos, InetSocketAddress from) {
        if (!isDue(nowNanos, DropReason.NOT_AUTHENTIC)) return;
        NodeId owner = ownerOf(from);
        out.refused(
                owner != null
                        ? "packets of node " + owner + " (" + text(from)
                                + ") are sealed with another key or damaged; compare its key file, crypto_cipher and crypto_hash with those here"
                        : "packets come from " + text(from)
                                + ", which is no address in the node list, and are sealed with another key; another cluster uses this port");
    }

    /** An authentic frame names a node that is not configured. */
    void unknownHost(long nowNanos, int node, InetSocketAddress from) {
        if (isDue(nowNanos, DropReason.UNKNOWN_HOST))
            out.refused("packets come from " + text(from) + " in the name of node " + node
                    + ", which is not in the node list; add it there, or give the other cluster a key of its own");
    }

    /** An authentic frame of a configured node comes from elsewhere. */
    void wrongAddress(long nowNanos, NodeId node, InetSocketAddress from) {
        if (isDue(nowNanos, DropReason.WRONG_ADDRESS))
            out.refused(
                    "node " + node + " sends from " + text(from)
                            + ", which is not the address that the node list gives it for that link; correct the list, or the route of that host");
    }

    /** A message cannot be read because the library of its compression model is not there; said once for each node and model. */
    void noLibrary(NodeId node, int model, String what) {
        BitSet said = withoutLibrary.computeIfAbsent(node, n -> new BitSet());
        if (said.get(model)) return;
        said.set(model);
        out.refused("node " + node + " compresses with " + what + "; its messages cannot be read");
    }

    private boolean isDue(long nowNanos, DropReason reason) {
        Long next = nextReport.get(reason);
        if (next != null && nowNanos < next) return false;
        nextReport.put(reason, nowNanos + REPORT_NANOS);
        return true;
    }

    private @org.jspecify.annotations.Nullable NodeId ownerOf(InetSocketAddress from) {
        for (Peer peer : table.peers()) if (peer.linkFrom(-1, from) != null) return peer.id;
        return null;
    }

    private static String text(InetSocketAddress from) {
        return from.getAddress().getHostAddress() + ":" + from.getPort();
    }
}
