package org.quorate.core.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.change.SimulatedNodes.Node;

/** Many random histories: changes asked for at all nodes, cuts, deaths at steps on the disk, full disks. */
class ChangeSimulationTest {
    private static final Set<Kind> NOTHING_CHANGED = Set.of(
            Kind.BUSY,
            Kind.NOT_QUORATE,
            Kind.NOT_READY,
            Kind.BASE_DIFFERS,
            Kind.TIME_LIMIT,
            Kind.INVALID_HERE,
            Kind.LINK_UNREACHABLE,
            Kind.ADDRESS_UNUSABLE);

    @Test
    void nodesAgreeWhateverHappens() {
        histories(seed -> new SimulatedNodes(seed, 3 + Math.floorMod(seed, 3)));
    }

    /** Half of the votes or more are those of daemons, who promise nothing. */
    @Test
    void nodesAgreeAlsoWhereDaemonsMakeTheQuorum() {
        histories(seed -> new SimulatedNodes(seed, 2 + Math.floorMod(seed, 3), 2 + Math.floorMod(seed / 3, 3)));
    }

    private static void histories(LongFunction<SimulatedNodes> world) {
        long first = Long.getLong("quorate.seed", new Random().nextLong());
        int runs = Integer.getInteger("quorate.change.runs", 150);
        int done = 0;
        int made = 0;
        int tried = 0;
        int unheard = 0;
        for (int i = 0; i < runs; i++) {
            long seed = first + i;
            SimulatedNodes nodes = world.apply(seed);
            try {
                done += history(nodes);
                made += nodes.made.size();
                tried += nodes.madeAfterTrial.size();
                unheard += refusedByTrial(nodes);
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError(
                        "replay with -Dquorate.seed=" + seed + " -Dquorate.change.runs=1: " + wrong.getMessage() + "\n"
                                + String.join("\n", nodes.story),
                        wrong);
            }
        }
        System.out.println(
                "seed " + first + ": " + runs + " histories, " + made + " changes made, " + done + " answered as done, "
                        + tried + " made after their links were tried, " + unheard + " refused for that");
        assertThat(tried).as("links are tried").isGreaterThan(runs / 3);
        assertThat(unheard).as("links that are no good are found").isPositive();
        assertThat(done).as("changes are made at all").isGreaterThan(runs);
    }

    private static int refusedByTrial(SimulatedNodes world) {
        return (int) world.nodes.stream()
                .flatMap(node -> node.answers.values().stream())
                .filter(all -> all.stream()
                        .anyMatch(each -> Set.of(Kind.LINK_UNREACHABLE, Kind.ADDRESS_UNUSABLE)
                                .contains(each.kind())))
                .count();
    }

    private static int history(SimulatedNodes world) {
        Random random = world.random;
        for (Node from : world.nodes) {
            from.isOld = random.nextInt(6) == 0;
            from.portTaken = random.nextInt(12) == 0;
            for (Node to : world.nodes)
                if (to != from && random.nextInt(20) == 0) world.deaf.add(List.of(from.id, to.id));
        }
        world.nodes.forEach(Node::start);
        world.cut(0);
        world.run(200);
        for (int step = 0; step < 40; step++) {
            Node node = world.nodes.get(random.nextInt(world.nodes.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4 -> {
                    String what = List.of("key ", "text ", "link ", "link ", "forced link ")
                            .get(random.nextInt(5));
                    if (node.up) node.ask(what + step);
                }
                case 5 -> {
                    if (node.up) node.ask("bad for " + (1 + random.nextInt(world.nodes.size())));
                }
                case 6, 7 -> {
                    int[] sides = new int[world.places()];
                    for (int i = 0; i < sides.length; i++) sides[i] = random.nextInt(2);
                    world.cut(sides);
                }
                case 8 -> world.cut(0);
                case 9 -> {
                    if (node.up) node.diesAtStep = 1 + random.nextInt(3);
                }
                case 10 -> node.diskFull = random.nextInt(3) == 0;
                default -> {
                    for (Node each : world.nodes)
                        if (!each.up) {
                            each.start();
                            world.reform();
                            break;
                        }
                }
            }
            world.run(random.nextInt(60));
        }
        world.calm = true;
        for (Node each : world.nodes) {
            each.diskFull = false;
            each.diesAtStep = Integer.MAX_VALUE;
            if (!each.up) each.start();
        }
        world.cut(0);
        world.run(60_000);
        return check(world);
    }

    private static int check(SimulatedNodes world) {
        Node first = world.nodes.get(0);
        int done = 0;
        for (Node node : world.nodes) {
            assertThat(node.up).isTrue();
            assertThat(node.disk.digest())
                    .as("node " + node.id + " has what node 1 has")
                    .isEqualTo(first.disk.digest());
            assertThat(node.disk.key).isEqualTo(first.disk.key);
            assertThat(node.running).isEqualTo(node.disk.version);
            assertThat(node.disk.lock).isEmpty();
            assertThat(node.trying).as("what is bound by node " + node.id).isNull();
            assertThat(node.engine).isNotNull();
            assertThat(node.engine.unsettled()).as("node " + node.id).isEmpty();
            assertThat(node.answers.keySet()).as("no change hangs").containsAll(node.asked.keySet());
            for (var each : node.answers.entrySet()) {
                boolean wasMade = world.everMade.contains(node.asked.get(each.getKey()));
                List<Objection> objections = each.getValue();
                if (objections.isEmpty()) {
                    done++;
                    assertThat(wasMade).as(each + " was made").isTrue();
                } else if (NOTHING_CHANGED.contains(objections.get(0).kind())) {
                    assertThat(wasMade).as(each + " was not made").isFalse();
                }
            }
        }
        long highest = world.made.keySet().stream().mapToLong(v -> v).max().orElse(1);
        assertThat(first.disk.version).isEqualTo(highest);
        if (world.made.containsKey(highest)) assertThat(first.disk.digest()).isEqualTo(world.made.get(highest));
        return done;
    }
}
