package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.NodeId;

/** Callbacks run one at a time, in order, within bounds, on whatever executor there is. */
@Timeout(60)
class CallbackQueueTest {
    private static final NodeId NODE = NodeId.of(1);
    private static final CallbackBounds BOUNDS = new CallbackBounds(128 << 20);

    private final List<Integer> ran = Collections.synchronizedList(new ArrayList<>());

    @Test
    void theOrderHoldsOverManyBatches() {
        CallbackQueue queue = new CallbackQueue(NODE, BOUNDS, Optional.empty(), () -> {});
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            assertThat(queue.post(0, () -> ran.add(number))).isTrue();
        }
        queue.awaitIdle(20_000);
        queue.endWhenIdle();
        assertThat(ran).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    }

    @Test
    void bytesAreBoundedAndTheBrakeIsPressedLongBefore() {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        List<Integer> said = new ArrayList<>();
        CallbackQueue[] self = new CallbackQueue[1];
        CallbackQueue queue = new CallbackQueue(NODE, BOUNDS, Optional.of(tasks::add), () -> said.add(self[0].brake()));
        self[0] = queue;
        int mib = 1 << 20;
        int posted = 0;
        while (queue.post(mib, () -> ran.add(1))) posted++;
        assertThat((long) posted * mib).isEqualTo(BOUNDS.maxBytes());
        assertThat(said).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        queue.postAlways(() -> ran.add(5));
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(said).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        assertThat(ran).hasSize(posted + 1).endsWith(1, 5);
        assertThat(queue.post(mib, () -> {})).isTrue();
    }

    /** With what a heap of 64 MiB gives: 16 MiB, the brake at 2 and then every 0.75. */
    @Test
    void aSmallHeapHasSmallBoundsWithTheSameSteps() {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        List<Integer> said = new ArrayList<>();
        CallbackQueue[] self = new CallbackQueue[1];
        CallbackBounds small = CallbackBounds.ofHeap(64L << 20);
        CallbackQueue queue = new CallbackQueue(NODE, small, Optional.of(tasks::add), () -> said.add(self[0].brake()));
        self[0] = queue;
        int quarter = 1 << 18;
        for (int i = 0; i < 7; i++)
            assertThat(queue.post(quarter, () -> ran.add(1))).isTrue();
        assertThat(said).isEmpty();
        int posted = 7;
        while (queue.post(quarter, () -> ran.add(1))) posted++;
        assertThat((long) posted * quarter).isEqualTo(16 << 20);
        assertThat(said).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        while (!tasks.isEmpty()) tasks.remove().run();
        assertThat(said).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        assertThat(ran).hasSize(posted);
    }

    @Test
    void manySmallCallbacksPressTheBrakeToo() {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        CallbackQueue queue = new CallbackQueue(NODE, BOUNDS, Optional.of(tasks::add), () -> {});
        for (int i = 0; i < 8191; i++) queue.post(0, () -> {});
        assertThat(queue.brake()).isZero();
        queue.post(0, () -> {});
        assertThat(queue.brake()).isEqualTo(1);
        while (queue.post(0, () -> {})) ran.add(0);
        assertThat(queue.brake()).isEqualTo(8);
        assertThat(ran).hasSize(CallbackBounds.MAX_WAITING - 8192);
        while (!tasks.isEmpty()) tasks.remove().run();
        assertThat(queue.brake()).isZero();
        Map<String, Long> counters = new HashMap<>();
        queue.count(counters);
        assertThat(counters).containsEntry("callbacks.high-water", (long) CallbackBounds.MAX_WAITING);
    }

    @Test
    void anExecutorThatHasEndedLosesNoCallback() {
        CallbackQueue queue = new CallbackQueue(
                NODE,
                BOUNDS,
                Optional.of(task -> {
                    throw new RejectedExecutionException("ended on purpose");
                }),
                () -> {});
        queue.postAlways(() -> ran.add(1));
        queue.postAlways(() -> ran.add(2));
        queue.awaitIdle(20_000);
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void aCallbackThatNeverReturnsIsInterruptedAtTheEnd() throws InterruptedException {
        CallbackQueue queue = new CallbackQueue(NODE, BOUNDS, Optional.empty(), () -> {});
        CountDownLatch interrupted = new CountDownLatch(1);
        queue.postAlways(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException end) {
                interrupted.countDown();
            }
        });
        queue.awaitIdle(50);
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCallbackDoesNotWaitForItself() {
        CallbackQueue queue = new CallbackQueue(NODE, BOUNDS, Optional.of(Runnable::run), () -> {});
        queue.postAlways(() -> {
            assertThat(queue.inCallback()).isTrue();
            queue.awaitIdle(20_000);
            ran.add(1);
        });
        assertThat(ran).containsExactly(1);
        assertThat(queue.inCallback()).isFalse();
    }
}
