package org.quorate.core.pack;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.quorate.core.pack.wire.GroupHeader;
import org.quorate.core.pack.wire.PackedFrame;
import org.quorate.core.ring.FrameSource;

/**
 * Makes frames of messages and keeps them until the ring has the token. Two lanes: while a new membership synchronises, only what was
 * put into the sync lane goes out; everything else waits, so that an application's message is delivered in the membership that
 * follows.
 *
 * <p>Nothing is packed behind the last piece of a cut message: whoever joined in its midst cannot read such a frame at all.
 * Source: totem.md 5.1 to 5.3 and 2.10.
 *
 * <p>Differs from Corosync: a message of which a membership change cut off the rest is sent again from its first frame, behind a frame
 * that makes receivers forget what they have of it. Corosync sends only the rest, which members that come from elsewhere cannot read,
 * so that two members of one membership deliver different messages.
 */
public final class Packer implements FrameSource {
    /** Longest frame, in octets: a packet of 65536 less two mcast headers. */
    public static final int MAX_FRAME_BYTES = PackedFrame.MAX_BYTES;
    /** Longest message, in octets, with its group header. A Corosync node stops when a message outgrows its buffer. */
    public static final int MAX_MESSAGE_BYTES = 1_048_576 + 1024;
    /** Octets that may wait; one message more is taken as long as fewer wait. More than a node lets its members have under way. */
    public static final int MAX_WAITING_BYTES = 16 << 20;

    private static final int FRAME_HEADER_BYTES = PackedFrame.HEADER_BYTES;
    private static final int LENGTH_BYTES = PackedFrame.LENGTH_BYTES;
    private static final int MAX_PART_BYTES = PackedFrame.MAX_PART_BYTES;
    private static final int MAX_FRAGMENT_NUMBER = 255;
    /** A group that no receiver has. */
    private static final String NOBODY = "-";

    private final Lane applicationLane = new Lane();
    private final Lane syncLane = new Lane();

    /** Makes room for nothing; both lanes are empty. */
    public Packer() {}

    /** Whether a message of the application may be added now. */
    public boolean hasRoom() {
        return applicationLane.waitingBytes < MAX_WAITING_BYTES;
    }

    /** Octets that wait in the application's lane. */
    public long waitingBytes() {
        return applicationLane.waitingBytes;
    }

    /** Adds a message that waits while a membership synchronises. The array is not copied. */
    public void add(byte[] message) {
        applicationLane.add(message);
    }

    /** Adds a message of the synchronisation itself. The array is not copied. */
    public void addSync(byte[] message) {
        syncLane.add(message);
    }

    /** A new membership begins: a message of which only the first frames have gone is sent again from its beginning. */
    public void restartCutMessage() {
        applicationLane.restartCutMessage();
    }

    /**
     * The synchronisation is over before its end, or begins: what it still wanted to say has no meaning any more. The rest of a message whose beginning is
     * out already stays: receivers count fragments, and would take the next frame, with the first word of the new synchronisation, for one too late.
     */
    public void clearSync() {
        syncLane.clear();
    }

    @Override
    public int size(boolean syncing) {
        return syncing ? syncLane.size() : syncLane.size() + applicationLane.size();
    }

    @Override
    public byte[] poll(boolean syncing) {
        return syncing || syncLane.size() > 0 ? syncLane.poll() : applicationLane.poll();
    }

    /** Frames in order, the last one still open for more parts. */
    private static final class Lane {
        /** Carries a message for nobody. A receiver with a half message gives that up, for no piece of it is in here. */
        private static final Closed FORGET = frame(0, 0, List.of(ByteBuffer.wrap(GroupHeader.prefix(NOBODY))));

        private final Deque<Closed> closed = new ArrayDeque<>();
        private final List<ByteBuffer> open = new ArrayList<>();
        private int openBytes = FRAME_HEADER_BYTES;
        private long waitingBytes;
        /** What has gone of a message whose last piece has not. */
        private final Deque<Closed> begun = new ArrayDeque<>();

        /** A frame that takes no more parts; {@code unfinished} if the message it ends with goes on in the next. */
        private record Closed(byte[] octets, boolean unfinished) {}

        void add(byte[] message) {
            if (message.length > MAX_MESSAGE_BYTES)
                throw new IllegalArgumentException(
                        "message of " + message.length + " octets, at most " + MAX_MESSAGE_BYTES);
            waitingBytes += message.length;
            if (openBytes + LENGTH_BYTES + message.length > MAX_FRAME_BYTES) close();
            if (message.length <= MAX_PART_BYTES) {
                open.add(ByteBuffer.wrap(message));
                openBytes += LENGTH_BYTES + message.length;
            } else {
                cut(message);
            }
        }

        private void cut(byte[] message) {
            int fragment = 0;
            for (int at = 0; at < message.length; ) {
                int end = Math.min(at + MAX_PART_BYTES, message.length);
                int continuation = fragment;
                fragment = end == message.length ? 0 : fragment % MAX_FRAGMENT_NUMBER + 1;
                closed.add(frame(
                        fragment,
                        continuation,
                        List.of(ByteBuffer.wrap(message, at, end - at).slice())));
                at = end;
            }
        }

        private void close() {
            if (open.isEmpty()) return;
            closed.add(frame(0, 0, open));
            open.clear();
            openBytes = FRAME_HEADER_BYTES;
        }

        int size() {
            return closed.size() + (open.isEmpty() ? 0 : 1);
        }

        byte[] poll() {
            if (closed.isEmpty()) close();
            Closed frame = closed.remove();
            if (frame.unfinished()) begun.add(frame);
            else begun.clear();
            waitingBytes = size() == 0 ? 0 : Math.max(0, waitingBytes - frame.octets().length);
            return frame.octets();
        }

        void restartCutMessage() {
            if (begun.isEmpty()) return;
            while (!begun.isEmpty()) {
                Closed again = begun.removeLast();
                waitingBytes += again.octets().length;
                closed.addFirst(again);
            }
            closed.addFirst(FORGET);
        }

        private static Closed frame(int fragmented, int continuation, List<ByteBuffer> parts) {
            return new Closed(new PackedFrame(fragmented, continuation, parts).encode(), fragmented != 0);
        }

        /** Forgets everything but the rest of a message that has begun to go out. */
        void clear() {
            List<Closed> rest = new ArrayList<>();
            boolean goesOn = !begun.isEmpty();
            for (Closed frame : closed) {
                if (!goesOn) break;
                rest.add(frame);
                goesOn = frame.unfinished();
            }
            closed.clear();
            closed.addAll(rest);
            open.clear();
            openBytes = FRAME_HEADER_BYTES;
            waitingBytes = 0;
            for (Closed frame : rest) waitingBytes += frame.octets().length;
        }
    }
}
