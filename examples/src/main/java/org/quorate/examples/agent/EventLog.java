package org.quorate.examples.agent;

import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;

/**
 * Prints events, one JSON object a line: {@code schema}, {@code time}, {@code node}, {@code event}, and what belongs to the event.
 * Writing happens on an own thread, so a reader that does not read never holds up the node: beyond {@link #MAX_QUEUED} waiting lines or
 * {@link #MAX_QUEUED_CHARS} events are dropped and counted, and an event {@code dropped} says how many as soon as there is room.
 * Thread-safe.
 */
public final class EventLog implements AutoCloseable {
    /** Lines that may wait for a slow reader. */
    static final int MAX_QUEUED = 10_000;
    /** Characters that may wait for a slow reader, but for one event that is longer than that by itself. */
    static final int MAX_QUEUED_CHARS = 4 << 20;

    private final PrintStream out;
    private final Supplier<Optional<NodeId>> self;
    private final Clock clock;
    private final ArrayDeque<String> queue = new ArrayDeque<>();
    private final Thread writer;
    private long queuedChars;
    private long dropped;
    private boolean closing;

    /** Begins to write to {@code out}. */
    public EventLog(PrintStream out, NodeId self, Clock clock) {
        this(out, () -> Optional.of(self), clock);
    }

    /** The same for a node whose id is not known yet, or changes. */
    public EventLog(PrintStream out, Supplier<Optional<NodeId>> self, Clock clock) {
        this.out = out;
        this.self = self;
        this.clock = clock;
        writer = new Thread(this::writeLines, "agent-events");
        writer.setDaemon(true);
        writer.start();
    }

    /** Prints {@code event} with the fields of {@code details}; never blocks. */
    public synchronized void event(String event, JsonObject details) {
        if (closing) return;
        String line = line(event, details);
        boolean full = queue.size() >= MAX_QUEUED || queuedChars + line.length() > MAX_QUEUED_CHARS;
        if (full && !queue.isEmpty()) {
            dropped++;
            return;
        }
        if (dropped > 0) {
            enqueue(line("dropped", new JsonObject().put("events", dropped)));
            dropped = 0;
        }
        enqueue(line);
        notifyAll();
    }

    /** Gives waiting lines a second to go out, then ends the thread. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        try {
            writer.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String line(String event, JsonObject details) {
        return JsonObject.withSchema()
                .put("time", clock.instant())
                .putNumber(
                        "node",
                        self.get().map(id -> OptionalLong.of(id.value())).orElseGet(OptionalLong::empty))
                .put("event", event)
                .putAll(details)
                .toString();
    }

    private void enqueue(String line) {
        queue.add(line);
        queuedChars += line.length();
    }

    private void writeLines() {
        try {
            for (Optional<String> line = next(); line.isPresent(); line = next()) {
                out.print(line.get());
                out.print('\n');
                if (isIdle()) out.flush();
            }
            out.flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next line, or nothing when the log is closed and empty. */
    private synchronized Optional<String> next() throws InterruptedException {
        while (queue.isEmpty() && !closing) wait();
        Optional<String> line = Optional.ofNullable(queue.poll());
        line.ifPresent(l -> queuedChars -= l.length());
        return line;
    }

    private synchronized boolean isIdle() {
        return queue.isEmpty();
    }
}
