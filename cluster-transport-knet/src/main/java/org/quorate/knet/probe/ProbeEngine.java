package org.quorate.knet.probe;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.spi.LinkProbes;

/**
 * Asks over links whether anybody hears, answers those who ask, and knows what came of it. Rules: docs/internals/probes.md.
 *
 * <p>Pure: it is told the time, which never decreases, and asks its shell to send. Bounds: {@link LinkProbes#MAX_WINDOWS} windows, and those of
 * {@link ProbeWindow} and {@link ProbePath}. Confined to its owner's loop.
 */
public final class ProbeEngine {
    /** Questions in one go. */
    static final int BURST = 64;
    /** Time between two goes that were full. */
    static final long PAUSE_NANOS = 10_000_000L;
    /** After so many that no key fits, nothing is tried with the keys in the rest of the second. */
    static final int FORGERIES_A_SECOND = 1000;

    private static final long SECOND_NANOS = 1_000_000_000L;

    /** Sends datagrams. */
    @FunctionalInterface
    public interface Output {
        /** Send this from the own socket; that it cannot be sent is no news. The buffer is the callee's. */
        void send(int socket, InetSocketAddress to, ByteBuffer datagram);
    }

    private final RandomGenerator random;
    private final IntUnaryOperator socketOfLink;
    private final Output out;
    private final TreeMap<Long, ProbeWindow> windows = new TreeMap<>();
    private final EnumMap<ProbeDrop, Long> drops = new EnumMap<>(ProbeDrop.class);
    private long opened;
    private long notBefore = Long.MIN_VALUE;
    private long secondBegan;
    private int forgeries;
    private long questions;
    private long answers;

    /**
     * Without windows.
     *
     * @param random for the numbers of questions; not to be guessed by others
     * @param socketOfLink the own socket of a link, negative if there is none
     */
    public ProbeEngine(RandomGenerator random, IntUnaryOperator socketOfLink, Output out) {
        this.random = random;
        this.socketOfLink = socketOfLink;
        this.out = out;
    }

    /** As {@link LinkProbes#openProbes}; {@link #tick} sends the first questions. */
    public long open(long nowNanos, LinkProbes.Window window) {
        if (windows.size() >= LinkProbes.MAX_WINDOWS)
            throw new ClusterException(
                    Reason.QUEUE_FULL,
                    LinkProbes.MAX_WINDOWS + " nodes try their links at the moment; try again when one is done");
        windows.put(
                ++opened,
                new ProbeWindow(
                        nowNanos,
                        window,
                        1 + random.nextInt(Integer.MAX_VALUE),
                        link -> socketOfLink.applyAsInt(link) >= 0));
        return opened;
    }

    /** As {@link LinkProbes#closeProbes}. */
    public void close(long number) {
        ProbeWindow window = windows.remove(number);
        if (window != null) window.seal.close();
    }

    /** Ends all windows. */
    public void closeAll() {
        for (Long number : List.copyOf(windows.keySet())) close(number);
    }

    /** Whether there are windows. */
    public boolean isOpen() {
        return !windows.isEmpty();
    }

    /** Whether this could be a probe. Cheap. */
    public boolean isLikely(ByteBuffer datagram) {
        return isOpen() && ProbeDatagram.isLikely(datagram);
    }

    /** As {@link LinkProbes#probes}. */
    public List<LinkProbes.Path> report(long number) {
        ProbeWindow window = windows.get(number);
        List<LinkProbes.Path> all = new ArrayList<>();
        if (window != null) for (ProbePath path : window.paths()) all.add(path.report());
        return all;
    }

    /** Counters by name. */
    public Map<String, Long> counters() {
        TreeMap<String, Long> all = new TreeMap<>();
        if (opened == 0) return all;
        all.put("probe.windows", (long) windows.size());
        all.put("probe.questions", questions);
        all.put("probe.answers", answers);
        drops.forEach((drop, count) -> all.put(drop.counterName(), count));
        return all;
    }

    /** When {@link #tick} has work. */
    public long deadlineNanos() {
        if (windows.isEmpty()) return Long.MAX_VALUE;
        long due = Long.MAX_VALUE;
        for (ProbeWindow window : windows.values()) due = Math.min(due, window.dueNanos());
        return Math.max(due, notBefore);
    }

