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
 * synchronisation comes out whole. Source: totem.md 5.4.
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

    /** Frames that could not be read because their beginning was missed, or that were too long. */
    public long skippedFrames() {
        return skippedFrames;
    }

    /** Takes the next frame of {@code node} in delivery order. */
    public void accept(int node, PackedFrame frame, Sink sink) {
        Map<Integer, Assembly> set = syncing ? duringSync : ordinary;
        Assembly assembly = set.computeIfAbsent(node, n -> new Assembly());
        int count = frame.parts().size();
        boolean endsInside = frame.fragmented() != 0;
        if (assembly.skipping) {
            skippedFrames++;
            if (frame.fragmented() <= 1) assembly.skipping = false;
            assembly.forget();
        } else if (frame.continuation() != assembly.lastFragment) {
            skippedFrames++;
            assembly.skipping = true;
        } else {
            int complete = endsInside ? count - 1 : count;
            for (int i = 0; i < complete; i++)
                sink.message(node, assembly.complete(frame.parts().get(i)));
        }
        if (!endsInside) {
            set.remove(node);
            return;
        }
        assembly.lastFragment = frame.fragmented();
        assembly.add(frame.parts().get(count - 1));
    }

    private static final class Assembly {
        private final List<ByteBuffer> pieces = new ArrayList<>();
        private int pieceBytes;
        private int lastFragment;
        private boolean skipping;

        void add(ByteBuffer piece) {
            if (pieceBytes + piece.remaining() > MAX_ASSEMBLY_BYTES) {
                skipping = true;
                forget();
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
            forget();
            return whole;
        }

        void forget() {
            pieces.clear();
            pieceBytes = 0;
        }
    }
}
