package org.quorate.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;

/** A slow reader costs events, never the node's time. */
@Timeout(30)
class EventLogTest {
    @Test
    void dropsAndCountsWhatASlowReaderDoesNotTake() throws InterruptedException {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch readerAwake = new CountDownLatch(1);
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                writing.countDown();
                try {
                    readerAwake.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                taken.write(bytes, offset, length);
            }
        };
        EventLog log =
                new EventLog(new PrintStream(slow, true, StandardCharsets.UTF_8), NodeId.of(3), Clock.systemUTC());
        log.event("first", new JsonObject());
        assertThat(writing.await(20, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < EventLog.MAX_QUEUED + 5; i++) log.event("flood", new JsonObject().put("i", i));
        readerAwake.countDown();
        drain(log, taken);
        log.event("last", new JsonObject());
        log.close();

        List<String> lines = taken.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(1 + EventLog.MAX_QUEUED + 2);
        assertThat(lines.get(lines.size() - 2)).contains("\"event\":\"dropped\",\"events\":5");
        assertThat(lines.get(lines.size() - 1)).contains("\"event\":\"last\"");
    }

    private static void drain(EventLog log, ByteArrayOutputStream taken) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String lastQueued = "\"i\":" + (EventLog.MAX_QUEUED - 1) + "}";
        while (!taken.toString(StandardCharsets.UTF_8).contains(lastQueued)) {
            assertThat(System.nanoTime()).as("drained in time").isLessThan(deadline);
            synchronized (log) {
                log.wait(1);
            }
        }
    }
}
