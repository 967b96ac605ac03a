package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CommandResult;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/**
 * Every option of votequorum in rings of two daemons (hosts 2 and 3) and two agents (hosts 1 and 4): nodes are killed, leave, are cut off and come
 * back, and after each step every member of a ring says the same in every field of {@code corosync-quorumtool -s}, whichever side it is of.
 */
@RequiresCorosync
class QuorumOptionsTest {
    private static final Duration SOON = Duration.ofSeconds(45);
    /** Short, because each step waits for a token to be lost. */
    private static final String[] TOTEM = {"token: 1000", "token_coefficient: 100"};

    private static final Map<String, List<String>> OPTIONS = options();

    private static Map<String, List<String>> options() {
        Map<String, List<String>> options = new LinkedHashMap<>();
        options.put("none", List.of());
        options.put("wait_for_all", List.of("wait_for_all: 1"));
        options.put(
                "last_man_standing",
                List.of("last_man_standing: 1", "last_man_standing_window: 1000", "wait_for_all: 1"));
        options.put("auto_tie_breaker, lowest", List.of("auto_tie_breaker: 1"));
        options.put("auto_tie_breaker, highest", List.of("auto_tie_breaker: 1", "auto_tie_breaker_node: highest"));
        options.put("auto_tie_breaker, list", List.of("auto_tie_breaker: 1", "auto_tie_breaker_node: 3 4"));
        options.put("expected_votes_tracking", List.of("expected_votes_tracking: 1"));
        options.put("expected_votes", List.of("expected_votes: 5"));
        return options;
    }

    static Stream<String> names() {
        return OPTIONS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void allMembersSayTheSameAfterEachStep(String option) {
        String[] lines = Objects.requireNonNull(OPTIONS.get(option), option).toArray(String[]::new);
        ClusterLayout layout = ClusterLayout.of(4).withTotem(TOTEM).withQuorum(lines);
        try (MixedRing ring = MixedRing.start(layout, 1, 4)) {
            say("together", ring.together());
            ring.process(4).signal("KILL");
            say("agent 4 killed", agreement(ring, 1, 2, 3));
            if (option.equals("last_man_standing")) say("the window is over", afterTheWindow(ring, 1, 2, 3));
            ring.restart(4);
            say("agent 4 again", ring.together());
            ring.cluster().stopDaemon(3);
            say("daemon 3 has left", agreement(ring, 1, 2, 4));
            ring.process(4).signal("TERM");
            say("agent 4 has left", agreement(ring, 1, 2));
            ring.cluster().startDaemon(3);
            say("daemon 3 again", agreement(ring, 1, 2, 3));
            ring.restart(4);
            say("agent 4 again", ring.together());
            ring.cluster().isolate(1);
            ring.cluster().isolate(2);
            say("1 alone", agreement(ring, 1));
            say("2 alone", agreement(ring, 2));
            say("3 and 4", agreement(ring, 3, 4));
            ring.cluster().heal(1);
            ring.cluster().heal(2);
            say("healed", ring.together());
        }
    }

    private static QuorumToolStatus afterTheWindow(MixedRing ring, Integer... members) {
        return Await.value(
                SOON,
                "all expect only those that are there",
                () -> ring.cluster().report(20),
                () -> Optional.of(agreement(ring, members)),
                status -> status.expectedVotes() == members.length);
    }

    /**
     * With allow_downscale a node that comes back expects what its file says while the others expect less: daemons among themselves differ too. So what
     * is compared here is each host with the daemon that stands in its place in a ring of daemons only.
     */
    @Test
    void underAllowDownscaleEachHostSaysWhatADaemonInItsPlaceSays() {
        ClusterLayout layout = ClusterLayout.of(4).withTotem(TOTEM).withQuorum("allow_downscale: 1");
        assertThat(downscaling(layout, 1, 4)).isEqualTo(downscaling(layout));
    }

    private static List<String> downscaling(ClusterLayout layout, Integer... jvmHosts) {
        List<String> story = new ArrayList<>();
        try (MixedRing ring = MixedRing.start(layout, jvmHosts)) {
            tell(story, "together", ring, 1, 2, 3, 4);
            ring.process(3).signal("TERM");
            tell(story, "3 has left", ring, 1, 2, 4);
            ring.process(4).signal("TERM");
            tell(story, "4 has left", ring, 1, 2);
            awaitEnd(ring, 3);
            ring.restart(3);
            tell(story, "3 again", ring, 1, 2, 3);
            awaitEnd(ring, 4);
            ring.restart(4);
            tell(story, "4 again", ring, 1, 2, 3, 4);
            ring.process(2).signal("KILL");
            tell(story, "2 killed", ring, 1, 3, 4);
        }
        return story;
    }

    private static void tell(List<String> story, String step, MixedRing ring, Integer... members) {
        for (QuorumToolStatus said : ring.opinions(SOON, members))
            story.add(step + ": " + (said.quorate() ? "" : "not ") + "quorate, " + said.expectedVotes() + " "
                    + said.highestExpected() + " " + said.totalVotes() + " " + said.quorum() + " " + said.flags() + " "
                    + said.votes());
    }

    private static void awaitEnd(MixedRing ring, int host) {
        Await.until(
                SOON,
                "host " + host + " has ended",
                () -> ring.process(host).tail(),
                () -> !ring.process(host).alive());
    }

    @Test
    void votesAndExpectedVotesAreChangedFromEitherSide() {
        try (MixedRing ring = MixedRing.start(ClusterLayout.of(4).withTotem(TOTEM), 1, 4)) {
            ring.together();
            tool(ring, 2, "-e", "6");
            assertThat(expecting(ring, 6).quorum()).isEqualTo(4);
            done(ring.node().cli("expected", "4"));
            assertThat(expecting(ring, 4).quorum()).isEqualTo(3);
            done(ring.node().cli("quorum", "votes", "3", "2"));
            assertThat(expecting(ring, 5).votes()).containsEntry(3, 2);
            tool(ring, 3, "-v", "3", "-n", "1");
            assertThat(expecting(ring, 7).votes()).containsEntry(1, 3);
            CommandResult refused = ring.node().cli("expected", "2");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.output()).contains("cannot expect 2 votes: 7 are present");
            CommandResult explained = ring.node().cli("quorum", "explain");
            assertThat(explained.output()).startsWith("Quorate: 7 of 7 votes, 4 needed");
        }
    }

