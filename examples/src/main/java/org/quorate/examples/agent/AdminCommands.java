package org.quorate.examples.agent;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.examples.json.JsonObject;
import org.quorate.examples.status.LinksText;
import org.quorate.examples.status.StatusJson;
import org.quorate.examples.status.StatusText;

/**
 * What an agent does on request. A request names its {@code command}; with {@code "format": "text"} the listing commands answer with a
 * report in the field {@code text} instead of fields. Called on the admin socket's thread; nothing here blocks.
 */
final class AdminCommands implements Consumer<AdminRequest> {
    /** Below the time that a client is given. */
    private static final long MAX_REQUEST_MILLIS = 8000;
    /** What an agent does that has no node yet. */
    private static final Set<String> WITHOUT_NODE = Set.of("create", "join", "stop");

    /** Longest wait for quorum: an hour. */
    private static final int MAX_WAIT_MILLIS = 3_600_000;

    private final ClusterManager node;
    private final Optional<FolderDesk> folder;
    private final GroupDesk groups;
    private final RequestDesk requests;
    private final Clock clock;
    private final Map<String, Consumer<AdminRequest>> commands = new LinkedHashMap<>();

    /**
     * @param folder makes the agent's folder that of a node; empty if the agent was given its configuration
     * @param stop told why when a client ends the agent
     */
    AdminCommands(
            ClusterManager node,
            Optional<FolderDesk> folder,
            GroupDesk groups,
            ChangeDesk desk,
            Clock clock,
            Consumer<String> stop) {
        this.node = node;
        this.folder = folder;
        this.groups = groups;
        this.requests = new RequestDesk(node);
        this.clock = clock;
        listing("status", StatusJson::status, s -> StatusText.status(s, clock.getZone()));
        listing("nodes", StatusJson::nodes, StatusText::nodes);
        listing("members", StatusJson::members, s -> StatusText.members(s, clock.getZone()));
        listing("links", StatusJson::links, LinksText::of);
        listing("explain", StatusJson::explanation, s -> s.explanation().text());
        commands.put("expected", request -> quorum(request, node.setExpectedVotes(number(request, "votes"))));
        commands.put("votes", request -> quorum(request, node.setVotes(nodeId(request), number(request, "votes"))));
        commands.put("await-quorum", this::awaitQuorum);
        commands.put("cancel-wait", request -> quorum(request, node.cancelWaitForAll()));
        commands.put("group send", this::groupSend);
        commands.put("group listen", this::groupListen);
        commands.put("group members", this::groupMembers);
        commands.put("group request", this::groupRequest);
        commands.put("group answer", this::groupAnswer);
        commands.put("reload", this::reload);
        desk.changes().forEach((name, change) -> commands.put(name, request -> desk.change(request, change)));
        commands.put("config diff", desk::compare);
        commands.put("join-token", desk::token);
        commands.put("join-password", desk::password);
        commands.put("create", request -> ofFolder(request, FolderDesk::create));
        commands.put("join", request -> ofFolder(request, FolderDesk::join));
        commands.put("stop", request -> {
            request.succeed(new JsonObject());
            stop.accept("a client of the admin socket asked for it");
        });
    }

    @Override
    public void accept(AdminRequest request) {
        String command = request.body().text("command").orElse("");
        Consumer<AdminRequest> action = commands.get(command);
        if (action == null) {
            request.fail("the agent does not know the command '" + command + "'; it knows "
                    + String.join(", ", commands.keySet()));
            return;
        }
        Optional<String> standalone = folder.flatMap(FolderDesk::standalone);
        if (standalone.isEmpty() || WITHOUT_NODE.contains(command)) action.accept(request);
        else if (command.equals("status")) request.succeed(status(request, standalone.get()));
        else request.fail(standalone.get(), Reason.NOT_IN_CLUSTER.name());
    }

    private JsonObject status(AdminRequest request, String why) {
        JsonObject status = StatusJson.standalone(node.self().name(), why);
        return isText(request)
                ? new JsonObject()
                        .put("state", "STANDALONE")
                        .put("text", StatusText.standalone(node.self().name(), why))
                : status;
    }

    private void ofFolder(AdminRequest request, BiConsumer<FolderDesk, AdminRequest> task) {
        if (folder.isPresent()) task.accept(folder.get(), request);
        else
            request.fail(
                    "this agent was given its configuration, so its folder is nobody's to make a cluster in",
                    Reason.REFUSED.name());
    }

    private static boolean isText(AdminRequest request) {
        return request.body().text("format").orElse("json").equals("text");
    }

    /** The failure itself, without what a stage has wrapped around it. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) cause = cause.getCause();
        return cause;
    }

    /** What a person is told about a failure: one sentence. */
    static String sentence(Throwable failure) {
        Throwable cause = cause(failure);
        String message = cause.getMessage();
        if (cause instanceof ClusterException || cause instanceof AdminException)
            return message == null ? cause.toString() : message;
        return message == null ? cause.toString() : cause.getClass().getSimpleName() + ": " + message;
    }

