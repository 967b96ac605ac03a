package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

    private final List<Integer> ran = Collections.synchronizedList(new ArrayList<>());

    @Test
    void theOrderHoldsOverManyBatches() {
        CallbackQueue queue = new CallbackQueue(NODE, Optional.empty());
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            assertThat(queue.post(0, () -> ran.add(number))).isTrue();
        }
        queue.awaitIdle(20_000);
        queue.endWhenIdle();
        assertThat(ran).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    }

    @Test
    void bytesAreBoundedAndAtHalfOfThemTheQueueIsCongested() {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        CallbackQueue queue = new CallbackQueue(NODE, Optional.of(tasks::add));
        int half = (int) (CallbackQueue.MAX_WAITING_BYTES / 2);
        assertThat(queue.post(half - 1, () -> ran.add(1))).isTrue();
        assertThat(queue.isCongested()).isFalse();
        assertThat(queue.post(1, () -> ran.add(2))).isTrue();
        assertThat(queue.isCongested()).isTrue();
        assertThat(queue.post(half, () -> ran.add(3))).isTrue();
        assertThat(queue.post(1, () -> ran.add(4))).isFalse();
        queue.postAlways(() -> ran.add(5));
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(ran).containsExactly(1, 2, 3, 5);
        assertThat(queue.isCongested()).isFalse();
        assertThat(queue.post(half, () -> {})).isTrue();
    }

    @Test
    void anExecutorThatHasEndedLosesNoCallback() {
        CallbackQueue queue = new CallbackQueue(NODE, Optional.of(task -> {
            throw new RejectedExecutionException("ended on purpose");
        }));
        queue.postAlways(() -> ran.add(1));
        queue.postAlways(() -> ran.add(2));
        queue.awaitIdle(20_000);
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void aCallbackThatNeverReturnsIsInterruptedAtTheEnd() throws InterruptedException {
        CallbackQueue queue = new CallbackQueue(NODE, Optional.empty());
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
        CallbackQueue queue = new CallbackQueue(NODE, Optional.of(Runnable::run));
        queue.postAlways(() -> {
            assertThat(queue.inCallback()).isTrue();
            queue.awaitIdle(20_000);
            ran.add(1);
        });
        assertThat(ran).containsExactly(1);
        assertThat(queue.inCallback()).isFalse();
    }
}
