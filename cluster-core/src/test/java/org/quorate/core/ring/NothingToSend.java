package org.quorate.core.ring;

/** The queue of a node that only listens. */
final class NothingToSend implements FrameSource {
    @Override
    public int size(boolean syncing) {
        return 0;
    }

    @Override
    public byte[] poll(boolean syncing) {
        throw new AssertionError("asked for a frame, and there is none");
    }
}
