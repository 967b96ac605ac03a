package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.QuorumState.Flag;
import org.quorate.quorum.sim.SimulatedCluster.Order;
import org.quorate.quorum.sim.SimulatedDevices;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.testkit.Json;

/**
 * The engine reproduces recorded runs of the original step by step: quorate, expected, highest expected, total, quorum and flags of
 * every node. Scripted runs come from corosync-vqsim and are replayed in its order (decision first, then the messages); the others come
 * from running daemons and are replayed in theirs.
 */
class RecordedRunsTest {
    private static final String[] SCRIPTED = {
        "01-majority3",
        "02-evensplit4",
        "03-twonode",
        "04-twonode-wfa0",
        "05-twonode-third",
        "06-wfa3",
        "07-lms4",
        "08-lms4-fast",
        "09-lms4-atb",
        "10-atb-lowest4",
        "11-atb-highest4",
        "12-atb-list4",
        "13-atb-odd5-nowfa",
        "14-atb-odd5-wfa",
        "15-weights",
        "16-expected-override",
        "17-dynamic-up",
        "18-ev-tracking",
        "19-allow-downscale",
        "20-qdevice2",
        "21-qdevice3-auto",
        "22-autofence",
        "24-setexpected",
    };
    /** Run, then what was done: U up, D down, C cut off alone, H heal, W wait 5 s, . compare with the next recorded step. */
    private static final String[][] DAEMONS = {
        {"real-wfa-rearm", "U1 U2 U3 . D3 . D2 . U2 . U3 ."},
        {"real-plain-rearm", "U1 U2 U3 D3 D2 . U2 ."},
        {"real-twonode", "U1 . U2 . C2 . H . D1 . D2 U1 ."},
        {"real-lms", "U1 U2 U3 U4 . D4 . W . D3 W . D2 W . U2 W . U3 U4 W ."},
        {"real-atb", "U1 U2 U3 U4 . C3,4 . H ."},
        {"real-downscale", "U1 U2 U3 U4 . D4 . D3 . D2 . U2 ."},
    };

    /** Bits of the original's API that its tools show in another column. */
    private static final Set<String> DEVICE_WORDS = Set.of("QdeviceAlive", "QdeviceCastVote", "QdeviceMasterWins");

    private static final int SETTLE_MILLIS = 850;
    private static final int DEVICE_TIMEOUT_MILLIS = 1000;
    private static final int ACCEPTED = 1;

