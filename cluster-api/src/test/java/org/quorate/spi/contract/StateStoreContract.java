package org.quorate.spi.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterException;
import org.quorate.spi.StateStore;

/** What every {@link StateStore} does. Extend it and say how to open one. */
@Timeout(60)
public abstract class StateStoreContract {
    private final List<StateStore> opened = new ArrayList<>();

    /** Opens the one place of this test: what an earlier call's store wrote is there, after it was closed. */
    protected abstract StateStore open() throws IOException;

    /** Whether the place can be opened only once at a time, with reason DATA_FOLDER_UNUSABLE for the second. */
    protected boolean isExclusive() {
        return true;
    }

    /** Waits until a write is durable. */
    protected void await(CompletionStage<Void> write) {
        write.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    @BeforeEach
    final void nothingIsOpen() {
        opened.clear();
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(StateStore::close);
    }

    @Test
    void aNameThatWasNeverWrittenHasNoValue() throws IOException {
        assertThat(opened().read("ringid_1")).isEmpty();
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        StateStore store = opened();
        await(store.write("ringid_1", new byte[] {1, 2, 3}));
        assertThat(store.read("ringid_1")).contains(new byte[] {1, 2, 3});
        await(store.write("ringid_1", new byte[] {4}));
        assertThat(store.read("ringid_1")).contains(new byte[] {4});
    }

    @Test
    void aValueSurvivesClosing() throws IOException {
        StateStore first = opened();
        await(first.write("quorum/wfa", new byte[] {7}));
        first.close();
        assertThat(opened().read("quorum/wfa")).contains(new byte[] {7});
    }

    @Test
    void closingWaitsForPendingWrites() throws IOException {
        StateStore first = opened();
        CompletionStage<Void> last = first.write("a", new byte[] {0});
        for (int i = 1; i <= 50; i++) last = first.write("a", new byte[] {(byte) i});
        first.close();
        assertThat(last.toCompletableFuture()).isCompleted();
        assertThat(opened().read("a")).contains(new byte[] {50});
    }

    @Test
    void writesCompleteInTheirOrder() throws IOException {
        StateStore store = opened();
        List<Integer> order = new ArrayList<>();
        List<CompletionStage<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int number = i;
            writes.add(store.write("name" + i % 3, new byte[] {(byte) i}).thenRun(() -> {
                synchronized (order) {
                    order.add(number);
                }
            }));
        }
        writes.forEach(this::await);
        assertThat(order).isSorted().hasSize(30);
        assertThat(store.read("name2")).contains(new byte[] {29});
    }

    @Test
    void namesDoNotDisturbEachOther() throws IOException {
        StateStore store = opened();
        List<String> names = List.of("a", "A_1", "a-b", "a.b", "dir/a", "dir/b", "dir/deep/er/a", "ringid_65535");
        for (String name : names) await(store.write(name, name.getBytes(UTF_8)));
        for (String name : names) assertThat(store.read(name)).contains(name.getBytes(UTF_8));
    }

    @Test
    void theNamesOfAFolderAreListedWithoutThoseFurtherDown() throws IOException {
        StateStore store = opened();
        assertThat(store.names("dir")).isEmpty();
        for (String name : List.of("dir/b", "dir/a", "dir/deep/c", "dirt/d", "e"))
            await(store.write(name, new byte[1]));
        assertThat(store.names("dir")).containsExactly("a", "b");
    }

    @Test
    void aValueMayBeEmptyOrLong() throws IOException {
        StateStore store = opened();
        await(store.write("empty", new byte[0]));
        await(store.write("long", new byte[100_000]));
        assertThat(store.read("empty")).contains(new byte[0]);
        assertThat(store.read("long")).contains(new byte[100_000]);
    }

    @Test
    void theValueIsTakenWhenWriteIsCalled() throws IOException {
        StateStore store = opened();
        byte[] value = {1, 2, 3};
        CompletionStage<Void> write = store.write("a", value);
        value[0] = 99;
        await(write);
        assertThat(store.read("a")).contains(new byte[] {1, 2, 3});
    }

    @Test
    void aPlaceIsOpenedOnlyOnceAtATime() throws IOException {
        Assumptions.assumeTrue(isExclusive());
        StateStore first = opened();
        assertThatThrownBy(this::open)
                .isInstanceOf(ClusterException.class)
                .extracting(e -> ((ClusterException) e).reason())
                .isEqualTo(ClusterException.Reason.DATA_FOLDER_UNUSABLE);
        first.close();
        first.close();
        assertThat(opened().read("a")).isEmpty();
    }

    private StateStore opened() throws IOException {
        StateStore store = open();
        opened.add(store);
        return store;
    }
}