    /** Sends the questions that are due and ends windows whose time is over. */
    public void tick(long nowNanos) {
        for (Iterator<ProbeWindow> each = windows.values().iterator(); each.hasNext(); ) {
            ProbeWindow window = each.next();
            if (window.endNanos > nowNanos) continue;
            window.seal.close();
            each.remove();
        }
        if (nowNanos < notBefore) return;
        int sent = 0;
        for (ProbeWindow window : windows.values())
            for (ProbePath path : window.paths())
                while (path.dueNanos() <= nowNanos) {
                    if (sent >= BURST) {
                        notBefore = nowNanos + PAUSE_NANOS;
                        return;
                    }
                    int bytes = path.nextBytes(nowNanos);
                    if (bytes == 0) break;
                    ask(nowNanos, window, path, bytes);
                    sent++;
                }
    }

    private void ask(long nowNanos, ProbeWindow window, ProbePath path, int bytes) {
        long number = random.nextLong();
        path.asked(number, bytes, nowNanos);
        questions++;
        send(window, path.link, path.address, false, path.node, number, bytes);
    }

    private void send(
            ProbeWindow window, int link, InetSocketAddress to, boolean answer, int node, long number, int bytes) {
        int socket = socketOfLink.applyAsInt(link);
        if (socket < 0) return; // the link was removed meanwhile
        int heard = window.heardOf(node);
        out.send(
                socket,
                to,
                new ProbeDatagram(
                                answer, link, window.self, node, heard, number, window.life, window.lifeOf(node), bytes)
                        .encode(window.seal));
    }

    /**
     * Takes one UDP payload.
     *
     * @param socket the own socket that it came to
     * @return false if it is no probe under a key of a window: somebody else may know what it is
     */
    public boolean datagram(long nowNanos, int socket, InetSocketAddress from, ByteBuffer datagram) {
        if (!isLikely(datagram)) return false;
        ProbeWindow window = opener(nowNanos, datagram);
        if (window == null) return false;
        ProbeDatagram probe = ProbeDatagram.decode(datagram);
        ProbeDrop drop = probe == null ? ProbeDrop.MALFORMED : take(nowNanos, window, probe, socket, from);
        if (drop != null) drops.merge(drop, 1L, Long::sum);
        return true;
    }

    private @Nullable ProbeWindow opener(long nowNanos, ByteBuffer datagram) {
        if (nowNanos - secondBegan >= SECOND_NANOS) {
            secondBegan = nowNanos;
            forgeries = 0;
        }
        if (forgeries >= FORGERIES_A_SECOND) return null;
        for (ProbeWindow window : windows.values()) if (ProbeDatagram.isAuthentic(datagram, window.seal)) return window;
        forgeries++;
        return null;
    }

    private @Nullable ProbeDrop take(
            long nowNanos, ProbeWindow window, ProbeDatagram probe, int socket, InetSocketAddress from) {
        if (probe.to() != window.self) return ProbeDrop.NOT_FOR_US;
        ProbePath path = window.path(probe.from(), probe.link());
        if (path == null) return ProbeDrop.UNKNOWN_NODE;
        if (socketOfLink.applyAsInt(probe.link()) != socket) return ProbeDrop.WRONG_LINK;
        if (!path.address.getAddress().equals(from.getAddress())) return ProbeDrop.WRONG_ADDRESS;
        if (probe.answer()) {
            if (probe.heardLife() != window.life) return ProbeDrop.UNEXPECTED_ANSWER;
            if (!path.answered(probe.number(), probe.bytes(), nowNanos)) return ProbeDrop.UNEXPECTED_ANSWER;
        } else if (!window.isNew(probe.number())) {
            return ProbeDrop.REPEATED;
        }
        window.heardIn(nowNanos, probe.from(), probe.life());
        path.heard();
        if (probe.heardLife() == window.life) window.heardBy(probe.from(), probe.heard());
        if (probe.answer()) return null;
        if (!window.mayAnswer(nowNanos)) return ProbeDrop.TOO_MANY;
        answers++;
        send(window, probe.link(), from, true, probe.from(), probe.number(), probe.bytes());
        return null;
    }
}
