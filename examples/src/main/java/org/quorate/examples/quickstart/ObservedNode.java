package org.quorate.examples.quickstart;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.Group.GroupMember;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.View;

/**
 * One node of the example and what it saw. Callbacks come on the node's own thread and are kept under this object's monitor; the story
 * waits on it.
 */
final class ObservedNode implements ClusterListener, Group.Listener {
    private static final String GROUP = "orders";

    private final NodeId id;
    private final ClusterConfig config;
    private final byte[] key;
    private final Path dataDir;
    private final Story story;
    private final List<String> diary = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private final Map<String, Boolean> links = new TreeMap<>();
    private @Nullable ClusterManager manager;
    private @Nullable Group group;
    private @Nullable View view;
    private @Nullable QuorumState quorum;
    private int groupSize;

    ObservedNode(NodeId id, ClusterConfig config, byte[] key, Path dataDir, Story story) {
        this.id = id;
        this.config = config;
        this.key = key;
        this.dataDir = dataDir;
        this.story = story;
    }

    NodeId id() {
        return id;
    }

    /** A node with this identity begins a life; returns at once. */
    void start() {
        ClusterManager fresh = ClusterManager.builder(config, id)
                .key(key)
                .dataDir(dataDir)
                .listener(this)
                .build();
        synchronized (this) {
            note("starts");
            links.clear();
            messages.clear();
            view = null;
            quorum = null;
            groupSize = 0;
            manager = fresh;
        }
        fresh.start().whenComplete((first, failure) -> {
            if (failure != null) note("failed to start: " + failure.getMessage());
        });
    }

    /** Becomes a member of the group of the example. */
    void joinGroup() {
        Group joined = manager().group(GROUP, this);
        synchronized (this) {
            group = joined;
        }
    }

    /** Sends a text to the group; does not wait. */
    void send(String text) {
        Group to;
        synchronized (this) {
            to = group;
        }
        if (to == null) throw new QuickstartFailure("node " + id + " is not in the group");
        to.send(text.getBytes(StandardCharsets.UTF_8)).whenComplete((done, failure) -> {
            if (failure != null) note("could not send '" + text + "': " + failure.getMessage());
        });
    }

    ClusterStatus status() {
        try {
            return manager()
                    .status()
                    .toCompletableFuture()
                    .orTimeout(5, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new QuickstartFailure("node " + id + " did not tell its status: " + e.getCause());
        }
    }

    void leave() {
        try {
            manager()
                    .leave()
                    .toCompletableFuture()
                    .orTimeout(5, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new QuickstartFailure("node " + id + " could not leave in order: " + e.getCause());
        }
    }

    /** Ends this life. */
    void close() {
        ClusterManager ending;
        synchronized (this) {
            ending = manager;
        }
        if (ending != null) ending.close();
    }

    /** Waits until {@code condition}, evaluated under the monitor, holds; fails with a sentence that contains {@code what}. */
    synchronized void await(String what, Duration limit, BooleanSupplier condition) {
        long deadline = story.deadlineNanos(limit);
        try {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0)
                    throw new QuickstartFailure("node " + id + " did not see " + what + "; it saw:\n" + diary());
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QuickstartFailure("interrupted while waiting for " + what);
        }
    }

    synchronized Optional<View> view() {
        return Optional.ofNullable(view);
    }

    /** Whether exactly {@code members} are together and may act. */
    synchronized boolean isQuorateWith(List<NodeId> members) {
        return view != null
                && quorum != null
                && quorum.quorate()
                && view.members().equals(members);
    }

    synchronized int groupSize() {
        return groupSize;
    }

    /** Whether {@code link} is up to this many peers and down to all others. */
    synchronized boolean hasLinkUpTo(int link, int peers) {
        return links.entrySet().stream()
                        .filter(e -> e.getKey().endsWith("/" + link))
                        .filter(Map.Entry::getValue)
                        .count()
                == peers;
    }

    synchronized void forgetMessages() {
        messages.clear();
    }

    /** What was delivered since {@link #forgetMessages}, in order of delivery. */
    synchronized List<String> messages() {
        return List.copyOf(messages);
    }

    synchronized String diary() {
        return diary.stream().map(line -> "  " + line + "\n").collect(Collectors.joining());
    }

    /** Writes a line into the diary. */
    synchronized void note(String what) {
        diary.add(story.now() + "  " + what);
        notifyAll();
    }

    @Override
    public synchronized void onView(View newView) {
        view = newView;
        quorum = newView.quorum();
        note("view " + newView.ringId() + ": nodes " + newView.members()
                + (newView.joined().isEmpty() ? "" : ", joined " + newView.joined())
                + (newView.left().isEmpty() ? "" : ", left " + newView.left())
                + "; " + summary(newView.quorum()));
    }

    @Override
    public synchronized void onQuorum(QuorumState newQuorum) {
        quorum = newQuorum;
        note("quorum: " + summary(newQuorum));
    }

    @Override
    public synchronized void onLink(LinkStatus link) {
        links.put(link.peer() + "/" + link.link(), link.up());
        note("link " + link.link() + " to node " + link.peer() + " is " + (link.up() ? "up" : "down") + ": "
                + link.why());
    }

    @Override
    public synchronized void onState(ClusterManager.State state, String why) {
        note("state " + state + ": " + why);
    }

    @Override
    public synchronized void onMessage(GroupMember sender, byte[] payload) {
        messages.add("node " + sender.node() + ": " + new String(payload, StandardCharsets.UTF_8));
        notifyAll();
    }

    @Override
    public synchronized void onChange(Group.Change change) {
        groupSize = change.members().size();
        note("group " + GROUP + " has " + groupSize + (groupSize == 1 ? " member" : " members") + " (" + change.reason()
                + ")");
    }

    private synchronized ClusterManager manager() {
        if (manager == null) throw new IllegalStateException("node " + id + " has not been started");
        return manager;
    }

    private static String summary(QuorumState quorum) {
        return (quorum.quorate() ? "quorate" : "not quorate") + ", " + quorum.totalVotes() + " of "
                + quorum.expectedVotes() + " votes, " + quorum.quorum() + " needed";
    }
}
