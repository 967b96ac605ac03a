package org.quorate.examples.interop;

import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.RequiresCorosync;

/**
 * Random faults against a ring of daemons and JVM nodes: whatever happened, once everything is mended all hosts are in one
 * ring and say the same about it. {@code -Dfaults.seed} repeats a run, {@code -Dfaults.rounds} sets its length.
 */
@RequiresCorosync
@Tag("long")
class MixedRingFaultsTest {
    private static final Duration HEALED = Duration.ofSeconds(45);

    private final long seed = Long.getLong("faults.seed", System.nanoTime());
    private final int rounds = Integer.getInteger("faults.rounds", 30);
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Set<Integer> ended = new TreeSet<>();

    @Test
    void twoDaemonsAndTwoJvmNodesAlwaysFindTogetherAgain() {
        run(ClusterLayout.of(4), 1, 4);
    }

    @Test
    void aShortTokenMakesItHarder() {
        run(ClusterLayout.of(5).withTotem("token: 1000"), 2, 3, 5);
    }

    private void run(ClusterLayout layout, Integer... jvmHosts) {
        System.out.println("-Dfaults.seed=" + seed);
        try (MixedRing ring = MixedRing.start(layout, jvmHosts)) {
            ring.together();
            for (int round = 0; round < rounds; round++) {
                StringBuilder story = new StringBuilder("round " + round + ":");
                try {
                    for (int faults = random.nextInt(1, 5); faults > 0; faults--) {
                        story.append(' ').append(fault(ring));
                        breathe(ring, story);
                    }
                    mend(ring);
                    story.append(" | one ring after ")
                            .append(Await.until(
                                            HEALED,
                                            "all hosts agree on one ring",
                                            () -> ring.cluster().report(60),
                                            () -> {
                                                restartEnded(ring);
                                                return ring.agreed();
                                            })
                                    .toMillis())
                            .append(" ms");
                } finally {
                    System.out.println(story);
                }
            }
        }
    }

    private String fault(MixedRing ring) {
        CorosyncCluster cluster = ring.cluster();
        int host = random.nextInt(1, cluster.layout().hosts() + 1);
        int link = random.nextInt(cluster.layout().links());
        return switch (random.nextInt(9)) {
            case 0 -> end(ring, host, "KILL");
            case 1 -> end(ring, host, "TERM");
            case 2, 3 -> {
                ring.process(host).signal("STOP");
                yield "stop " + host;
            }
            case 4 -> {
                cluster.isolate(host);
                yield "isolate " + host;
            }
            case 5 -> {
                cluster.cut(host, link);
                yield "cut " + host + "/" + link;
            }
            case 6 -> {
                int percent = random.nextInt(1, 60);
                for (int each = 0; each < cluster.layout().links(); each++) cluster.loss(host, each, percent);
                yield "loss " + host + " " + percent + "%";
            }
            case 7 -> {
                int sender = random.nextInt(1, cluster.layout().hosts() + 1);
                for (int each = 0; each < cluster.layout().links(); each++) cluster.deafen(host, each, sender);
                yield "deaf " + host + " to " + sender;
            }
            default -> {
                String killed = end(ring, host, "KILL");
                Await.until(
                        HEALED,
                        "host " + host + " has ended",
                        () -> "",
                        () -> !ring.process(host).alive());
                restartEnded(ring);
                yield killed + " and restart";
            }
        };
    }

    private String end(MixedRing ring, int host, String signal) {
        ring.process(host).signal(signal);
        ended.add(host);
        return signal + " " + host;
    }

    /** Lets a random time pass, sometimes none, sometimes longer than it takes to lose a token and form a ring. */
    private void breathe(MixedRing ring, StringBuilder story) {
        int millis = random.nextInt(4) == 0 ? 0 : random.nextInt(random.nextBoolean() ? 1500 : 9000);
        Await.pass(Duration.ofMillis(millis));
        story.append(" +").append(millis);
        if (random.nextBoolean()) resume(ring);
    }

    private static void resume(MixedRing ring) {
        for (int host = 1; host <= ring.cluster().layout().hosts(); host++)
            ring.process(host).signal("CONT");
    }

    private static void mend(MixedRing ring) {
        ClusterLayout layout = ring.cluster().layout();
        for (int host = 1; host <= layout.hosts(); host++) {
            ring.cluster().heal(host);
            for (int link = 0; link < layout.links(); link++) {
                ring.cluster().loss(host, link, 0);
                ring.cluster().undeafen(host, link);
            }
        }
        resume(ring);
    }

    /** Starts what a signal has ended; a process that ended without one is a failure. */
    private void restartEnded(MixedRing ring) {
        for (int host = 1; host <= ring.cluster().layout().hosts(); host++) {
            if (ring.process(host).alive()) continue;
            if (!ended.remove(host))
                throw new AssertionError("the process of host " + host + " ended by itself\n"
                        + ring.process(host).tail());
            ring.restart(host);
        }
    }
}
