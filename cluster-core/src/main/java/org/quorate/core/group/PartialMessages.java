package org.quorate.core.group;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quorate.core.group.wire.CpgPartial;

/** Puts messages together that a C client's library cut into pieces; by sender, as that library does. Source: cpg.md section 3. */
final class PartialMessages {
    /** Longest message, in octets. */
    static final int MAX_MESSAGE_BYTES = 64 << 20;
    /** Senders with a half-received message; the oldest is given up for a new one. */
    static final int MAX_SENDERS = 64;

    private record Sender(int node, int pid) {}

    private final Map<Sender, List<byte[]>> assemblies = new LinkedHashMap<>();

    /** The whole message, if this piece completes it. */
    Optional<byte[]> accept(int node, CpgPartial piece) {
        Sender sender = new Sender(node, piece.pid());
        if (piece.part() == CpgPartial.Part.FIRST) {
            assemblies.remove(sender);
            if (piece.messageBytes() > MAX_MESSAGE_BYTES) return Optional.empty();
            if (assemblies.size() >= MAX_SENDERS)
                assemblies.remove(assemblies.keySet().iterator().next());
            assemblies.put(sender, new ArrayList<>());
        }
        List<byte[]> pieces = assemblies.get(sender);
        if (pieces == null) return Optional.empty();
        pieces.add(piece.piece());
        long bytes = 0;
        for (byte[] p : pieces) bytes += p.length;
        boolean last = piece.part() == CpgPartial.Part.LAST;
        if (last || bytes > piece.messageBytes()) assemblies.remove(sender);
        if (!last || bytes != piece.messageBytes()) return Optional.empty();
        byte[] whole = new byte[(int) bytes];
        int at = 0;
        for (byte[] p : pieces) {
            System.arraycopy(p, 0, whole, at, p.length);
            at += p.length;
        }
        return Optional.of(whole);
    }

    /** A node is gone; what its members left unfinished will not be finished. */
    void forget(int node) {
        assemblies.keySet().removeIf(s -> s.node == node);
    }
}
