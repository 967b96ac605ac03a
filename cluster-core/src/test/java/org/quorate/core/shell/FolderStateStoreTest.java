package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;

/** The folder store's own promises: files as Corosync has them, one node a folder, clear refusals, no write after a failed one. */
@Timeout(60)
class FolderStateStoreTest {
    private static final NodeId NODE = NodeId.of(1);

    @TempDir
    private Path folder;

    private static void await(CompletionStage<Void> write) {
        write.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void aValueIsAFileForItsOwnerOnly() throws IOException {
        Path made = folder.resolve("a/b");
        try (FolderStateStore store = FolderStateStore.open(made, NODE)) {
            await(store.write("ringid_1", new byte[] {8, 0, 0, 0, 0, 0, 0, 0}));
            await(store.write("quorum/tracking", new byte[] {1}));
        }
        assertThat(Files.readAllBytes(made.resolve("ringid_1"))).hasSize(8).startsWith(8);
        assertThat(mode(made.resolve("ringid_1"))).isEqualTo("rw-------");
        assertThat(mode(made)).isEqualTo("rwx------");
        assertThat(mode(made.resolve("quorum"))).isEqualTo("rwx------");
        try (var files = Files.list(made)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("node.lock", "quorum", "ringid_1");
        }
    }

    @Test
    void aHalfWrittenFileOfACrashIsNoValueAndNoObstacle() throws IOException {
        Files.write(folder.resolve(".ringid_1.new"), new byte[] {9, 9});
        try (FolderStateStore store = FolderStateStore.open(folder, NODE)) {
            assertThat(store.read("ringid_1")).isEmpty();
            await(store.write("ringid_1", new byte[] {1}));
            assertThat(store.read("ringid_1")).contains(new byte[] {1});
        }
        assertThat(folder.resolve(".ringid_1.new")).doesNotExist();
    }

    @Test
    void namesAreThoseOfOneFolder() throws IOException {
        try (FolderStateStore store = FolderStateStore.open(folder, NODE)) {
            assertThat(store.names("quorum")).isEmpty();
            await(store.write("quorum/b", new byte[0]));
            await(store.write("quorum/a", new byte[0]));
            await(store.write("quorum/deep/c", new byte[0]));
            await(store.write("d", new byte[0]));
            assertThat(store.names("quorum")).containsExactly("a", "b");
        }
    }

    @Test
    void aFolderHasOneNodeAtATime() {
        Path other = folder.resolve("x").resolveSibling(".").normalize();
        FolderStateStore first = FolderStateStore.open(folder, NODE);
        assertUnusable(
                () -> FolderStateStore.open(other, NodeId.of(2)),
                " is in use by another node of this process; end that node, or give this one a folder of its own");
        first.close();
        FolderStateStore.open(folder, NodeId.of(2)).close();
    }

    @Test
    void anotherProcessKeepsItsFolder() throws Exception {
        Process holder = FolderHolder.start(folder);
        try (var said = holder.inputReader()) {
            assertThat(said.readLine()).isEqualTo("opened 0");
            assertUnusable(
                    () -> FolderStateStore.open(folder, NODE),
                    " is in use by process " + holder.pid() + "; end that node, or give this one a folder of its own");
        } finally {
            holder.destroy();
        }
        assertThat(holder.waitFor(20, TimeUnit.SECONDS)).isTrue();
        FolderStateStore.open(folder, NODE).close();
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertUnusable(() -> FolderStateStore.open(file, NODE), " is no folder; name another path");
        assertUnusable(() -> FolderStateStore.open(file.resolve("below"), NODE), " is no folder; name another path");
    }

    @Test
    void aFolderThatEverybodyMayWriteToIsRefused() throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertUnusable(
                () -> FolderStateStore.open(open, NODE),
                " can be written by everybody; do: chmod 700 " + open.toRealPath());
    }

    @Test
    void afterAFailedWriteNothingIsWrittenAnyMore() throws IOException {
        try (FolderStateStore store = FolderStateStore.open(folder, NODE)) {
            await(store.write("a", new byte[] {1}));
            Files.createDirectories(folder.resolve("b/c"));
            CompletionStage<Void> impossible = store.write("b", new byte[] {1});
            assertThatThrownBy(() -> await(impossible))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> await(store.write("a", new byte[] {2})))
                    .hasMessageContaining("an earlier write to " + folder + " failed");
            assertThat(store.read("a")).contains(new byte[] {1});
        }
    }

    @Test
    void aClosedStoreWritesNothing() {
        FolderStateStore store = FolderStateStore.open(folder, NODE);
        store.close();
        store.close();
        assertThatThrownBy(() -> await(store.write("a", new byte[0]))).hasMessageContaining("is closed");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "../a", "a/../b", "/a", "a/", "a//b", ".a", "a/.b", "a b", "ä", "a\\b", "a\0"})
    void aNameCannotLeadOutOfTheFolder(String name) {
        try (FolderStateStore store = FolderStateStore.open(folder, NODE)) {
            assertThatThrownBy(() -> store.write(name, new byte[0])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.read(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aDamagedRingIdCountsAsNone() throws IOException {
        try (FolderStateStore store = FolderStateStore.open(folder, NODE)) {
            assertThat(SavedRing.read(store, NODE)).isZero();
            await(store.write("ringid_1", new byte[] {1, 2, 0, 0, 0, 0, 0, (byte) 0x80}));
            assertThat(SavedRing.read(store, NODE)).isEqualTo(0x8000000000000201L);
            await(store.write("ringid_1", new byte[7]));
            assertThat(SavedRing.read(store, NODE)).isZero();
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static void assertUnusable(ThrowingCallable call, String end) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_FOLDER_UNUSABLE))
                .hasMessageStartingWith("the data folder /")
                .hasMessageEndingWith(end);
    }
}