    /** The reason for programs that a failure has; empty if none. */
    static String reason(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof AdminException refused) return refused.reason();
        return cause instanceof ClusterException clear ? clear.reason().name() : "";
    }

    private void listing(String name, Function<ClusterStatus, JsonObject> json, Function<ClusterStatus, String> text) {
        commands.put(
                name,
                request -> answer(request, node.status(), status -> {
                    if (isText(request)) return new JsonObject().put("text", text.apply(status));
                    return json.apply(status);
                }));
    }

    private static void quorum(AdminRequest request, CompletionStage<QuorumState> change) {
        answer(request, change, state -> {
            if (isText(request)) return new JsonObject().put("text", "Done: " + state.reason() + ".\n");
            return StatusJson.quorum(state);
        });
    }

    private static NodeId nodeId(AdminRequest request) {
        int id = number(request, "node");
        if (id < 1) throw new AdminException("node " + id + " is not a node id");
        return NodeId.of(id);
    }

    static int number(AdminRequest request, String field) {
        OptionalLong number = request.body().number(field);
        if (number.isEmpty() || number.getAsLong() != (int) number.getAsLong())
            throw new AdminException("the request has no whole number '" + field + "'");
        return (int) number.getAsLong();
    }

    /** Answers when the node is quorate, or at the limit with what is missing. */
    private void awaitQuorum(AdminRequest request) {
        int millis = number(request, "limitMillis");
        if (millis < 1 || millis > MAX_WAIT_MILLIS)
            throw new AdminException("limitMillis is " + millis + "; 1.." + MAX_WAIT_MILLIS + " is allowed");
        request.line(new JsonObject().put("kind", "progress").put("sentence", "waiting for quorum"));
        CompletionStage<QuorumState> quorum = node.awaitQuorum()
                .toCompletableFuture()
                .copy()
                .orTimeout(millis, TimeUnit.MILLISECONDS)
                .minimalCompletionStage();
        quorum.whenComplete((state, failure) -> {
            if (failure == null) request.succeed(StatusJson.quorum(state).put("text", state.summary() + "\n"));
            else if (cause(failure) instanceof TimeoutException) explainWaiting(request, millis);
            else request.fail(sentence(failure));
        });
    }

    private void explainWaiting(AdminRequest request, int millis) {
        node.status().whenComplete((status, failure) -> {
            if (failure != null) request.fail(sentence(failure));
            else
                request.fail("not quorate after " + Duration.ofMillis(millis).toSeconds() + " s\n"
                        + status.explanation().text());
        });
    }

    private void reload(AdminRequest request) {
        answer(request, node.reload(), report -> {
            if (isText(request)) return new JsonObject().put("text", text(report));
            return new JsonObject().put("applied", report.applied()).put("notApplied", report.notApplied());
        });
    }

    private static String text(ReloadReport report) {
        String applied = report.applied().isEmpty()
                ? "Reloaded; nothing that this node applies has changed.\n"
                : "Reloaded: " + String.join(", ", report.applied()) + ".\n";
        return report.notApplied().isEmpty()
                ? applied
                : applied + "Not applied: " + String.join(", ", report.notApplied())
                        + ".\nStart this node again to apply that; where a reason is given, reload again when it is gone.\n";
    }

    private void groupSend(AdminRequest request) {
        String name = required(request, "group");
        byte[] payload = required(request, "text").getBytes(StandardCharsets.UTF_8);
        if (payload.length > Group.MAX_MESSAGE_BYTES)
            throw new AdminException("a message has at most " + Group.MAX_MESSAGE_BYTES + " bytes");
        answer(request, groups.send(name, payload), sent -> new JsonObject());
    }

    private void groupListen(AdminRequest request) {
        String name = required(request, "group");
        GroupDesk.Subscription subscription = groups.listen(
                name,
                event -> request.line(
                        JsonObject.withSchema().put("time", clock.instant()).putAll(event)));
        request.line(JsonObject.withSchema()
                .put("time", clock.instant())
                .put("kind", "listening")
                .put("group", name));
        request.onGone(subscription::close);
    }

    private void groupMembers(AdminRequest request) {
        answer(
                request,
                groups.members(required(request, "group")),
                members -> new JsonObject().put("members", members));
    }

    private void groupRequest(AdminRequest request) {
        long millis = request.body().number("limitMillis").orElse(2000);
        if (millis < 1 || millis > MAX_REQUEST_MILLIS)
            throw new AdminException("limitMillis is " + millis + "; 1.." + MAX_REQUEST_MILLIS + " is allowed");
        long node = request.body().number("nodeId").orElse(0);
        if (node < 0 || node > NodeId.MAX) throw new AdminException("nodeId " + node + " cannot be");
        OptionalInt asked = node == 0 ? OptionalInt.empty() : OptionalInt.of((int) node);
        answer(
                request,
                requests.ask(required(request, "group"), asked, required(request, "text"), Duration.ofMillis(millis)),
                Function.identity());
    }

    private void groupAnswer(AdminRequest request) {
        String name = required(request, "group");
        Runnable serving = requests.serve(
                name,
                required(request, "text"),
                event -> request.line(
                        JsonObject.withSchema().put("time", clock.instant()).putAll(event)));
        request.line(JsonObject.withSchema()
                .put("time", clock.instant())
                .put("kind", "answering")
                .put("group", name));
        request.onGone(serving);
    }

    private static String required(AdminRequest request, String field) {
        return request.body()
                .text(field)
                .orElseThrow(() -> new AdminException("the request has no text field '" + field + "'"));
    }

    private static <T> void answer(AdminRequest request, CompletionStage<T> stage, Function<T, JsonObject> answer) {
        stage.thenApply(answer).whenComplete((result, failure) -> {
            if (failure != null) request.fail(sentence(failure), reason(failure));
            else request.succeed(result);
        });
    }
}
