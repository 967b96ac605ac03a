package org.quorate.examples.agent;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.quorate.ClusterException;
import org.quorate.ClusterManager.State;
import org.quorate.View;
import org.quorate.core.join.ClusterCreation.Created;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinOptions;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.NodeFolder;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.manage.FolderNode;
import org.quorate.core.manage.ManagedClusterManager;
import org.quorate.examples.json.JsonObject;

/**
 * Makes an agent's folder that of a node when a client asks for it, and keeps it from other processes until then. One such request at a time,
 * on a thread of its own; each answers with lines of kind {@code progress}, then with the report. Thread-safe.
 */
final class FolderDesk {
    private final ManagedClusterManager node;
    private final Path dataDir;
    private final Consumer<String> broken;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Optional<String> waiting = Optional.empty();
    private volatile Runnable started = () -> {};

    /**
     * @param node of the folder
     * @param dataDir the folder
     * @param broken told why if the folder can neither wait for a cluster nor run the one it has
     */
    FolderDesk(ManagedClusterManager node, Path dataDir, Consumer<String> broken) {
        this.node = node;
        this.dataDir = dataDir;
        this.broken = broken;
    }

    /** Why no node runs here yet; empty if one does, or begins to. */
    Optional<String> standalone() {
        if (waiting.isPresent() || node.isInCluster()) return waiting;
        return Optional.of(sentence()); // it has just left
    }

    private String sentence() {
        return "node " + node.self().name() + " is in no cluster yet: 'quorate create NAME --data-dir " + dataDir
                + "' makes one here, 'quorate add --data-dir " + dataDir + "' joins one";
    }

    /**
     * Waits for a cluster from now on.
     *
     * @param whenStarted run when the node was started, after each such wait
     * @return why there is nothing to run
     */
    String await(Runnable whenStarted) {
        started = whenStarted;
        String why = sentence();
        waiting = Optional.of(why);
        reserve();
        return why;
    }

    private void reserve() {
        try {
            if (!node.reserve() && node.isInCluster() && !NodeFolder.at(dataDir).isJoinPending()) startFound();
        } catch (ClusterException unusable) {
            broken.accept(AdminCommands.sentence(unusable));
        }
    }

    /** Somebody else was quicker, or the start failed at first. */
    private void startFound() {
        var first = node.start();
        waiting = Optional.empty();
        started.run();
        first.whenComplete((view, failure) -> {
            if (failure != null) broken.accept(AdminCommands.sentence(failure));
        });
    }

    /** What the node that runs was started with. */
    JsonObject cluster() {
        FolderNode read = node.startedWith();
        return ClusterFields.of(
                read.config(),
                dataDir.resolve(AgentConfiguration.CONF_NAME),
                dataDir,
                read.warnings(Clock.systemUTC()));
    }

    CompletionStage<View> firstView() {
        return node.firstView();
    }

    /** Makes a cluster. */
    void create(AdminRequest request) {
        work(request, () -> {
            Created created = node.create(FolderRequests.create(request.body()), step -> progress(request, step));
            run();
            return FolderReports.created(created, dataDir)
                    .put("text", FolderReports.createdText(created, dataDir, true));
        });
    }

    /** Joins one. */
    void join(AdminRequest request) {
        work(request, () -> {
            JoinOptions options = FolderRequests.join(request.body(), shown -> {
                request.line(new JsonObject().put("kind", "fingerprint").put("fingerprint", shown));
                return false; // the client asks again with it, if a person has said yes
            });
            try (Credential credential = FolderRequests.credential(request.body())) {
                JoinResult joined = node.join(options, credential, (step, sentence) -> progress(request, sentence));
                run();
                return FolderReports.joined(joined, dataDir)
                        .put("text", FolderReports.joinedText(joined, dataDir, true));
            }
        });
    }

    /** The node was started; waits until it runs. */
    private void run() {
        waiting = Optional.empty();
        started.run();
        try {
            node.firstView().toCompletableFuture().join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof ClusterException clear) throw clear;
            throw failed;
        }
    }

    private static void progress(AdminRequest request, String sentence) {
        request.line(new JsonObject().put("kind", "progress").put("sentence", sentence));
    }

    private void work(AdminRequest request, Supplier<JsonObject> task) {
        if (!busy.compareAndSet(false, true)) {
            request.fail("a cluster is just being made or joined in " + dataDir + "; wait for its end");
            return;
        }
        Thread thread = new Thread(() -> perform(request, task), "agent-folder");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whoever hears the answer can ask for the next thing at once. */
    private void perform(AdminRequest request, Supplier<JsonObject> task) {
        try {
            JsonObject done = task.get();
            busy.set(false);
            request.succeed(done);
        } catch (RuntimeException refused) {
            if (node.state() == State.STANDALONE) reserve();
            busy.set(false);
            fail(request, refused);
        }
    }

    private static void fail(AdminRequest request, RuntimeException refused) {
        if (refused instanceof JoinFailure failure)
            request.fail(FolderReports.refusal(failure), failure.problem().name());
        else request.fail(AdminCommands.sentence(refused), AdminCommands.reason(refused));
    }
}
