package org.quorate.core.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.quorate.ClusterConfig;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.Group;
import org.quorate.NodeId;
import org.quorate.ReloadReport;
import org.quorate.knet.KnetTransport;

/** A node on loopback sockets that reads its configuration from {@link #file} at each reload, says one number after the other, and keeps what it hears. */
final class TalkingNode {
    final int id;
    final ClusterManager manager;
    final Group group;
    /** "node:number", in the order in which they came. */
    final List<String> heard = new CopyOnWriteArrayList<>();

    final List<String> states = new CopyOnWriteArrayList<>();
    final AtomicInteger sent = new AtomicInteger();
    private final CompletableFuture<Void> silence = new CompletableFuture<>();
    volatile Fresh file;
    private volatile boolean talking = true;

    /** A node that starts at once and is silent. */
    TalkingNode(int id, ClusterConfig config) {
        this.id = id;
        this.file = new Fresh(config, new byte[128]);
        manager = ClusterManager.builder(config, NodeId.of(id))
                .transport(new KnetTransport())
                .key(new byte[128])
                .source(() -> new Fresh(file.config(), file.key().clone()))
                .listener(new ClusterListener() {
                    @Override
                    public void onState(State state, String why) {
                        states.add(state + ": " + why);
                    }
                })
                .build();
        group = manager.group(
                "fruit",
                (sender, payload) -> heard.add(sender.node() + ":" + new String(payload, StandardCharsets.UTF_8)));
        manager.start();
    }

    /** One message after the other until told otherwise. */
    void talk() {
        if (!talking) {
            silence.complete(null);
            return;
        }
        group.send(Integer.toString(sent.incrementAndGet()).getBytes(StandardCharsets.UTF_8))
                .whenComplete((done, failure) -> {
                    if (failure != null) silence.completeExceptionally(failure);
                    else talk();
                });
    }

    /** No message after the one that is on its way. */
    void stopTalking() {
        talking = false;
    }

    /** Waits until the last message has come back. */
    void awaitSilence() {
        get(silence);
    }

    /** What it has said itself, in its order. */
    List<String> said() {
        List<String> all = new ArrayList<>();
        for (int number = 1; number <= sent.get(); number++) all.add(id + ":" + number);
        return all;
    }

    ClusterStatus status() {
        return get(manager.status());
    }

    /** Whether it is in a view of so many members, and its group is as well: that may be known earlier. */
    boolean isWith(int members) {
        return status().view().filter(view -> view.members().size() == members).isPresent()
                && group.members().size() == members;
    }

    /** Quorate, and how many votes are expected, there, and needed. */
    List<Object> quorum() {
        var said = status().quorum();
        return List.of(said.quorate(), said.expectedVotes(), said.totalVotes(), said.quorum());
    }

    ReloadReport reload() {
        return get(manager.reload());
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Waits for the condition, a minute at most; then tells the state of the nodes. */
    static void until(Collection<TalkingNode> nodes, String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                StringBuilder state = new StringBuilder("not in time: " + what);
                for (TalkingNode node : nodes)
                    state.append('\n')
                            .append(node.states)
                            .append(node.manager.state() == State.MEMBER ? node.status() : "");
                throw new AssertionError(state.toString());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
