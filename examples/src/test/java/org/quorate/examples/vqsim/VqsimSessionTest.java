package org.quorate.examples.vqsim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.NodeConfig;
import org.quorate.quorum.VoteQuorum;
import org.quorate.quorum.sim.SimulatedCluster;
import org.quorate.quorum.sim.SimulatedCluster.Order;

/** What the simulator answers to commands, wrong ones included; {@link VqsimRecordingsTest} has the decisions. */
class VqsimSessionTest {
    private static final List<NodeConfig> NODES = IntStream.rangeClosed(1, 3)
            .mapToObj(id -> NodeConfig.of(id, "hp" + id, "10.0.0." + id))
            .toList();

    private final StringWriter out = new StringWriter();
    private final VqsimSession session = new VqsimSession(
            new SimulatedCluster(new VoteQuorum(), NODES, new TreeMap<>(), Order.VQSIM, true), new PrintWriter(out));

    @BeforeEach
    void start() {
        session.start(NODES);
        out.getBuffer().setLength(0);
    }

    @Test
    void aPartitionIsPrintedInTheOrderInWhichItsNodesCame() {
        assertThat(say("split 1:1"))
                .containsExactly(
                        "0:2: q=1 ring=[2.10] nodes=[2 3]",
                        "0:3: q=1 ring=[2.10] nodes=[2 3]",
                        "1:1: q=0 ring=[1.4] nodes=[1]",
                        "#autofence: off");
        assertThat(say("JOIN 0 1")).contains("0:1: q=1 ring=[2.14] nodes=[2 3 1]");
        assertThat(say("  move   2:3,1  ")).contains("2:1: q=1 ring=[3.c] nodes=[3 1]");
        assertThat(say("up 2:7 4")).contains("0:4: q=1 ring=[2.1c] nodes=[2 4]", "2:7: q=1 ring=[3.10] nodes=[3 1 7]");
    }

    @Test
    void sidesWithoutQuorumAreStoppedWhenThatIsAskedForAndAnotherHasIt() {
        assertThat(say("autofence on")).containsExactly("#autofence: on");
        assertThat(say("split 1:1 2:2 3:3")).noneMatch(line -> line.contains("Quit"));
        assertThat(say("join 1 2"))
                .containsExactly(
                        "3:3: Quit (autofenced)",
                        "1:1: q=1 ring=[1.8] nodes=[1 2]",
                        "1:2: q=1 ring=[1.8] nodes=[1 2]",
                        "#autofence: on");
    }

    @Test
    void aWrongCommandIsALineOrTheHelpAndChangesNothing() {
        List<String> before = say("show");
        assertThat(say("down 7")).containsExactly("ERR: nodeid 7 is not up");
        assertThat(say("up 1,2"))
                .containsExactly(
                        "ERR: nodeid 1 already exists in partition 0", "ERR: nodeid 2 already exists in partition 0");
        assertThat(say("up x")).containsExactly("ERR: 'x' is not a node id, which is a number from 1 to 65535");
        assertThat(say("up 65536")).singleElement().asString().startsWith("ERR: '65536' is not a node id");
        assertThat(say("up -1:4")).first().asString().isEqualTo("ERR: '-1' is not the number of a partition");
        say("down 4");
        assertThat(say("qdevice")).containsExactly("ERR: qdevice should be 'on' or 'off'");
        assertThat(say("autofence maybe")).containsExactly("ERR: autofence value must be 'on' or 'off'");
        assertThat(say("sync")).containsExactly("ERR: sync value must be 'on' or 'off'");
        assertThat(say("wait")).singleElement().asString().startsWith("ERR: wait needs");
        assertThat(say("qdevice off 1")).containsExactly("1: qdevice poll failed: 12");
        for (String word : List.of("split", "join", "dance", "help"))
            assertThat(say(word)).contains("exit");
        for (String word : List.of("", "up", "down", "timeout 9", "assert on", "qdevice on", "qdevice on 8"))
            assertThat(say(word)).isEmpty();
        assertThat(say("show").stream().map(VqsimSessionTest::decision))
                .containsExactlyElementsOf(
                        before.stream().map(VqsimSessionTest::decision).toList());
        assertThat(session.command("exit")).isFalse();
    }

    @Test
    void moreNodesThanTheSimulatorHoldsAreRefused() {
        say("up "
                + String.join(
                        ",",
                        IntStream.rangeClosed(4, 32).mapToObj(String::valueOf).toList()));
        assertThat(say("up 33")).containsExactly("ERR: nodeid 33 is one too many, 32 are up");
    }

    private List<String> say(String line) {
        out.getBuffer().setLength(0);
        assertThat(session.command(line)).isTrue();
        return out.toString().lines().toList();
    }

    /** Without the ring, which is a new one after every change. */
    private static String decision(String line) {
        return line.replaceAll("ring=\\S+ ", "");
    }
}
