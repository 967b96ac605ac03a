package org.quorate.core.change.shell;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.quorate.Group;
import org.quorate.Group.SendResult;

/** Messages that wait for room in the ring, in order. Confined to one thread. */
final class Outbox {
    /** More than the engine can have under way; beyond it the oldest are dropped, which ends in a time limit. */
    private static final int MAX_WAITING = 1024;

    private final Group group;
    private final Executor thread;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private boolean asked;

    Outbox(Group group, Executor thread) {
        this.group = group;
        this.thread = thread;
    }

    void send(byte[] message) {
        if (waiting.size() == MAX_WAITING) waiting.removeFirst();
        waiting.add(message);
        pump();
    }

    private void pump() {
        while (!waiting.isEmpty()) {
            SendResult result = group.trySend(waiting.getFirst());
            if (result == SendResult.FULL) {
                waitForRoom();
                return;
            }
            waiting.removeFirst(); // sent, or there is nobody any more who could hear it
        }
    }

    private void waitForRoom() {
        if (asked) return;
        asked = true;
        group.whenRoom()
                .whenComplete((room, over) -> thread.execute(() -> {
                    asked = false;
                    if (over == null) pump();
                }));
    }
}
