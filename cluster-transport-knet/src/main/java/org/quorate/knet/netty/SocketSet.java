package org.quorate.knet.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of a session by number: one for each own address in use. The number of a link's first socket is the link's; numbers are
 * used again after their socket was closed. A socket outlives the configuration that asked for it until the engine does without it.
 */
final class SocketSet {
    private static final Logger log = LoggerFactory.getLogger(SocketSet.class);

    /** What is to be used from now on, bound but not in use yet. */
    record Plan(SortedMap<Integer, Integer> socketOfLink, SortedMap<Integer, LinkSocket> opened) {}

    private final Sockets kind;
    private final EventLoop loop;
    private final IntFunction<LinkSocket.Events> events;
    private final TreeMap<Integer, LinkSocket> bySocket = new TreeMap<>();
    private final List<LinkSocket> all = new ArrayList<>();
    private @Nullable LinkSocket[] table = new @Nullable LinkSocket[16]; // the same, for every packet
    private boolean reading;

    /** Without sockets; {@code events} makes the listener for the socket of a number. */
    SocketSet(Sockets kind, EventLoop loop, IntFunction<LinkSocket.Events> events) {
        this.kind = kind;
        this.loop = loop;
        this.events = events;
    }

    /** All that are open, changing as they do. */
    List<LinkSocket> all() {
        return Collections.unmodifiableList(all);
    }

    LinkSocket get(int socket) {
        LinkSocket found = socket < table.length ? table[socket] : null;
        if (found == null) throw new IllegalStateException("own socket " + socket + " is not open");
        return found;
    }

    /**
     * Binds what is missing for these own addresses; {@link #adopt} puts it to use. Blocks a little if not called on the loop.
     *
     * @param inUse the socket of each link until now
     * @throws org.quorate.ClusterException if one cannot be bound; then nothing has changed
     */
    Plan prepare(Map<Integer, InetSocketAddress> addresses, Map<Integer, Integer> inUse) {
        Plan plan = new Plan(new TreeMap<>(), new TreeMap<>());
        addresses.forEach((link, address) -> {
            Integer socket = present(link, address, inUse);
            if (socket == null) {
                socket = freeNumber(link, plan);
                plan.opened.put(socket, bind(link, address, socket, plan));
            }
            plan.socketOfLink.put(link, socket);
        });
        return plan;
    }

    private @Nullable Integer present(int link, InetSocketAddress address, Map<Integer, Integer> inUse) {
        Integer mine = inUse.get(link);
        if (mine != null && get(mine).wanted.equals(address)) return mine; // also if the system chose its port
        for (Map.Entry<Integer, LinkSocket> each : bySocket.entrySet())
            if (each.getValue().bound().equals(address)) return each.getKey();
        return null;
    }

    private int freeNumber(int link, Plan plan) {
        int number = link;
        while (bySocket.containsKey(number) || plan.opened.containsKey(number)) number = Math.max(number + 1, 8);
        return number;
    }

    private LinkSocket bind(int link, InetSocketAddress address, int number, Plan plan) {
        LinkSocket socket = new LinkSocket(address, kind, events.apply(number));
        ChannelFuture bound = socket.bind(loop);
        if (!bound.isSuccess()) {
            socket.retire();
            plan.opened.values().forEach(LinkSocket::retire);
            throw LocalAddresses.explain(link, address, bound.cause());
        }
        if (!socket.fragmentsForbidden())
            log.info(
                    "link {}: {} sockets cannot forbid fragmentation here; the MTU of the interface is taken for that of the path",
                    link,
                    kind.name());
        return socket;
    }

    /** Puts the new sockets of {@code plan} to use; the old ones stay. */
    void adopt(Plan plan) {
        plan.opened.forEach((number, socket) -> {
            bySocket.put(number, socket);
            all.add(socket);
            if (number >= table.length) table = Arrays.copyOf(table, 2 * number);
            table[number] = socket;
            if (reading) socket.startReading();
        });
    }

    /** What the links are bound to. */
    SortedMap<Integer, InetSocketAddress> boundAddresses(Plan plan) {
        TreeMap<Integer, InetSocketAddress> bound = new TreeMap<>();
        plan.socketOfLink.forEach((link, socket) -> bound.put(link, get(socket).bound()));
        return bound;
    }

    void startReading() {
        reading = true;
        all.forEach(LinkSocket::startReading);
    }

    void flush() {
        for (int i = 0; i < all.size(); i++) all.get(i).flush();
    }

    /** Closes one socket after what waits in it has been sent. */
    void retire(int number) {
        LinkSocket socket = bySocket.remove(number);
        if (socket == null) return;
        all.remove(socket);
        table[number] = null;
        socket.retire();
    }

    void close() {
        all.forEach(LinkSocket::close);
    }
}
