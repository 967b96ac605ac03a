package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;
import org.quorate.knet.Vectors;
import org.quorate.testkit.Json;

/**
 * Given the same frames on a link that is up, a node delivers what the real libknet 1.25 delivered, step by step: duplicates, number wrap,
 * restarts, pings out of turn, fragments in every order. Where it does otherwise the step stands in {@link #DIFFERENCES}; the reasons
 * are in docs/internals/links.md.
 */
class RecordedBehaviourTest {
    private static final int SCENARIOS = 12;
    private static final int FRAMES = 70;

    /** "scenario/step" to the counter under which we drop what libknet 1.25 delivers. */
    private static final Map<String, String> DIFFERENCES = Map.of("odd but accepted/0", "drop.bad-fragment");

    /** Counters of the frames that libknet drops without looking at what came before, in their order. */
    private static final List<String> DROPPED = List.of(
            "drop.bad-version",
            "drop.unknown-host",
            "drop.bad-channel",
            "drop.unknown-type",
            "drop.bad-compression",
            "drop.bad-fragment",
            "drop.bad-fragment");

    @Test
    void everyScenarioDeliversWhatLibknetDelivered() {
        Set<String> differences = new TreeSet<>();
        List<String> drops = new ArrayList<>();
        int scenarios = 0;
        int frames = 0;
        int otherwiseIn135 = 0;
        for (Json scenario :
                Json.resource("knet/behaviour.json").get("scenarios").items()) {
            String name = scenario.get("name").text();
            Receiving node = new Receiving();
            int step = 0;
            for (Json recorded : scenario.get("steps").items()) {
                String where = name + "/" + step++;
                List<String> expected = texts(recorded.get("delivers"));
                Map<String, Long> before = node.drops();
                List<String> delivered = node.take(recorded.get("frame").hex());
                List<String> dropped = node.newDrops(before);
                if (DIFFERENCES.containsKey(where)) {
                    assertThat(expected).as(where).isNotEmpty();
                    assertThat(dropped).as(where).containsExactly(DIFFERENCES.get(where));
                    assertThat(delivered).as(where).isEmpty();
                    differences.add(where);
                } else {
                    assertThat(delivered).as(where).isEqualTo(expected);
                }
                if (name.equals("dropped")) drops.addAll(dropped);
                if (recorded.has("delivers_1_35")
                        && !texts(recorded.get("delivers_1_35")).equals(delivered)) otherwiseIn135++;
                frames++;
            }
            scenarios++;
        }
        System.out.println(scenarios + " scenarios, " + frames + " frames, differences: " + differences
                + ", otherwise in libknet 1.35: " + otherwiseIn135);
        assertThat(scenarios).isEqualTo(SCENARIOS);
        assertThat(frames).isEqualTo(FRAMES);
        assertThat(differences).isEqualTo(DIFFERENCES.keySet());
        assertThat(otherwiseIn135).isEqualTo(3);
        assertThat(drops).isEqualTo(DROPPED);
    }

    private static List<String> texts(Json messages) {
        List<String> all = new ArrayList<>();
        for (Json message : messages.items()) all.add(message.text());
        return all;
    }

    /** Node 1 with an up link to node 2, which has sent its first pings and is then replaced by the recording. */
    private static final class Receiving {
        private final EngineLab lab = new EngineLab();
        private final EngineLab.Node node;
        private final List<String> delivered = new ArrayList<>();

        Receiving() {
            node = lab.startAll(2, LinkMode.PASSIVE, 1).get(0);
            lab.run(1000);
            lab.kill(2);
            assertThat(node.events()).contains("peer 2 reachable: link 0 is up: answered 3 pings");
            node.reader = message -> delivered.add(HexFormat.of().formatHex(Vectors.bytes(message)));
        }

        List<String> take(byte[] plain) {
            delivered.clear();
            node.receive(EngineLab.address(2, 0), plain);
            return List.copyOf(delivered);
        }

        Map<String, Long> drops() {
            Map<String, Long> drops = new TreeMap<>(node.engine.counters());
            drops.keySet().removeIf(name -> !name.startsWith("drop."));
            return drops;
        }

        /** Counters that have gone up by one since {@code before}. */
        List<String> newDrops(Map<String, Long> before) {
            return drops().entrySet().stream()
                    .filter(counter -> counter.getValue() == before.getOrDefault(counter.getKey(), 0L) + 1)
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}
