package org.quorate.examples.agent;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.quorate.ClusterException;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.core.manage.ManagedClusterManager;
import org.quorate.examples.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one node: starts it, serves the admin socket, prints its events, and leaves in order when told to {@link #stop}. The agent of a folder
 * in which there is no cluster waits until a client makes or joins one. Thread-safe.
 */
public final class Agent {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

    /** How long leaving in order may take. */
    static final Duration LEAVE_LIMIT = Duration.ofSeconds(5);

    private final ClusterManager node;
    private final Optional<FolderDesk> folder;
    private final Path dataDir;
    private final List<String> groupNames;
    private final EventLog events;
    private final Clock clock;
    private final Duration clientTimeout;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    /** Memberships in the groups whose messages are printed. */
    private final List<GroupDesk.Subscription> printed = new CopyOnWriteArrayList<>();

    /**
     * @param node built, not started
     * @param dataDir existing folder for the admin socket
     * @param groupNames groups whose messages are printed
     * @param events where to print
     */
    public Agent(ClusterManager node, Path dataDir, List<String> groupNames, EventLog events) {
        this(node, dataDir, groupNames, events, Clock.system(ZoneId.systemDefault()), Duration.ofSeconds(10));
    }

    Agent(
            ClusterManager node,
            Path dataDir,
            List<String> groupNames,
            EventLog events,
            Clock clock,
            Duration clientTimeout) {
        this(node, Optional.empty(), dataDir, groupNames, events, clock, clientTimeout);
    }

    private Agent(
            ClusterManager node,
            Optional<ManagedClusterManager> ofFolder,
            Path dataDir,
            List<String> groupNames,
            EventLog events,
            Clock clock,
            Duration clientTimeout) {
        this.node = node;
        this.folder =
                ofFolder.map(managed -> new FolderDesk(managed, dataDir, why -> ending.complete(new Ending(1, why))));
        this.dataDir = dataDir;
        this.groupNames = List.copyOf(groupNames);
        this.events = events;
        this.clock = clock;
        this.clientTimeout = clientTimeout;
    }

    /**
     * The agent of a folder: as long as there is no cluster in that, it waits for somebody to make or join one.
     *
     * @param node of the folder
     * @param dataDir the folder, which exists
     * @param groupNames groups whose messages are printed
     * @param events where to print
     */
    public static Agent ofFolder(ManagedClusterManager node, Path dataDir, List<String> groupNames, EventLog events) {
        return new Agent(
                node,
                Optional.of(node),
                dataDir,
                groupNames,
                events,
                Clock.system(ZoneId.systemDefault()),
                Duration.ofSeconds(10));
    }

    /** Asks the agent to leave and end; {@link #run} returns afterwards. Any thread, idempotent. */
    public void stop(String why) {
        ending.complete(new Ending(0, why));
    }

    /**
     * Runs until stopped or until the node fails.
     *
     * @param start details of the first event
     * @return how it ended
     */
    public Outcome run(JsonObject start) {
        GroupDesk desk = new GroupDesk(node);
        node.addListener(new NodeEvents(events));
        ChangeDesk changes = new ChangeDesk(node);
        AdminCommands commands = new AdminCommands(node, folder, desk, changes, clock, this::stop);
        Ending end;
        try {
            // The socket comes first: if another agent has the folder, nothing has been touched yet.
            AdminSocket socket = AdminSocket.open(dataDir, clientTimeout, commands);
            try {
                node.addListener(new ClusterListener() {
                    @Override
                    public void onState(State state, String why) {
                        if (state == State.FAILED) ending.complete(new Ending(1, why));
                        if (state == State.LEFT) changes.whenIdle(() -> left(why, desk, socket));
                    }
                });
                events.event("start", start);
                begin(desk);
                end = awaitEnding();
                if (end.exitCode() == 0) leave();
            } finally {
                socket.close();
            }
        } catch (AdminException e) {
            end = new Ending(1, AdminCommands.sentence(e));
        }
        changes.close();
        node.close();
        events.event("stop", new JsonObject().put("exitCode", end.exitCode()).put("why", end.why()));
        return new Outcome(end.exitCode(), end.why());
    }

    private void begin(GroupDesk desk) {
        if (folder.isPresent() && !node.isInCluster()) standBy(desk);
        else
            node.start().thenAccept(view -> printGroups(desk)).whenComplete((done, failure) -> {
                if (failure != null) ending.complete(new Ending(1, AdminCommands.sentence(failure)));
            });
    }

    /** There is no cluster in the folder; whoever makes or joins one starts the node. */
    private void standBy(GroupDesk desk) {
        FolderDesk waiting = folder.orElseThrow();
        String why = waiting.await(() -> {
            events.event("cluster", waiting.cluster());
            waiting.firstView().thenAccept(view -> printGroups(desk));
        });
        LOG.info("{}", why);
        events.event(
                "state", new JsonObject().put("state", State.STANDALONE.name()).put("why", why));
    }

    /** The node has left: its cluster, and its files are gone with it, or only for now. */
    private void left(String why, GroupDesk desk, AdminSocket socket) {
        if (folder.isEmpty() || node.isInCluster()) {
            ending.complete(new Ending(0, why));
            return;
        }
        printed.forEach(GroupDesk.Subscription::close);
        printed.clear();
        socket.endStreams("the node has left its cluster", ClusterException.Reason.NOT_IN_CLUSTER.name());
        standBy(desk);
    }

    private void printGroups(GroupDesk desk) {
        for (String name : groupNames)
            printed.add(desk.listen(
                    name,
                    event -> events.event(
                            event.text("kind").orElse("group"),
                            new JsonObject().put("group", name).putAll(event))));
    }

    private Ending awaitEnding() {
        try {
            return ending.join();
        } catch (CompletionException e) {
            return new Ending(1, AdminCommands.sentence(e));
        }
    }

    private void leave() {
        try {
            node.leave().toCompletableFuture().get(LEAVE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | IllegalStateException e) {
            // The node was not a member or could not be heard; the others will miss it by themselves.
            events.event("leave-failed", new JsonObject().put("why", AdminCommands.sentence(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Ending(int exitCode, String why) {}

    /**
     * How it ended.
     *
     * @param exitCode 0 after an orderly end, else 1
     * @param why one sentence
     */
    public record Outcome(int exitCode, String why) {}
}
