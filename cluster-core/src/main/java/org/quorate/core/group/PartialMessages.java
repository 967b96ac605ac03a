package org.quorate.core.group;

import java.util.Arrays;
import java.util.LinkedHashMap;
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

    private final Map<Sender, Assembly> assemblies = new LinkedHashMap<>();

    /** The whole message, if this piece completes it. */
    Optional<byte[]> accept(int node, CpgPartial piece) {
        Sender sender = new Sender(node, piece.pid());
        if (piece.part() == CpgPartial.Part.FIRST) {
            assemblies.remove(sender);
            if (piece.messageBytes() > MAX_MESSAGE_BYTES) return Optional.empty();
            if (assemblies.size() >= MAX_SENDERS)
                assemblies.remove(assemblies.keySet().iterator().next());
            assemblies.put(sender, new Assembly());
        }
        Assembly assembly = assemblies.get(sender);
        if (assembly == null) return Optional.empty();
        boolean last = piece.part() == CpgPartial.Part.LAST;
        int bytes = assembly.length + piece.piece().length;
        if (last || bytes > piece.messageBytes() || bytes > MAX_MESSAGE_BYTES) assemblies.remove(sender);
        if (bytes > piece.messageBytes() || bytes > MAX_MESSAGE_BYTES) return Optional.empty();
        assembly.add(piece.piece());
        return last && bytes == piece.messageBytes() ? Optional.of(assembly.octets()) : Optional.empty();
    }

    /** One buffer, however many pieces there are: a sender may cut as small as it likes. */
    private static final class Assembly {
        private byte[] buffer = new byte[0];
        private int length;

        void add(byte[] piece) {
            if (length + piece.length > buffer.length)
                buffer =
                        Arrays.copyOf(buffer, Math.max(length + piece.length, Math.min(MAX_MESSAGE_BYTES, 2 * length)));
            System.arraycopy(piece, 0, buffer, length, piece.length);
            length += piece.length;
        }

        byte[] octets() {
            return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
        }
    }

    /** A node is gone; what its members left unfinished will not be finished. */
    void forget(int node) {
        assemblies.keySet().removeIf(s -> s.node == node);
    }
}
