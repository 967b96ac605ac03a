package org.quorate.core.pack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.quorate.core.pack.wire.PackedFrame;

/**
 * Takes messages out of delivered frames, putting pieces together for each sender. Two sets of half-received messages: one for frames
 * delivered while a membership synchronises, one for the others, so that a message whose pieces lie before and after the
 * synchronisation comes out whole. Source: totem.md 5.1.
 *
 * <p>Differs from Corosync, which skips whole frames (totem.md 5.4): here a message whose beginning was missed costs that message only, and
 * neither the whole ones in the frame that it ends in nor the one that begins there.
 */
public final class Unpacker {
    /** Longest half-received message of a sender, in octets; a sender that goes on is not understood until its next message. */
    public static final int MAX_ASSEMBLY_BYTES = (1 << 20) + (64 << 10);

    private final Map<Integer, Assembly> ordinary = new TreeMap<>();
    private final Map<Integer, Assembly> duringSync = new TreeMap<>();
    private boolean syncing = true;
    private long skippedFrames;

    /** Nothing half-received; a synchronisation is under way, as at the start of a node. */
    public Unpacker() {}

    /** Takes each complete message. */
    @FunctionalInterface
    public interface Sink {
        /** A message of {@code node}, group header included. */
        void message(int node, byte[] message);
    }

    /**
     * Forgets what nodes left unfinished that are not in the transitional membership. That includes one that is in the next membership again: it starts
     * anew, and its first frames would look like a continuation that was missed.
     */
    public void forget(Collection<Integer> left) {
        ordinary.keySet().removeAll(left);
        duringSync.keySet().removeAll(left);
    }

    /** A new membership begins to synchronise. */
    public void startSync() {
        syncing = true;
    }

    /** The synchronisation is complete. */
    public void finishSync() {
        syncing = false;
    }

    /** Frames in which a message went on whose beginning was missed, or that had become too long. */
    public long skippedFrames() {
        return skippedFrames;
    }

    /**
     * Takes the next frame of {@code node} in delivery order. Only its first part can belong to a message whose beginning was missed; the
     * others are taken whatever came before.
     */
    public void accept(int node, PackedFrame frame, Sink sink) {
        Map<Integer, Assembly> set = syncing ? duringSync : ordinary;
        Assembly assembly = set.computeIfAbsent(node, n -> new Assembly());
        if (!assembly.isContinuedBy(frame)) assembly.begin(frame.continuation() != 0);
        if (assembly.skipping) skippedFrames++;
        int last = frame.parts().size() - 1;
        boolean endsInside = frame.fragmented() != 0;
        for (int i = 0; i < (endsInside ? last : last + 1); i++) {
            if (!assembly.skipping)
                sink.message(node, assembly.complete(frame.parts().get(i)));
            assembly.begin(false);
        }
        if (endsInside) assembly.add(frame.parts().get(last), frame.fragmented());
        else set.remove(node);
    }

    /** What there is of the message that a sender is in the midst of. */
    private static final class Assembly {
        private final List<ByteBuffer> pieces = new ArrayList<>();
        private int pieceBytes;
        private int lastFragment;
        /** The beginning was missed, or it is too long: nothing of it is kept, and it ends with the next part that ends a message. */
        private boolean skipping;

        boolean isContinuedBy(PackedFrame frame) {
            return frame.continuation() == lastFragment;
        }

        void begin(boolean inItsMidst) {
            pieces.clear();
            pieceBytes = 0;
            lastFragment = 0;
            skipping = inItsMidst;
        }

        void add(ByteBuffer piece, int fragment) {
            lastFragment = fragment;
            if (skipping) return;
            if (pieceBytes + piece.remaining() > MAX_ASSEMBLY_BYTES) {
                begin(true);
                lastFragment = fragment;
            } else if (piece.hasRemaining()) {
                pieces.add(piece);
                pieceBytes += piece.remaining();
            }
        }

        byte[] complete(ByteBuffer last) {
            byte[] whole = new byte[pieceBytes + last.remaining()];
            ByteBuffer out = ByteBuffer.wrap(whole);
            for (ByteBuffer piece : pieces) out.put(piece.duplicate());
            out.put(last.duplicate());
            return whole;
        }
    }
}
