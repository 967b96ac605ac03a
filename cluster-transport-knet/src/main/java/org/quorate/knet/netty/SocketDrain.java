package org.quorate.knet.netty;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.quorate.knet.link.KnetEngine;

/**
 * Throws away what waits in the sockets: the engine discards until each socket was read empty once. A socket is empty when a round of
 * reading ended before its limit, or when two looks, a millisecond apart, saw no reading at all. Ends after {@link #MAX_LOOKS} in any case.
 */
final class SocketDrain {
    private static final long LOOK_MILLIS = 1;
    private static final int MAX_LOOKS = 1000;
    private static final int QUIET_LOOKS = 2;

    private final EventLoop loop;
    private final List<LinkSocket> sockets; // changes with the links
    private final KnetEngine engine;
    private final List<IntConsumer> waiting = new ArrayList<>();
    private int looks;
    private int quietLooks;

    SocketDrain(EventLoop loop, List<LinkSocket> sockets, KnetEngine engine) {
        this.loop = loop;
        this.sockets = sockets;
        this.engine = engine;
    }

    /** Begins, or begins anew if under way; {@code discarded} is told how many messages were thrown away. */
    void start(IntConsumer discarded) {
        engine.beginDiscard();
        for (LinkSocket socket : sockets) {
            socket.ranDry = false;
            socket.reads = 0;
        }
        looks = 0;
        quietLooks = 0;
        waiting.add(discarded);
        if (waiting.size() == 1) lookSoon();
    }

    private void lookSoon() {
        Future<?> unused = loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        boolean allDry = true;
        int reads = 0;
        for (LinkSocket socket : sockets) {
            allDry &= socket.ranDry;
            reads += socket.reads;
            socket.reads = 0;
        }
        quietLooks = reads == 0 ? quietLooks + 1 : 0;
        if (!allDry && quietLooks < QUIET_LOOKS && ++looks < MAX_LOOKS) {
            lookSoon();
            return;
        }
        int discarded = engine.endDiscard();
        List<IntConsumer> told = List.copyOf(waiting);
        waiting.clear();
        for (IntConsumer each : told) each.accept(discarded);
    }
}
