package org.quorate.spi.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/** One open session with a listener that records everything and lets a test wait for it. */
final class TransportProbe implements TransportListener, AutoCloseable {
    /** A message that arrived. */
    record Arrived(NodeId from, byte[] bytes) {}

    /** A peer that came or went. */
    record Turned(NodeId peer, boolean reachable) {}

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // all guarded by lock
    private final List<Arrived> arrived = new ArrayList<>();
    private final List<Turned> turned = new ArrayList<>();
    private final List<LinkStatus> linkChanges = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<NodeId> loadedKeySeen = new ArrayList<>();
    private final NodeId self;
    private @Nullable TransportSession session;

    private TransportProbe(NodeId self) {
        this.self = self;
    }

    static TransportProbe open(LinkTransport transport, TransportSettings settings) {
        TransportProbe probe = new TransportProbe(settings.self());
        TransportSession opened = transport.open(settings, probe);
        probe.lock.lock();
        try {
            probe.session = opened;
        } finally {
            probe.lock.unlock();
        }
        opened.loop().execute(() -> {});
        return probe;
    }

    NodeId self() {
        return self;
    }

    TransportSession session() {
        lock.lock();
        try {
            if (session == null) throw new IllegalStateException("not open");
            return session;
        } finally {
            lock.unlock();
        }
    }

    /** Runs on the loop and waits for the answer. */
    <T> T onLoop(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        session().loop().execute(() -> {
            try {
                answer.complete(work.get());
            } catch (RuntimeException | AssertionError e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    void runOnLoop(Runnable work) {
        boolean ran = onLoop(() -> {
            work.run();
            return true;
        });
        if (!ran) throw new AssertionError("never");
    }

    void send(NodeId target, byte[] bytes) {
        runOnLoop(() -> session().send(target, ByteBuffer.wrap(bytes)));
    }

    long dropped() {
        return onLoop(() -> session().counters().entrySet().stream()
                .filter(e -> e.getKey().startsWith("drop."))
                .mapToLong(Map.Entry::getValue)
                .sum());
    }

    void awaitReachable(NodeId... peers) {
        for (NodeId peer : peers) await("node " + self + " reaches " + peer, () -> reaches(peer));
    }

    void awaitUnreachable(NodeId peer) {
        await("node " + self + " lost " + peer, () -> !reaches(peer));
    }

    /** Waits until something was recorded that makes {@code goal} true. */
    void await(String what, BooleanSupplier goal) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        lock.lock();
        try {
            while (!goal.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) throw new AssertionError("waited in vain: " + what + "; " + this);
                // other nodes' probes are watched too, and do not signal here
                changed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(20)));
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    boolean reaches(NodeId peer) {
        lock.lock();
        try {
            for (int i = turned.size() - 1; i >= 0; i--)
                if (turned.get(i).peer.equals(peer)) return turned.get(i).reachable;
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Every time that a peer became reachable (true) or was lost. */
    List<Boolean> changesOf(NodeId peer) {
        return copyOf(turned).stream()
                .filter(each -> each.peer.equals(peer))
                .map(Turned::reachable)
                .toList();
    }

    List<Arrived> arrived() {
        return copyOf(arrived);
    }

    List<LinkStatus> linkChanges() {
        return copyOf(linkChanges);
    }

    List<NodeId> keySeenFrom() {
        return copyOf(loadedKeySeen);
    }

    List<String> complaints() {
        return copyOf(complaints);
    }

    @Override
    public void received(NodeId from, ByteBuffer message) {
        if (message.order() != ByteOrder.BIG_ENDIAN) complain("a buffer is not big-endian");
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        record(() -> arrived.add(new Arrived(from, bytes)));
    }

    @Override
    public void linkChanged(LinkStatus link) {
        record(() -> linkChanges.add(link));
    }

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {
        if (why.isBlank()) complain("no reason was given for peer " + peer);
        record(() -> turned.add(new Turned(peer, reachable)));
    }

    @Override
    public void loadedKeySeen(NodeId peer) {
        record(() -> loadedKeySeen.add(peer));
    }

    @Override
    public void nodeIdClash(String evidence) {
        complain("node id clash: " + evidence);
    }

    @Override
    public void failed(Throwable cause) {
        complain("failed: " + cause);
    }

    @Override
    public void close() {
        session().close();
    }

    @Override
    public String toString() {
        return "node " + self + ": " + arrived().size() + " messages arrived, peers " + copyOf(turned) + ", complaints "
                + complaints();
    }

    private void complain(String what) {
        lock.lock();
        try {
            complaints.add(what);
        } finally {
            lock.unlock();
        }
    }

    private void record(Runnable entry) {
        lock.lock();
        try {
            if (session != null && !session.loop().inLoop()) complaints.add("the listener was called off the loop");
            entry.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> List<T> copyOf(List<T> list) {
        lock.lock();
        try {
            return List.copyOf(list);
        } finally {
            lock.unlock();
        }
    }
}