    @TestFactory
    Stream<DynamicTest> scriptedRunsAreReproduced() {
        return Stream.of(SCRIPTED)
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    List<String> differences = scripted(name, Order.VQSIM);
                    assertThat(differences).isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> runsOfDaemonsAreReproduced() {
        return Stream.of(DAEMONS)
                .map(run -> DynamicTest.dynamicTest(
                        run[0], () -> assertThat(daemons(run[0], run[1])).isEmpty()));
    }

    /** In vqsim a node's own old message "quorate, not waiting" ends the wait that the loss of quorum began; daemons decide last. */
    @Test
    void waitingStartsAnewAfterALossOfQuorumOnlyInTheOrderOfDaemons() {
        assertThat(scripted("06-wfa3", Order.DAEMON)).isNotEmpty().allMatch(d -> d.startsWith("up 2: "));
    }

    /** Daemons announce that they leave; the simulator's nodes just stop. */
    @Test
    void downscalingNeedsTheFarewellThatOnlyDaemonsSend() {
        assertThat(scripted("19-allow-downscale", Order.DAEMON)).isNotEmpty();
    }

    /** All other scripted runs give the same in both orders. */
    @TestFactory
    Stream<DynamicTest> theOrderMakesNoOtherDifference() {
        return Stream.of(SCRIPTED)
                .filter(name -> !name.equals("06-wfa3") && !name.equals("19-allow-downscale"))
                .map(name -> DynamicTest.dynamicTest(
                        name, () -> assertThat(scripted(name, Order.DAEMON)).isEmpty()));
    }

    /** Corosync 3.1.7 keeps the quorum in 8 bits: 256 becomes 0 and a lone vote of 510 is quorate. Here 256 stays 256. */
    @Test
    void quorumAbove255IsNotCutToEightBits() {
        assertThat(scripted("23-quorum-wrap", Order.VQSIM))
                .isNotEmpty()
                .allMatch(d -> d.contains(" quorum 256, recorded 0")
                        || d.contains(" quorate false, recorded true")
                        || d.contains(" flags [], recorded [QUORATE]"));
    }

    private static List<String> scripted(String name, Order order) {
        Json run = Json.resource("votequorum/" + name + ".json");
        List<NodeConfig> nodes = run.get("nodes").items().stream()
                .map(n -> NodeConfig.of(n.get("nodeid").integer(), "")
                        .withVotes(n.get("quorum_votes").integer()))
                .toList();
        VoteCluster cluster = new VoteCluster(order, nodes, VoteCluster.options(texts(run.get("quorum"))), false);
        nodes.forEach(n -> cluster.up(n.id().value()));
        SimulatedDevices devices = new SimulatedDevices(cluster.simulated(), DEVICE_TIMEOUT_MILLIS, id -> {});
        boolean fencing = false;
        List<String> differences = new ArrayList<>();
        for (Json step : run.get("steps").items()) {
            String command = step.get("command").text();
            if (command.startsWith("autofence")) fencing = command.endsWith("on");
            if (command.startsWith("qdevice")) device(devices, command);
            else perform(cluster, command, step, differences);
            if (fencing && command.startsWith("split"))
                for (int id : cluster.running()) if (!cluster.state(id).quorate()) cluster.down(id);
            cluster.pass(
                    command.startsWith("!sleep")
                            ? (long) (1000 * Double.parseDouble(command.split(" ")[1])) + 300
                            : SETTLE_MILLIS);
            for (Json node : step.get("nodes").items())
                if (node.has("expected") && !cluster.isHeld(node.get("node").integer()))
                    compare(cluster, command, node, differences);
        }
        return differences;
    }

    /** {@code qdevice on 1,2} or {@code qdevice off 1}. */
    private static void device(SimulatedDevices devices, String command) {
        String[] words = command.split(" ");
        for (int id : ids(words[2]))
            if (words[1].equals("on")) devices.on(NodeId.of(id));
            else devices.off(NodeId.of(id));
    }

    private static void perform(VoteCluster cluster, String command, Json step, List<String> differences) {
        String[] words = command.split(" ");
        switch (words[0]) {
            case "(start)", "!sleep", "autofence" -> {}
            case "up" -> cluster.up(Integer.parseInt(words[1]));
            case "down" -> cluster.down(Integer.parseInt(words[1]));
            case "split" -> {
                String[] where = words[1].split(":");
                cluster.move(Integer.parseInt(where[0]), ids(where[1]));
                cluster.syncAll();
            }
            case "join" -> cluster.join(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "setexp" -> {
                String refused = cluster.request(
                        Integer.parseInt(words[1]), new Input.SetExpectedVotes(Integer.parseInt(words[2])));
                if ((refused == null) != (step.get("setexpectedResult").integer() == ACCEPTED))
                    differences.add(command + ": refused " + refused);
            }
            default -> throw new AssertionError("command " + command);
        }
    }

    private static List<String> daemons(String name, String script) {
        Json run = Json.resource("votequorum/" + name + ".json");
        int[] votes = new int[run.get("nodeCount").integer()];
        Arrays.fill(votes, 1);
        VoteCluster cluster = new VoteCluster(
                Order.DAEMON, VoteCluster.nodes(votes), VoteCluster.options(texts(run.get("quorum"))), false);
        Iterator<Json> steps = run.get("steps").items().iterator();
        List<String> differences = new ArrayList<>();
        for (String word : script.split(" ")) {
            switch (word.charAt(0)) {
                case '.' -> {
                    Json step = steps.next();
                    for (Json node : step.get("nodes").items())
                        compare(cluster, step.get("step").text(), node, differences);
                }
                case 'U' -> cluster.up(Integer.parseInt(word.substring(1)));
                case 'D' -> cluster.down(Integer.parseInt(word.substring(1)));
                case 'W' -> cluster.pass(5000);
                case 'C' -> {
                    for (int id : ids(word.substring(1))) cluster.move(id, List.of(id));
                    cluster.syncAll();
                }
                case 'H' -> {
                    cluster.move(0, cluster.running().stream().sorted().toList());
                    cluster.syncAll();
                }
                default -> throw new AssertionError(word);
            }
        }
        assertThat(steps.hasNext()).as("all steps compared").isFalse();
        return differences;
    }

    private static void compare(VoteCluster cluster, String step, Json node, List<String> differences) {
        int id = node.get("node").integer();
        QuorumState state = cluster.state(id);
        String where = step + ": node " + id;
        differ(where + " quorate", state.quorate(), isQuorate(node, node.has("flagNames")), differences);
        differ(where + " expected", state.expectedVotes(), node.get("expected").integer(), differences);
        differ(
                where + " highest",
                state.highestExpected(),
                node.get("highestExpected").integer(),
                differences);
        differ(where + " total", state.totalVotes(), node.get("total").integer(), differences);
        differ(where + " quorum", state.quorum(), node.get("quorum").integer(), differences);
        List<String> words = texts(node.get(node.has("flagNames") ? "flagNames" : "flags")).stream()
                .filter(word -> !DEVICE_WORDS.contains(word))
                .toList();
        differ(where + " flags", sorted(state.flags()), sorted(flags(words)), differences);
    }

    private static void differ(String what, Object is, Object recorded, List<String> differences) {
        if (!is.equals(recorded)) differences.add(what + " " + is + ", recorded " + recorded);
    }

    /** The daemons' runs have true and false, the scripted ones 1 and 0. */
    private static boolean isQuorate(Json node, boolean scripted) {
        Json value = node.get("quorate");
        return scripted ? value.integer() == 1 : value.bool();
    }

    private static Set<Flag> sorted(Set<Flag> flags) {
        Set<Flag> sorted = EnumSet.noneOf(Flag.class);
        sorted.addAll(flags);
        return sorted;
    }

    private static Set<Flag> flags(List<String> words) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        for (Flag flag : Flag.values()) if (words.contains(flag.word())) flags.add(flag);
        assertThat(flags).hasSameSizeAs(words);
        return flags;
    }

    private static List<String> texts(Json array) {
        return array.items().stream().map(Json::text).toList();
    }

    private static List<Integer> ids(String list) {
        return Stream.of(list.split(",")).map(Integer::valueOf).toList();
    }
}
