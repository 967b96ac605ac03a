package org.quorate.core.group;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.quorate.core.group.wire.CpgPartial;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.service.ServiceEffect;
import org.quorate.engine.Effects;

/**
 * Puts messages together that a C client's library cut into pieces: by sender and group, as each group is another handle of that
 * library. All of them together hold no more octets than was given; for a piece that finds no room, the message that has waited longest for
 * its next one is given up, since a sender whose message was interrupted never finishes it. What comes to nothing is a drop with its
 * reason. Source: cpg.md sections 3 and 5.
 */
final class PartialMessages {
    /** Longest message, in octets, if the bound is not less. */
    static final int MAX_MESSAGE_BYTES = 64 << 20;
    /** Half-received messages. */
    static final int MAX_SENDERS = 64;

    private static final String TOO_LARGE = "drop.group.partial-too-large";
    private static final String NOT_BEGUN = "drop.group.partial-not-begun";
    private static final String LENGTH = "drop.group.partial-length";
    private static final String UNFINISHED = "drop.group.partial-unfinished";
    private static final String NO_ROOM = "drop.group.partial-no-room";

    private record Sender(int node, int pid, GroupName group) {}

    private final int maxBytes;
    /** Whose last piece came longest ago first. */
    private final Map<Sender, Assembly> assemblies = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    /**
     * Nothing begun.
     *
     * @param maxBytes octets of all unfinished messages, and so of the longest one; at least 1
     */
    PartialMessages(int maxBytes) {
        if (maxBytes < 1) throw new IllegalArgumentException("maxBytes: " + maxBytes);
        this.maxBytes = Math.min(maxBytes, MAX_MESSAGE_BYTES);
    }

    /** The whole message, if this piece completes it. */
    Optional<byte[]> accept(int node, CpgPartial piece, Effects<ServiceEffect> out) {
        Sender sender = new Sender(node, piece.pid(), piece.group());
        if (piece.part() == CpgPartial.Part.FIRST && !begin(sender, piece, out)) return Optional.empty();
        Assembly assembly = assemblies.get(sender);
        if (assembly == null) {
            drop(NOT_BEGUN, out);
            return Optional.empty();
        }
        boolean last = piece.part() == CpgPartial.Part.LAST;
        int length = assembly.length + piece.piece().length;
        if (length > assembly.messageBytes || (last && length < assembly.messageBytes)) {
            end(sender);
            drop(LENGTH, out);
            return Optional.empty();
        }
        // this one is the youngest, and alone it has room: it does not become longer than all may be
        while (bytes + assembly.growth(length) > maxBytes) giveUpEldest(out);
        bytes += assembly.growth(length);
        assembly.add(piece.piece());
        if (!last) return Optional.empty();
        end(sender);
        return Optional.of(assembly.octets());
    }

    private boolean begin(Sender sender, CpgPartial piece, Effects<ServiceEffect> out) {
        if (end(sender)) drop(UNFINISHED, out);
        if (piece.messageBytes() > maxBytes) {
            drop(TOO_LARGE, out);
            return false;
        }
        if (assemblies.size() >= MAX_SENDERS) giveUpEldest(out);
        assemblies.put(sender, new Assembly(piece.messageBytes()));
        return true;
    }

    private void giveUpEldest(Effects<ServiceEffect> out) {
        end(assemblies.keySet().iterator().next());
        drop(NO_ROOM, out);
    }

    private boolean end(Sender sender) {
        Assembly assembly = assemblies.remove(sender);
        if (assembly == null) return false;
        bytes -= assembly.buffer.length;
        return true;
    }

    /** A node is gone; what its members left unfinished will not be finished. */
    void forget(int node, Effects<ServiceEffect> out) {
        forget(sender -> sender.node == node, out);
    }

    /** A member of another node is gone. */
    void forget(int node, int pid, GroupName group, Effects<ServiceEffect> out) {
        if (end(new Sender(node, pid, group))) drop(UNFINISHED, out);
    }

    /** Nobody here hears the group any more. */
    void forget(GroupName group, Effects<ServiceEffect> out) {
        forget(sender -> sender.group.equals(group), out);
    }

    private void forget(Predicate<Sender> which, Effects<ServiceEffect> out) {
        for (Sender sender : assemblies.keySet().stream().filter(which).toList()) {
            end(sender);
            drop(UNFINISHED, out);
        }
    }

    /** Octets that are held. */
    long bytes() {
        return bytes;
    }

    private static void drop(String reason, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Dropped(reason));
    }

    /** One buffer, however many pieces there are: a sender may cut as small as it likes. */
    private static final class Assembly {
        /** As the first piece announced it. */
        private final int messageBytes;

        private byte[] buffer = new byte[0];
        private int length;

        Assembly(int messageBytes) {
            this.messageBytes = messageBytes;
        }

        /** Octets by which the buffer grows to hold so many. */
        int growth(int wanted) {
            if (wanted <= buffer.length) return 0;
            return Math.max(wanted, Math.min(messageBytes, 2 * length)) - buffer.length;
        }

        void add(byte[] piece) {
            int more = growth(length + piece.length);
            if (more > 0) buffer = Arrays.copyOf(buffer, buffer.length + more);
            System.arraycopy(piece, 0, buffer, length, piece.length);
            length += piece.length;
        }

        byte[] octets() {
            return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
        }
    }
}
