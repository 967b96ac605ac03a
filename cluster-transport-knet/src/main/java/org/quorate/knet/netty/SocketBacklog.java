package org.quorate.knet.netty;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Waits until what lies in the sockets now has been read, then runs something. A socket is read when a round of reading ended before its
 * limit, or when two looks, a millisecond apart, saw no reading at all. Confined to the loop.
 */
final class SocketBacklog {
    private static final long LOOK_MILLIS = 1;
    private static final int QUIET_LOOKS = 2;

    /** A socket that was not read empty since {@code dryRounds}. */
    private record Unread(LinkSocket socket, int dryRounds) {
        boolean isRead() {
            return socket.isRetired() || socket.dryRounds() != dryRounds;
        }
    }

    private final EventLoop loop;
    private final List<Unread> unread;
    private final Runnable then;
    private int looksLeft;
    private int quietLooks;
    private int readsSeen;

    private SocketBacklog(EventLoop loop, List<LinkSocket> sockets, int maxLooks, Runnable then) {
        this.loop = loop;
        this.unread = sockets.stream()
                .map(socket -> new Unread(socket, socket.dryRounds()))
                .toList();
        this.looksLeft = maxLooks;
        this.then = then;
        this.readsSeen = reads();
    }

    /** Runs {@code then} when the sockets have been read, or after {@code maxLooks} milliseconds. */
    static void whenRead(EventLoop loop, List<LinkSocket> sockets, int maxLooks, Runnable then) {
        new SocketBacklog(loop, sockets, maxLooks, then).lookSoon();
    }

    private void lookSoon() {
        Future<?> unused = loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        int reads = reads();
        quietLooks = reads == readsSeen ? quietLooks + 1 : 0;
        readsSeen = reads;
        boolean read = quietLooks >= QUIET_LOOKS || unread.stream().allMatch(Unread::isRead);
        if (read || --looksLeft <= 0) then.run();
        else lookSoon();
    }

    private int reads() {
        int all = 0;
        for (Unread each : unread) all += each.socket.reads();
        return all;
    }
}
