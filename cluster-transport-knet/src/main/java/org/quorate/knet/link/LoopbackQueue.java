package org.quorate.knet.link;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** A node's messages to itself on their way; keeps copies. */
final class LoopbackQueue {
    /** Messages that wait at most; further ones are refused. */
    static final int MAX_MESSAGES = 4096;
    /** Bytes that wait at most; further messages are refused. */
    static final int MAX_BYTES = 64 << 20;

    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private int bytes;

    /** Whether there was room. */
    boolean offer(ByteBuffer message) {
        int length = message.remaining();
        if (waiting.size() >= MAX_MESSAGES || bytes + length > MAX_BYTES) return false;
        byte[] copy = new byte[length];
        message.get(message.position(), copy);
        waiting.add(copy);
        bytes += length;
        return true;
    }

    /** The next message; there must be one. */
    ByteBuffer remove() {
        byte[] next = waiting.remove();
        bytes -= next.length;
        return ByteBuffer.wrap(next);
    }

    int size() {
        return waiting.size();
    }

    void clear() {
        waiting.clear();
        bytes = 0;
    }
}
