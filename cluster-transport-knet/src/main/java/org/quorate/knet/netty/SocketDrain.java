package org.quorate.knet.netty;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.quorate.knet.link.KnetEngine;

/** Throws away what waits in the sockets: the engine discards until each socket was read empty once, or {@link #MAX_LOOKS} ms. */
final class SocketDrain {
    private static final int MAX_LOOKS = 1000;

    private final EventLoop loop;
    private final List<LinkSocket> sockets; // changes with the links
    private final KnetEngine engine;
    private final List<IntConsumer> waiting = new ArrayList<>();
    private int begun;

    SocketDrain(EventLoop loop, List<LinkSocket> sockets, KnetEngine engine) {
        this.loop = loop;
        this.sockets = sockets;
        this.engine = engine;
    }

    /** Begins, or begins anew if under way; {@code discarded} is told how many messages were thrown away. */
    void start(IntConsumer discarded) {
        engine.beginDiscard();
        waiting.add(discarded);
        int number = ++begun;
        SocketBacklog.whenRead(loop, sockets, MAX_LOOKS, () -> read(number));
    }

    private void read(int number) {
        if (number != begun) return; // what began later ends it
        int discarded = engine.endDiscard();
        List<IntConsumer> told = List.copyOf(waiting);
        waiting.clear();
        for (IntConsumer each : told) each.accept(discarded);
    }
}
