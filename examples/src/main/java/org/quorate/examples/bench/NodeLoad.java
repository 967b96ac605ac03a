package org.quorate.examples.bench;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;

/**
 * One of the two nodes of a load on the transport {@code knet}: a process of its own that prints one line of JSON. Everything that
 * {@code libknet-load.c} does, with the same arguments and the same messages, so that either may stand at either end.
 *
 * <p>Node 1 sends, node 2 answers; they are 127.0.0.1 and 127.0.0.2. All state is confined to the transport's loop.
 */
final class NodeLoad implements TransportListener {
    private static final int PORT = 51405;
    private static final int HEADER_BYTES = 9;
    private static final long MTU_SEARCH_NANOS = 1_500_000_000L;
    private static final long LOST_AFTER_NANOS = 100_000_000L;
    private static final long END_AGAIN_NANOS = 100_000_000L;
    private static final int MAX_ENDS = 50;
    private static final int LATENCIES = 1 << 20;
    /** Messages between two looks at the clock. */
    private static final int ROUND = 64;

    private static final byte WARM_UP = 0;
    private static final byte MEASURED = 1;
    private static final byte END = 2;
    private static final byte ANSWER = 3;

    private final int self;
    private final NodeId other;
    private final Load load;
    private final ByteBuffer message =
            ByteBuffer.allocate(LinkTransport.MAX_MESSAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final TransportSession session;
    private final EventLoop.Alarm alarm;
    private final long[] latencies;

    private boolean begun;
    private byte kind = WARM_UP;
    private long startNanos;
    private long sent;
    private long done;
    private long heardNanos;
    private long pingNanos;
    private int answers;
    private int ends;
    private final Meter meter = new Meter();

    private NodeLoad(int self, Load load) {
        this.self = self;
        this.other = NodeId.of(3 - self);
        this.load = load;
        this.latencies = new long[self == 1 && load.mode() == Load.Mode.PINGPONG ? LATENCIES : 0];
        this.session = new Pair(PORT, load.crypto(), Duration.ofMillis(250), Duration.ofSeconds(1)).open(self, this);
        this.alarm = session.loop().newAlarm(this::wake);
    }

    /** Takes the node's id and what {@link Load#arguments} gives. */
    public static void main(String[] args) throws InterruptedException {
        List<String> words = Arrays.asList(args);
        NodeLoad node = new NodeLoad(Integer.parseInt(words.get(0)), Load.parse(words.subList(1, words.size())));
        node.finished.await();
        node.session.close();
        System.exit(0);
    }

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {
        if (self != 1 || begun || !reachable) return;
        begun = true;
        alarm.setAt(now() + MTU_SEARCH_NANOS);
    }

    /** Only node 1 has alarms: the begin, answers that do not come, and the end. */
    private void wake() {
        if (startNanos == 0) {
            startNanos = now();
            heardNanos = startNanos;
            next();
        } else if (kind == END) {
            end();
        } else if (now() - heardNanos >= LOST_AFTER_NANOS) {
            done = sent;
            heardNanos = now();
            next();
        } else {
            alarm.setAt(heardNanos + LOST_AFTER_NANOS);
        }
    }

    private void next() {
        long now = now();
        if (kind == WARM_UP && now - startNanos >= load.warmUp().toNanos()) {
            kind = MEASURED;
            meter.begin(now, sent);
        } else if (kind == MEASURED
                && (now - meter.beginNanos >= load.measured().toNanos()
                        || (answers == latencies.length && answers > 0))) {
            meter.end(now, load.mode() == Load.Mode.PINGPONG ? meter.firstMessage + answers : sent);
            kind = END;
            end();
            return;
        }
        if (load.mode() == Load.Mode.PINGPONG) pingNanos = System.nanoTime();
        while (sent < done + load.window()) put(kind, sent++, load.bytes());
        alarm.setAt(heardNanos + LOST_AFTER_NANOS);
    }

    private void end() {
        if (ends++ == MAX_ENDS) throw new IllegalStateException("the other node does not answer");
        put(END, 0, HEADER_BYTES);
        alarm.setAt(now() + END_AGAIN_NANOS);
    }

    @Override
    public void received(NodeId from, ByteBuffer received) {
        received.order(ByteOrder.LITTLE_ENDIAN);
        byte what = received.get(received.position());
        long number = received.getLong(received.position() + 1);
        if (self == 1) answered(what, number);
        else arrived(what, number);
    }

    private void answered(byte what, long number) {
        if (what == END) {
            report();
        } else if (load.mode() == Load.Mode.PINGPONG) {
            if (number != sent - 1) return;
            if (kind == MEASURED) latencies[answers++] = System.nanoTime() - pingNanos;
            done = sent;
            heardNanos = now();
            next();
        } else if (kind != END) {
            done = Math.max(done, number);
            heardNanos = now();
            next();
        }
    }

    /** At node 2. */
    private void arrived(byte what, long number) {
        if (what == END) {
            put(END, 0, HEADER_BYTES);
            if (kind == END) return;
            kind = END;
            if (answers < ROUND) meter.end(now(), answers);
            report();
            return;
        }
        if (what == MEASURED) {
            if (kind == WARM_UP) {
                kind = MEASURED;
                meter.begin(now(), 0);
            }
            if (++answers % ROUND == 0) meter.end(now(), answers);
        }
        if (load.mode() == Load.Mode.PINGPONG) {
            put(ANSWER, number, load.bytes());
        } else if (number + 1 >= done + load.window() / 4) {
            done = number + 1;
            put(ANSWER, done, HEADER_BYTES);
        }
    }

    private void put(byte what, long number, int bytes) {
        message.put(0, what).putLong(1, number).limit(bytes);
        session.send(other, message);
        message.clear();
    }

    private long now() {
        return session.loop().nowNanos();
    }

    private void report() {
        JsonObject line = new JsonObject()
                .put("node", self)
                .put("messages", self == 1 ? meter.messages() : answers)
                .put("nanos", meter.endNanos - meter.beginNanos)
                .put("cpuNanos", meter.cpuNanos)
                .put("allocatedBytes", meter.allocatedBytes);
        if (latencies.length > 0 && answers > 0) {
            Arrays.sort(latencies, 0, answers);
            line.put("p50Nanos", latencies[answers / 2])
                    .put("p99Nanos", latencies[(int) (answers * 99L / 100)])
                    .put("p999Nanos", latencies[(int) (answers * 999L / 1000)]);
        }
        System.out.println(line);
        alarm.setAt(Long.MAX_VALUE);
        finished.countDown();
    }

    /** What was used between two moments: time, processor time of the whole process, and heap by this thread. */
    private static final class Meter {
        private final com.sun.management.OperatingSystemMXBean process =
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        private final com.sun.management.ThreadMXBean threads =
                ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class);
        private long beginNanos;
        private long endNanos;
        private long firstMessage;
        private long endMessage;
        private long cpuAtBegin;
        private long cpuNanos;
        private long allocatedAtBegin;
        private long allocatedBytes;

        void begin(long now, long message) {
            beginNanos = now;
            firstMessage = message;
            cpuAtBegin = process.getProcessCpuTime();
            allocatedAtBegin =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        }

        void end(long now, long message) {
            endNanos = now;
            endMessage = message;
            cpuNanos = process.getProcessCpuTime() - cpuAtBegin;
            allocatedBytes =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocatedAtBegin;
        }

        long messages() {
            return endMessage - firstMessage;
        }
    }
}
