package org.quorate.examples.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;

/**
 * One client of an {@link AdminSocket}: reads one line, hands it on, writes what comes back, hangs up. Confined to the socket's thread
 * but for the methods of {@link AdminRequest}.
 *
 * <p>Deadlines: the request has to be there, then answered, then fetched, each within the client timeout. A stream has none while the
 * client keeps up; one that lets {@link #MAX_PENDING_BYTES} pile up is cut off.
 */
final class AdminSession {
    /** Longest request line, line end included. */
    static final int MAX_REQUEST_BYTES = 65_536;
    /** What a client may leave unread. */
    static final int MAX_PENDING_BYTES = 2 << 20;

    private final AdminSocket socket;
    private final SocketChannel channel;
    private final Consumer<AdminRequest> handler;
    private final Duration timeout;
    private final ArrayDeque<ByteBuffer> pending = new ArrayDeque<>();
    private final List<Runnable> whenGone = new ArrayList<>();
    private ByteBuffer request = ByteBuffer.allocate(4096);
    private @Nullable SelectionKey key;
    private long pendingBytes;
    private long deadline;
    private boolean asked;
    private boolean streaming;
    private boolean answered;
    private boolean ended;
    private boolean inputEnded;

    AdminSession(
            AdminSocket socket,
            SocketChannel channel,
            Consumer<AdminRequest> handler,
            Duration timeout,
            long nowNanos) {
        this.socket = socket;
        this.channel = channel;
        this.handler = handler;
        this.timeout = timeout;
        deadline = nowNanos + timeout.toNanos();
    }

    void register(Selector selector) throws IOException {
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void ready(int operations) {
        try {
            if ((operations & SelectionKey.OP_READ) != 0) read();
            if (!ended && (operations & SelectionKey.OP_WRITE) != 0) write();
        } catch (IOException e) {
            end(); // the client is gone
        }
    }

    long nanosLeft(long nowNanos) {
        return deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, deadline - nowNanos);
    }

    void expire(long nowNanos) {
        if (ended || deadline == Long.MAX_VALUE || deadline - nowNanos > 0) return;
        if (asked && !answered) {
            finish(refusal("the node did not answer within " + timeout.toSeconds() + " s", ""));
        } else {
            end();
        }
    }

    /** Hangs up. */
    void end() {
        if (ended) return;
        ended = true;
        socket.gone(this);
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
        whenGone.forEach(Runnable::run);
        whenGone.clear();
    }

    private void read() throws IOException {
        if (asked) {
            readRest();
            return;
        }
        int got = channel.read(request);
        int lineEnd = lineEnd();
        if (lineEnd >= 0) {
            ask(new String(request.array(), 0, lineEnd, StandardCharsets.UTF_8));
        } else if (got < 0) {
            end();
        } else if (request.position() >= MAX_REQUEST_BYTES) {
            asked = true;
            finish(refusal("the request is longer than " + MAX_REQUEST_BYTES + " bytes", ""));
        } else if (!request.hasRemaining()) {
            request = ByteBuffer.allocate(Math.min(MAX_REQUEST_BYTES, request.capacity() * 4))
                    .put(request.flip());
        }
    }

    /** Nothing more is expected. At its end the client is gone, or has only said that it asks nothing more and waits for the answer. */
    private void readRest() throws IOException {
        if (channel.read(ByteBuffer.allocate(1024)) >= 0) return;
        inputEnded = true;
        if (streaming) end();
        else updateInterest();
    }

    private int lineEnd() {
        for (int i = 0; i < request.position(); i++) if (request.get(i) == '\n') return i;
        return -1;
    }

    private void ask(String line) {
        asked = true;
        renewDeadline();
        try {
            handler.accept(new Request(JsonObject.parse(line)));
        } catch (JsonFormatException e) {
            finish(refusal("the request was not understood: " + e.getMessage(), ""));
        } catch (RuntimeException e) {
            finish(refusal(AdminCommands.sentence(e), AdminCommands.reason(e)));
        }
    }

    private void finish(JsonObject answer) {
        if (answered || ended) return;
        answered = true;
        renewDeadline();
        enqueue(answer);
    }

    private void enqueue(JsonObject line) {
        if (ended) return;
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        // A single answer may be larger than the limit, as long as it is the only thing that waits.
        if (pendingBytes > 0 && pendingBytes + bytes.length > MAX_PENDING_BYTES) {
            end();
            return;
        }
        pending.add(ByteBuffer.wrap(bytes));
        pendingBytes += bytes.length;
        try {
            write();
        } catch (IOException e) {
            end();
        }
    }

    private void write() throws IOException {
        for (ByteBuffer head = pending.peek(); head != null; head = pending.peek()) {
            pendingBytes -= channel.write(head);
            if (head.hasRemaining()) break;
            pending.remove();
        }
        if (pending.isEmpty() && answered) {
            end();
        } else {
            updateInterest();
        }
    }

    private void updateInterest() {
        if (key == null) return;
        key.interestOps((inputEnded ? 0 : SelectionKey.OP_READ) | (pending.isEmpty() ? 0 : SelectionKey.OP_WRITE));
    }

    private void renewDeadline() {
        deadline = System.nanoTime() + timeout.toNanos();
    }

    private static JsonObject refusal(String why, String reason) {
        JsonObject refusal = JsonObject.withSchema().put("ok", false).put("error", why);
        return reason.isEmpty() ? refusal : refusal.put("reason", reason);
    }

    /** Ends a stream. */
    void endStream(String why, String reason) {
        if (streaming) finish(refusal(why, reason));
    }

    private final class Request implements AdminRequest {
        private final JsonObject body;

        Request(JsonObject body) {
            this.body = body;
        }

        @Override
        public JsonObject body() {
            return body;
        }

        @Override
        public void line(JsonObject line) {
            socket.execute(() -> {
                if (answered) return;
                streaming = true;
                deadline = Long.MAX_VALUE;
                enqueue(line);
            });
        }

        @Override
        public void succeed(JsonObject answer) {
            socket.execute(() -> finish(JsonObject.withSchema().put("ok", true).putAll(answer)));
        }

        @Override
        public void fail(String why, String reason) {
            socket.execute(() -> finish(refusal(why, reason)));
        }

        @Override
        public void onGone(Runnable action) {
            socket.execute(() -> {
                if (ended) action.run();
                else whenGone.add(action);
            });
        }
    }
}
