package org.quorate.examples.agent;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterChanges;
import org.quorate.ClusterException;
import org.quorate.ClusterLinks;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.LocalNode;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RequestGroup;
import org.quorate.View;
import org.quorate.examples.status.Samples;

/** A node without a cluster: plays what a test says, delivers group messages to itself, and remembers how it ended. */
public final class FakeNode implements ClusterManager {
    final List<String> quorumRequests = new CopyOnWriteArrayList<>();
    volatile CompletionStage<QuorumState> quorumAnswer =
            CompletableFuture.completedFuture(Samples.quorate().quorum());
    final List<ClusterListener> listeners = new CopyOnWriteArrayList<>();
    final List<FakeGroup> groups = new CopyOnWriteArrayList<>();
    final List<FakeRequests> requests = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    volatile boolean left;
    public volatile CompletableFuture<QuorumState> awaited =
            CompletableFuture.completedFuture(Samples.quorate().quorum());
    public volatile boolean started;
    volatile @Nullable ClusterException startFailure;
    volatile CompletableFuture<ClusterStatus> status = CompletableFuture.completedFuture(Samples.quorate());

    volatile CompletableFuture<ReloadReport> reload =
            CompletableFuture.completedFuture(new ReloadReport(List.of("another key"), List.of("transport")));

    public final FakeChanges changes = new FakeChanges();
    public final List<String> joinSecrets = new CopyOnWriteArrayList<>();

    @Override
    public ClusterChanges changes() {
        return changes;
    }

    @Override
    public ClusterLinks links() {
        return changes;
    }

    @Override
    public String createJoinToken(Duration validity) {
        joinSecrets.add("token for " + validity);
        return "AAAA-BBBB";
    }

    @Override
    public void setJoinPassword(char[] password) {
        joinSecrets.add("password " + new String(password));
    }

    @Override
    public LocalNode self() {
        return LocalNode.of(NodeId.of(1), "one");
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
        return awaited;
    }

    @Override
    public Group group(String name, Group.Listener listener) {
        FakeGroup group = new FakeGroup(name, listener);
        groups.add(group);
        List<Group.GroupMember> both = List.of(group.self(), new Group.GroupMember(NodeId.of(2), 5));
        if (name.equals("berries"))
            listener.onChange(new Group.Change(both, List.of(group.self()), List.of(), Group.Reason.JOIN));
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
    public RequestGroup requests(String name, RequestGroup.Handler handler) {
        FakeRequests made = new FakeRequests(name, handler);
        requests.add(made);
        return made;
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
    public void loseQuorum() {
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

    /** A member that answers in capitals is there beside it, on node 2. */
    static final class FakeRequests implements RequestGroup {
        private static final Group.GroupMember SELF = new Group.GroupMember(NodeId.of(1), 78);
        private static final Group.GroupMember OTHER = new Group.GroupMember(NodeId.of(2), 90);
        private static final Group.GroupMember DEAF = new Group.GroupMember(NodeId.of(3), 91);
        private final String name;
        private final Handler handler;
        volatile boolean open = true;

        FakeRequests(String name, Handler handler) {
            this.name = name;
            this.handler = handler;
            handler.onChange(new Group.Change(members(), List.of(SELF), List.of(), Group.Reason.JOIN));
        }

        /** Somebody asks it; what it answers. */
        String asked(String request) {
            return new String(
                    handler.onRequest(OTHER, request.getBytes(StandardCharsets.UTF_8))
                            .toCompletableFuture()
                            .join(),
                    StandardCharsets.UTF_8);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Group.GroupMember self() {
            return SELF;
        }

        @Override
        public List<Group.GroupMember> members() {
            return List.of(SELF, OTHER, DEAF);
        }

        @Override
        public CompletionStage<Replies> askAll(byte[] request, Duration limit) {
            byte[] answer = new String(request, StandardCharsets.UTF_8)
                    .toUpperCase(Locale.ROOT)
                    .getBytes(StandardCharsets.UTF_8);
            Reply own = new Reply(SELF, "this member only asks", new byte[0]);
            return CompletableFuture.completedFuture(
                    new Replies(List.of(own, new Reply(OTHER, "", answer)), List.of(), List.of(DEAF)));
        }

        @Override
        public CompletionStage<Replies> ask(NodeId node, byte[] request, Duration limit) {
            return CompletableFuture.completedFuture(new Replies(List.of(), List.of(DEAF), List.of()));
        }

        @Override
        public CompletionStage<Replies> ask(Group.GroupMember member, byte[] request, Duration limit) {
            return CompletableFuture.completedFuture(new Replies(List.of(), List.of(member), List.of()));
        }

        @Override
        public CompletionStage<Void> leave() {
            open = false;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