    /** One daemon and one agent: either may go, and the other goes on. */
    @Test
    void twoNodeLetsEitherSideGoOn() {
        ClusterLayout layout = ClusterLayout.of(2).withTotem(TOTEM).withQuorum("two_node: 1");
        try (MixedRing ring = MixedRing.start(layout, 1)) {
            assertThat(ring.together().flags()).contains("2Node").contains("WaitForAll");
            ring.process(1).signal("KILL");
            assertThat(say("agent killed", agreement(ring, 2)).quorate()).isTrue();
            ring.restart(1);
            say("agent again", ring.together());
            ring.cluster().killDaemon(2);
            assertThat(say("daemon killed", agreement(ring, 1)).quorate()).isTrue();
            ring.cluster().startDaemon(2);
            say("daemon again", ring.together());
            ring.cluster().stopDaemon(2);
            assertThat(say("daemon has left", agreement(ring, 1)).quorate()).isTrue();
            ring.cluster().startDaemon(2);
            ring.together();
        }
    }

    private static QuorumToolStatus agreement(MixedRing ring, Integer... members) {
        return ring.agreement(SOON, members);
    }

    private static QuorumToolStatus expecting(MixedRing ring, int votes) {
        return Await.value(
                SOON,
                "all expect " + votes + " votes",
                () -> ring.cluster().report(20),
                () -> Optional.of(ring.together()),
                all -> all.expectedVotes() == votes);
    }

    private static void tool(MixedRing ring, int host, String... arguments) {
        String[] command = Stream.concat(Stream.of("corosync-quorumtool"), Arrays.stream(arguments))
                .toArray(String[]::new);
        CommandResult result = ring.cluster().in(host, command);
        assertThat(result.output()).as(String.join(" ", command)).doesNotContain("Unable", "error");
    }

    private static void done(CommandResult result) {
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).startsWith("Done: ");
    }

    private static QuorumToolStatus say(String step, QuorumToolStatus all) {
        System.out.println(step + ": " + all);
        return all;
    }
}
