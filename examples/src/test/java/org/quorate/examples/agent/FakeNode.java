package org.quorate.examples.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.View;
import org.quorate.examples.status.Samples;

/** A node without a cluster: plays what a test says, delivers group messages to itself, and remembers how it ended. */
final class FakeNode implements ClusterManager {
    final List<String> quorumRequests = new CopyOnWriteArrayList<>();
    volatile CompletionStage<QuorumState> quorumAnswer =
            CompletableFuture.completedFuture(Samples.quorate().quorum());
    final List<ClusterListener> listeners = new CopyOnWriteArrayList<>();
    final List<FakeGroup> groups = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    volatile boolean left;
    volatile boolean started;
    volatile @Nullable ClusterException startFailure;
    volatile CompletableFuture<ClusterStatus> status = CompletableFuture.completedFuture(Samples.quorate());

    volatile CompletableFuture<ReloadReport> reload =
            CompletableFuture.completedFuture(new ReloadReport(List.of("another key"), List.of("transport")));

    @Override
    public NodeId self() {
        return NodeId.of(1);
    }

    @Override
    public State state() {
        return State.MEMBER;
    }

    @Override
    public CompletionStage<View> start() {
        started = true;
        ClusterException failure = startFailure;
        if (failure != null) return CompletableFuture.failedFuture(failure);
        View view = Samples.quorate().view().orElseThrow();
        listeners.forEach(l -> l.onState(State.JOINING, "started"));
        listeners.forEach(l -> l.onView(view));
        return CompletableFuture.completedFuture(view);
    }

    @Override
    public CompletionStage<ClusterStatus> status() {
        return status;
    }

    @Override
    public void addListener(ClusterListener listener) {
        listeners.add(listener);
    }

    @Override
    public CompletionStage<QuorumState> awaitQuorum() {
        return CompletableFuture.completedFuture(Samples.quorate().quorum());
    }

    @Override
    public Group group(String name, Group.Listener listener) {
        FakeGroup group = new FakeGroup(name, listener);
        groups.add(group);
        return group;
    }

    @Override
    public CompletionStage<QuorumState> setExpectedVotes(int votes) {
        return asked("expected " + votes);
    }

    @Override
    public CompletionStage<QuorumState> setVotes(NodeId node, int votes) {
        return asked("votes " + node + " " + votes);
    }

    @Override
    public CompletionStage<QuorumState> cancelWaitForAll() {
        return asked("cancel wait_for_all");
    }

    private CompletionStage<QuorumState> asked(String what) {
        quorumRequests.add(what);
        return quorumAnswer;
    }

    @Override
    public CompletionStage<ReloadReport> reload() {
        return reload;
    }

    @Override
    public CompletionStage<Void> leave() {
        left = true;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        closed.complete(null);
    }

    void fail(String why) {
        listeners.forEach(l -> l.onState(State.FAILED, why));
    }

    /** Inquorate from now on. */
    void loseQuorum() {
        status = CompletableFuture.completedFuture(Samples.inquorate());
        listeners.forEach(l -> l.onQuorum(Samples.inquorate().quorum()));
    }

    static final class FakeGroup implements Group {
        private final String name;
        private final Listener listener;
        volatile boolean open = true;

        FakeGroup(String name, Listener listener) {
            this.name = name;
            this.listener = listener;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public CompletionStage<Void> send(byte[] payload) {
            listener.onMessage(self(), payload.clone());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public GroupMember self() {
            return new GroupMember(NodeId.of(1), 77);
        }

        @Override
        public SendResult trySend(byte[] payload) {
            listener.onMessage(self(), payload.clone());
            return SendResult.ACCEPTED;
        }

        @Override
        public CompletionStage<Void> whenRoom() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> leave() {
            open = false;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<GroupMember> members() {
            return new ArrayList<>(List.of(self()));
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
