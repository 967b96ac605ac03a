package org.quorate.examples.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;

/**
 * Asks an agent something through its admin socket. One request per instance; waits with a limit, so a hung agent never hangs its user.
 * Not thread-safe.
 */
public final class AdminClient implements AutoCloseable {
    private final Path path;
    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer input = ByteBuffer.allocate(65_536).flip();

    private AdminClient(Path path, SocketChannel channel, Selector selector) {
        this.path = path;
        this.channel = channel;
        this.selector = selector;
    }

    /**
     * Sends {@code request} and returns its answer.
     *
     * @throws AdminException if there is no agent, it refuses, or it does not answer in {@code limit}
     */
    public static JsonObject ask(Path dataDir, JsonObject request, Duration limit) {
        try (AdminClient client = connect(dataDir)) {
            client.send(request, limit);
            return client.next(limit)
                    .orElseThrow(() -> new AdminException(
                            "the agent hung up without an answer; look at its output for the reason"));
        }
    }

    /**
     * Connects to the agent of {@code dataDir}.
     *
     * @throws AdminException if there is none
     */
    public static AdminClient connect(Path dataDir) {
        Path path = dataDir.resolve(AdminSocket.FILE_NAME);
        AdminSocket.checkLength(path);
        if (!Files.exists(path))
            throw new AdminException("no agent runs on the data folder " + dataDir + ": there is no "
                    + AdminSocket.FILE_NAME + " in it; start one with 'quorate agent --data-dir " + dataDir + "'");
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                // A full backlog of a Unix domain socket makes a blocking connect wait without limit.
                channel.configureBlocking(false);
                if (!channel.connect(UnixDomainSocketAddress.of(path)))
                    throw new IOException("its queue of clients is full");
                Selector selector = Selector.open();
                channel.register(selector, SelectionKey.OP_READ);
                return new AdminClient(path, channel, selector);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new AdminException(
                    "cannot connect to " + path + ": " + e.getMessage() + "; the agent has ended or is not yours", e);
        }
    }

    /** Whether an agent serves the data folder, so that whatever changes the folder has to go through it. */
    public static boolean isServing(Path dataDir) {
        return isServed(dataDir.resolve(AdminSocket.FILE_NAME));
    }

    /** Whether somebody accepts connections at {@code path}. */
    static boolean isServed(Path path) {
        if (!Files.exists(path)) return false;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false; // refused: whoever bound it is gone
        } catch (IOException e) {
            return true; // not ours to judge, so not ours to replace
        }
    }

    /** Sends the one request. */
    public void send(JsonObject request, Duration limit) {
        ByteBuffer line = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (channel.write(line) >= 0 && line.hasRemaining()) await(SelectionKey.OP_WRITE, deadline, limit);
        } catch (IOException e) {
            throw new AdminException("lost the agent at " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * The next line, or empty when the agent has hung up.
     *
     * @param limit how long to wait; zero waits for ever
     * @throws AdminException if the line is a refusal, or does not come in time
     */
    public Optional<JsonObject> next(Duration limit) {
        long deadline = limit.isZero() ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
        try {
            Optional<String> line = readLine(deadline, limit);
            if (line.isEmpty()) return Optional.empty();
            JsonObject answer = JsonObject.parse(line.get());
            if (answer.has("ok") && !answer.isTrue("ok"))
                throw new AdminException(
                        answer.text("error").orElse("the agent refused without a reason"),
                        answer.text("reason").orElse(""));
            return Optional.of(answer);
        } catch (JsonFormatException e) {
            throw new AdminException("the agent's answer was not understood: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new AdminException("lost the agent at " + path + ": " + e.getMessage(), e);
        }
    }

    private Optional<String> readLine(long deadline, Duration limit) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (input.hasRemaining()) {
                byte next = input.get();
                if (next == '\n') return Optional.of(line.toString(StandardCharsets.UTF_8));
                line.write(next);
            }
            input.clear();
            int got = channel.read(input);
            input.flip();
            if (got < 0) return Optional.empty();
            if (got == 0) await(SelectionKey.OP_READ, deadline, limit);
        }
    }

    private void await(int operation, long deadline, Duration limit) throws IOException {
        SelectionKey key = channel.keyFor(selector);
        if (key == null) throw new IOException("the connection is closed");
        key.interestOps(operation);
        long wait = deadline == Long.MAX_VALUE
                ? 0
                : Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
        int ready = selector.select(wait);
        selector.selectedKeys().clear();
        if (ready == 0 && deadline != Long.MAX_VALUE && deadline - System.nanoTime() <= 0)
            throw new AdminException("the agent at " + path + " did not answer within " + limit.toSeconds() + " s");
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            // Nothing depends on it any more.
        }
    }
}
