package org.quorate.core.join;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * The join port of a member: lets machines join, and gives members that were away what has changed. Everything is bounded by {@link JoinLimits}.
 * Thread-safe.
 *
 * <p>Admissions that a former life of the member has left open are withdrawn some time after the start, unless their joiner asks before.
 */
public final class JoinServer implements AutoCloseable {
    /** The TCP port unless another one is chosen: beside the UDP ports of the links, 5405 and up, and above that of the external vote daemon, 5403. */
    public static final int DEFAULT_PORT = 5404;

    private static final int BACKLOG = 64;
    private static final long END_SECONDS = 5;
    private static final long AFTER_FAILED_ACCEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocket socket;
    private final JoinLimits limits;
    private final JoinCounters counters;
    private final JoinDesk desk;
    private final SourceLimit sources;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor sessions;
    /** Only closes sockets, so it is never late. */
    private final ScheduledThreadPoolExecutor deadlines;

    private final Thread acceptor;
    private volatile boolean closed;

    private JoinServer(
            ServerSocket socket, JoinLimits limits, JoinCounters counters, JoinDesk desk, ThreadFactory threads) {
        this.socket = socket;
        this.limits = limits;
        this.counters = counters;
        this.desk = desk;
        this.sources = new SourceLimit(limits.perSource());
        this.sessions = new ThreadPoolExecutor(
                limits.sessions(),
                limits.sessions(),
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(limits.waiting()),
                threads);
        this.sessions.allowCoreThreadTimeOut(true);
        this.deadlines = new ScheduledThreadPoolExecutor(1, threads);
        this.deadlines.setRemoveOnCancelPolicy(true);
        this.acceptor = threads.newThread(this::acceptAll);
    }

    /**
     * Opens the join port of {@code member}.
     *
     * @param bind address and port; port 0 for any
     * @param threads for everything it does, 11 at most
     * @throws ClusterException with {@link Reason#PORT_BUSY} if it cannot be opened, or if the folder has no whole node with a certificate
     */
    public static JoinServer start(
            JoinMember member, InetSocketAddress bind, JoinLimits limits, ThreadFactory threads) {
        JoinCounters counters = new JoinCounters();
        JoinDesk desk = JoinDesk.open(member, limits, counters, threads);
        ServerSocket socket;
        try {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(bind, BACKLOG);
        } catch (IOException refused) {
            desk.close();
            throw new ClusterException(
                    Reason.PORT_BUSY,
                    "the join port " + bind + " cannot be opened (" + refused.getMessage()
                            + "); end what uses it, or choose another one",
                    refused);
        }
        JoinServer server = new JoinServer(socket, limits, counters, desk, threads);
        server.acceptor.start();
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** What has been counted since the start, by name. */
    public Map<String, Long> counters() {
        return counters.all();
    }

    /** Admissions whose joiner has not yet said that it has everything on disk. */
    public int pendingAdmissions() {
        return desk.pendingAdmissions();
    }

    /** Uses the certificate that is in the folder now, for new conversations. */
    public void reloadCertificate() {
        desk.reloadCertificate();
    }

    private void acceptAll() {
        while (!closed) {
            try {
                take(socket.accept());
            } catch (IOException failed) {
                // closed, or out of descriptors: others may be given back soon
                if (!closed) LockSupport.parkNanos(AFTER_FAILED_ACCEPT_NANOS);
            }
        }
    }

    private void take(Socket peer) {
        String source = SourceLimit.source(peer.getInetAddress());
        if (!sources.begin(source)) {
            counters.add(JoinCounter.REFUSED_BUSY);
            close(peer);
            return;
        }
        open.add(peer);
        Deadline deadline = new Deadline(peer);
        deadline.set(limits.strangerLimit());
        try {
            sessions.execute(() -> converse(peer, source, deadline));
            counters.add(JoinCounter.ACCEPTED);
        } catch (RejectedExecutionException full) {
            counters.add(JoinCounter.REFUSED_BUSY);
            end(peer, source, deadline);
        }
    }

    private void converse(Socket peer, String source, Deadline deadline) {
        try {
            new JoinSession(desk, peer, source, deadline).run();
        } finally {
            end(peer, source, deadline);
        }
    }

    private void end(Socket peer, String source, Deadline deadline) {
        deadline.cancel();
        close(peer);
        open.remove(peer);
        sources.end(source);
    }

    private static void close(Socket peer) {
        try {
            peer.close();
        } catch (IOException gone) {
            // it is closed either way
        }
    }

    /** Ends every conversation and gives the port back. Open admissions stay on disk for the next start. Waits 10 s at most; idempotent. */
    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException gone) {
            // it is closed either way
        }
        open.forEach(JoinServer::close);
        sessions.shutdownNow();
        deadlines.shutdownNow();
        desk.close();
        try {
            sessions.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
            acceptor.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** When a peer's socket is closed under it. */
    final class Deadline {
        private final Socket peer;
        private final long beganNanos = System.nanoTime();
        private volatile boolean over;
        private @Nullable ScheduledFuture<?> closing;

        Deadline(Socket peer) {
            this.peer = peer;
        }

        /** Closes it {@code limit} after the connection was taken. */
        synchronized void set(Duration limit) {
            cancel();
            long left = limit.toNanos() - (System.nanoTime() - beganNanos);
            try {
                closing = deadlines.schedule(
                        () -> {
                            over = true;
                            JoinServer.close(peer);
                        },
                        Math.max(left, 0),
                        TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException ending) {
                JoinServer.close(peer);
            }
        }

        synchronized void cancel() {
            if (closing != null) closing.cancel(false);
        }

        boolean isOver() {
            return over;
        }
    }
}
