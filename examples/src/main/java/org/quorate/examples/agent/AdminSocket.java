package org.quorate.examples.agent;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix domain socket, for the owner only, that takes one JSON object a line and answers with JSON objects, one a line.
 *
 * <p>One thread serves everybody without ever waiting for anybody. Every client has a limit for its request
 * ({@link AdminSession#MAX_REQUEST_BYTES}), for answers it does not fetch ({@link AdminSession#MAX_PENDING_BYTES}) and for the time it
 * takes; at {@link #MAX_CLIENTS} clients no new ones are let in until one goes.
 *
 * <p>The socket is bound in a folder that only the owner can enter, gets its permissions there, and is moved to its place afterwards, so
 * there is no moment at which others could connect.
 */
final class AdminSocket implements AutoCloseable {
    /** File name in the data folder. */
    static final String FILE_NAME = "agent.sock";
    /** Clients at a time. */
    static final int MAX_CLIENTS = 16;
    /** Bytes of UTF-8 that the path of a Unix domain socket may have on Linux. */
    static final int MAX_PATH_BYTES = 107;

    private static final Logger LOG = LoggerFactory.getLogger(AdminSocket.class);

    private final Path path;
    private final Duration clientTimeout;
    private final Consumer<AdminRequest> handler;
    private final ServerSocketChannel server;
    private final Selector selector;
    private final Thread thread;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<AdminSession> sessions = new ArrayList<>();
    private volatile boolean closing;

    private AdminSocket(
            Path path,
            Duration clientTimeout,
            Consumer<AdminRequest> handler,
            ServerSocketChannel server,
            Selector selector) {
        this.path = path;
        this.clientTimeout = clientTimeout;
        this.handler = handler;
        this.server = server;
        this.selector = selector;
        thread = new Thread(this::serve, "agent-admin");
        thread.setDaemon(true);
    }

    /**
     * Opens {@code agent.sock} in {@code folder}, which exists; replaces what a dead agent left there.
     *
     * @param clientTimeout how long a client may take to send its request, the agent to answer it, and the client to fetch the answer
     * @param handler is called on the socket's thread and must not block
     * @throws AdminException if a living agent has the folder, or the socket cannot be made
     */
    static AdminSocket open(Path folder, Duration clientTimeout, Consumer<AdminRequest> handler) {
        Path path = folder.resolve(FILE_NAME);
        checkLength(path);
        if (AdminClient.isServed(path))
            throw new AdminException("another agent serves " + path + "; stop it or choose another data folder");
        try {
            ServerSocketChannel server = bind(folder, path);
            try {
                server.configureBlocking(false);
                Selector selector = Selector.open();
                server.register(selector, SelectionKey.OP_ACCEPT);
                AdminSocket socket = new AdminSocket(path, clientTimeout, handler, server, selector);
                socket.thread.start();
                return socket;
            } catch (IOException e) {
                server.close();
                throw e;
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new AdminException("cannot make the admin socket " + path + ": " + e.getMessage(), e);
        }
    }

    /** @throws AdminException if the path is too long for a Unix domain socket */
    static void checkLength(Path path) {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PATH_BYTES)
            throw new AdminException("the path of the admin socket, " + path + ", has " + bytes
                    + " bytes and a Unix domain socket takes at most " + MAX_PATH_BYTES
                    + "; choose a data folder with a shorter path");
    }

    private static ServerSocketChannel bind(Path folder, Path path) throws IOException {
        // The temporary name is shorter than the final one, so the length check holds for both.
        Path nursery = folder.resolve(".sock");
        Files.createDirectories(nursery);
        Files.setPosixFilePermissions(nursery, PosixFilePermissions.fromString("rwx------"));
        Path newborn = nursery.resolve("s");
        Files.deleteIfExists(newborn);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(newborn), MAX_CLIENTS);
            Files.setPosixFilePermissions(newborn, PosixFilePermissions.fromString("rw-------"));
            Files.move(newborn, path, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(nursery);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Says goodbye to the clients, ends the thread and removes the file. Idempotent. */
    @Override
    public void close() {
        if (closing) return;
        closing = true;
        selector.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs {@code task} on the socket's thread; any thread. */
    void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
        }
        selector.wakeup();
    }

    /** Ends all streams: what they tell of is over. Any thread. */
    void endStreams(String why, String reason) {
        execute(() -> List.copyOf(sessions).forEach(session -> session.endStream(why, reason)));
    }

    void gone(AdminSession session) {
        sessions.remove(session);
    }

    private void serve() {
        try {
            while (!closing) {
                admitOrWait();
                selector.select(millisToNextDeadline());
                long now = System.nanoTime();
                for (SelectionKey key : selector.selectedKeys()) ready(key, now);
                selector.selectedKeys().clear();
                runTasks();
                for (AdminSession session : List.copyOf(sessions)) session.expire(System.nanoTime());
            }
            runTasks();
        } catch (IOException | RuntimeException e) {
            LOG.error("the admin socket {} is out of order; the node itself goes on", path, e);
        } finally {
            release();
        }
    }

    /** At the limit the server's key has no interest; connections wait in the kernel's queue. */
    private void admitOrWait() {
        SelectionKey key = server.keyFor(selector);
        if (key != null) key.interestOps(sessions.size() < MAX_CLIENTS ? SelectionKey.OP_ACCEPT : 0);
    }

    private void ready(SelectionKey key, long now) throws IOException {
        if (!key.isValid()) return;
        if (key.attachment() instanceof AdminSession session) {
            session.ready(key.readyOps());
            return;
        }
        SocketChannel client = server.accept();
        if (client == null) return;
        client.configureBlocking(false);
        AdminSession session = new AdminSession(this, client, handler, clientTimeout, now);
        session.register(selector);
        sessions.add(session);
    }

    private void runTasks() {
        List<Runnable> due;
        synchronized (tasks) {
            due = List.copyOf(tasks);
            tasks.clear();
        }
        due.forEach(Runnable::run);
    }

    /** 0 waits for ever. */
    private long millisToNextDeadline() {
        long now = System.nanoTime();
        long wait = Long.MAX_VALUE;
        for (AdminSession session : sessions) wait = Math.min(wait, session.nanosLeft(now));
        return wait == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait) + 1);
    }

    private void release() {
        try {
            Files.deleteIfExists(path);
            for (AdminSession session : List.copyOf(sessions)) session.end();
            server.close();
            selector.close();
        } catch (IOException e) {
            LOG.warn("the admin socket {} was not removed cleanly", path, e);
        }
    }
}
