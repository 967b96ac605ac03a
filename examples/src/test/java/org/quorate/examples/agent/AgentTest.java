package org.quorate.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;

/** The agent prints what happens, answers its socket, and ends as it should for each reason to end. */
@Timeout(60)
class AgentTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T10:20:30Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private final FakeNode node = new FakeNode();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final EventLog events =
            new EventLog(new PrintStream(printed, true, StandardCharsets.UTF_8), NodeId.of(1), CLOCK);

    @AfterEach
    void closeEvents() {
        events.close();
    }

    @Test
    void printsItsLifeAndLeavesInOrderWhenStopped() throws Exception {
        Agent agent = agent(List.of());
        CompletableFuture<Agent.Outcome> outcome = run(agent);
        awaitServed();
        agent.stop("test is over");

        assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(new Agent.Outcome(0, "test is over"));
        assertThat(node.left).isTrue();
        assertThat(node.closed).isDone();
        assertThat(folder.resolve("agent.sock")).doesNotExist();
        events.close();
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines)
                .first()
                .isEqualTo(
                        "{\"schema\":1,\"time\":\"2026-01-02T10:20:30.000Z\",\"node\":1,\"event\":\"start\",\"pid\":5}");
        assertThat(lines)
                .element(1)
                .isEqualTo("{\"schema\":1,\"time\":\"2026-01-02T10:20:30.000Z\",\"node\":1,\"event\":\"state\","
                        + "\"state\":\"JOINING\",\"why\":\"started\"}");
        assertThat(lines).element(2).asString().contains("\"event\":\"view\",\"ringId\":\"1.1a\",\"members\":[1,2,10]");
        assertThat(lines)
                .last()
                .isEqualTo("{\"schema\":1,\"time\":\"2026-01-02T10:20:30.000Z\",\"node\":1,\"event\":\"stop\","
                        + "\"exitCode\":0,\"why\":\"test is over\"}");
    }

    @Test
    void aFatalStopOfTheNodeIsAFailureWithItsSentence() throws Exception {
        CompletableFuture<Agent.Outcome> outcome = run(agent(List.of()));
        awaitServed();
        node.fail("node 1 is used by another process");

        assertThat(outcome.get(20, TimeUnit.SECONDS))
                .isEqualTo(new Agent.Outcome(1, "node 1 is used by another process"));
        assertThat(node.left).isFalse();
        assertThat(node.closed).isDone();
    }

    @Test
    void aNodeThatCannotStartIsAFailureWithItsSentence() throws Exception {
        node.startFailure = new ClusterException(Reason.PORT_BUSY, "port 5405 is busy; choose another one");
        assertThat(run(agent(List.of())).get(20, TimeUnit.SECONDS))
                .isEqualTo(new Agent.Outcome(1, "port 5405 is busy; choose another one"));
    }

    @Test
    void aSecondAgentOnTheSameFolderIsRefusedBeforeItStartsItsNode() throws Exception {
        Agent first = agent(List.of());
        CompletableFuture<Agent.Outcome> firstOutcome = run(first);
        awaitServed();

        FakeNode other = new FakeNode();
        Agent.Outcome second = new Agent(other, folder, List.of(), events, CLOCK, LIMIT).run(new JsonObject());
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.why()).contains("another agent serves");
        assertThat(other.started).isFalse();

        first.stop("over");
        assertThat(firstOutcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void answersTheListingCommandsAsTextAndAsJson() throws Exception {
        Agent agent = agent(List.of());
        CompletableFuture<Agent.Outcome> outcome = run(agent);
        awaitServed();

        assertThat(ask("status", "text").text("text").orElseThrow()).contains("Ring ID:          1.1a\n");
        assertThat(ask("status", "json").text("ringId")).hasValue("1.1a");
        assertThat(ask("nodes", "text").text("text").orElseThrow()).contains(" 1 apple (local)\n");
        assertThat(ask("links", "json").objects("links")).hasSize(2);
        assertThat(ask("members", "json").objects("members")).hasSize(3);
        assertThatThrownBy(() -> ask("dance", "json"))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("does not know the command 'dance'; it knows status, nodes, members, links");

        agent.stop("over");
        assertThat(outcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void passesOnWhatIsAskedOfTheQuorumProvider() throws Exception {
        Agent agent = agent(List.of());
        CompletableFuture<Agent.Outcome> outcome = run(agent);
        awaitServed();

        assertThat(ask("explain", "text").text("text").orElseThrow()).startsWith("Quorate: ");
        assertThat(ask("explain", "json").isTrue("quorate")).isTrue();
        JsonObject expected = new JsonObject().put("command", "expected").put("votes", 2);
        assertThat(AdminClient.ask(folder, expected, LIMIT).number("totalVotes"))
                .hasValue(3);
        JsonObject votes = new JsonObject()
                .put("command", "votes")
                .put("node", 2)
                .put("votes", 5)
                .put("format", "text");
        assertThat(AdminClient.ask(folder, votes, LIMIT).text("text").orElseThrow())
                .startsWith("Done: ");
        ask("cancel-wait", "json");
        assertThat(node.quorumRequests).containsExactly("expected 2", "votes 2 5", "cancel wait_for_all");

        node.quorumAnswer = CompletableFuture.failedFuture(
                new ClusterException(Reason.REFUSED, "cannot expect 2 votes: 3 are present"));
        assertThatThrownBy(() -> AdminClient.ask(folder, expected, LIMIT))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("cannot expect 2 votes: 3 are present");
        assertThatThrownBy(() -> ask("expected", "json"))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("the request has no whole number 'votes'");

        agent.stop("over");
        assertThat(outcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void passesOnTheReasonWhenTheNodeCannotTellItsStatus() throws Exception {
        node.status = CompletableFuture.failedFuture(new ClusterException(Reason.CLOSED, "this node has ended"));
        Agent agent = agent(List.of());
        CompletableFuture<Agent.Outcome> outcome = run(agent);
        awaitServed();

        assertThatThrownBy(() -> ask("status", "json"))
                .isInstanceOf(AdminException.class)
                .hasMessage("this node has ended");

        agent.stop("over");
        assertThat(outcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void sendsToAGroupAndPrintsTheMessagesOfGroupsItWasToldTo() throws Exception {
        Agent agent = agent(List.of("orders"));
        CompletableFuture<Agent.Outcome> outcome = run(agent);
        awaitServed();
        await().atMost(LIMIT).until(() -> node.groups.size() == 1);

        AdminClient.ask(
                folder,
                new JsonObject()
                        .put("command", "group send")
                        .put("group", "orders")
                        .put("text", "grüezi"),
                LIMIT);
        await().atMost(LIMIT)
                .until(() -> printed.toString(StandardCharsets.UTF_8).contains("grüezi"));
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(
                        "\"event\":\"message\",\"group\":\"orders\",\"kind\":\"message\",\"from\":{\"nodeId\":1,\"id\":77},"
                                + "\"bytes\":7,\"text\":\"grüezi\"");
        assertThat(node.groups).as("the membership is shared").hasSize(1);
        assertThat(node.groups.get(0).open).isTrue();

        agent.stop("over");
        assertThat(outcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void isInAGroupOnlyAsLongAsSomebodyUsesIt() throws Exception {
        Agent agent = agent(List.of());
        CompletableFuture<Agent.Outcome> outcome = run(agent);
        awaitServed();

        try (AdminClient listener = AdminClient.connect(folder)) {
            listener.send(new JsonObject().put("command", "group listen").put("group", "news"), LIMIT);
            assertThat(listener.next(LIMIT).orElseThrow().text("kind")).hasValue("listening");
            AdminClient.ask(
                    folder,
                    new JsonObject()
                            .put("command", "group send")
                            .put("group", "news")
                            .put("text", "hello"),
                    LIMIT);
            assertThat(listener.next(LIMIT).orElseThrow().text("text")).hasValue("hello");
            assertThat(node.groups.get(0).open).isTrue();
        }
        await().atMost(LIMIT).until(() -> !node.groups.get(0).open);

        agent.stop("over");
        assertThat(outcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void asksAnswersAndSaysWhoIsInAGroup() throws Exception {
        Agent agent = agent(List.of());
        CompletableFuture<Agent.Outcome> outcome = run(agent);
        awaitServed();

        JsonObject question = new JsonObject().put("command", "group members").put("group", "berries");
        assertThat(AdminClient.ask(folder, question, LIMIT).objects("members"))
                .singleElement()
                .satisfies(member -> {
                    assertThat(member.number("nodeId")).hasValue(2);
                    assertThat(member.number("id")).hasValue(5);
                });
        assertThat(node.groups.get(0).open).isFalse();

        JsonObject request = new JsonObject()
                .put("command", "group request")
                .put("group", "prices")
                .put("text", "plum");
        JsonObject replies = AdminClient.ask(folder, request, LIMIT);
        assertThat(replies.objects("answered"))
                .as("without its own")
                .singleElement()
                .satisfies(reply -> assertThat(reply.text("text")).hasValue("PLUM"));
        assertThat(replies.objects("silent")).hasSize(1);
        assertThat(AdminClient.ask(folder, request.put("nodeId", 3), LIMIT).objects("left"))
                .hasSize(1);
        assertThatThrownBy(() -> AdminClient.ask(folder, request.put("limitMillis", 9000), LIMIT))
                .hasMessageContaining("1..8000");
        assertThat(node.requests).hasSize(2).noneMatch(asker -> asker.open);

        try (AdminClient client = AdminClient.connect(folder)) {
            client.send(
                    new JsonObject()
                            .put("command", "group answer")
                            .put("group", "prices")
                            .put("text", "42"),
                    LIMIT);
            assertThat(client.next(LIMIT).orElseThrow().text("kind")).hasValue("answering");
            assertThat(node.requests.get(2).asked("fig")).isEqualTo("42");
            assertThat(client.next(LIMIT).orElseThrow().text("text")).hasValue("fig");
        }
        await().atMost(LIMIT).until(() -> !node.requests.get(2).open);

        agent.stop("over");
        assertThat(outcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    private Agent agent(List<String> groups) {
        return new Agent(node, folder, groups, events, CLOCK, LIMIT);
    }

    private static CompletableFuture<Agent.Outcome> run(Agent agent) {
        return CompletableFuture.supplyAsync(() -> agent.run(new JsonObject().put("pid", 5)));
    }

    private void awaitServed() {
        await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("agent.sock")) && node.started);
    }

    private JsonObject ask(String command, String format) {
        return AdminClient.ask(folder, new JsonObject().put("command", command).put("format", format), LIMIT);
    }
}
