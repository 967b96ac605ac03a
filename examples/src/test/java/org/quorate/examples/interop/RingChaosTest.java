package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.RequiresCorosync;

/**
 * Two daemons and two agents, a tenth of all packets lost on every link, all four sending messages of 10 bytes to 300 kB, while agents are
 * killed, paused, restarted and the ring is split: whatever the ring was, all that went on together have heard the same in it.
 * {@code -Dringchaos.seed} repeats a plan, {@code -Dringchaos.seconds} sets its length.
 */
@RequiresCorosync
@Tag("long")
class RingChaosTest {
    private static final int HOSTS = 4;
    private static final List<Integer> DAEMONS = List.of(1, 2);
    private static final List<Integer> AGENTS = List.of(3, 4);
    private static final int LOSS_PERCENT = 10;
    private static final int PAUSE_MILLIS = 50;
    private static final String GROUP = "chaos";
    private static final Duration TOGETHER = Duration.ofSeconds(90);

    private final long seed = Long.getLong("ringchaos.seed", System.nanoTime());
    private final int seconds = Integer.getInteger("ringchaos.seconds", 30);
    private final List<HostProcess> programs = new ArrayList<>();
    private final Map<Integer, JvmNode> agents = new TreeMap<>();
    private final Set<Integer> ended = new TreeSet<>();

    @Test
    void whoGoesOnTogetherHasHeardTheSameWhateverHappensToAgentsAndNetworks() {
        List<RingChaosPlan.Step> plan = RingChaosPlan.of(seed, HOSTS, AGENTS, seconds * 1000L);
        String again =
                "mvn -pl examples -am test -Dtest=RingChaosTest -Dsurefire.failIfNoSpecifiedTests=false -Dtests.exclude="
                        + " -Dtests.argLine=\"-Dringchaos.seed=" + seed + " -Dringchaos.seconds=" + seconds + "\"";
        System.out.println(again + "\nfaults: " + RingChaosPlan.summary(plan));
        // over one link alone hardly one in a hundred frames of 64 KiB, 47 packets each, would arrive whole
        ClusterLayout layout =
                ClusterLayout.of(HOSTS).withTotem("link_mode: active").withDaemons(1, 2);
        try (CorosyncCluster cluster = CorosyncCluster.start(layout)) {
            try {
                run(cluster, plan);
            } finally {
                keepLogs(cluster);
            }
        } catch (AssertionError e) {
            throw new AssertionError("repeat with " + again + "\n" + e.getMessage(), e);
        }
    }

    private void run(CorosyncCluster cluster, List<RingChaosPlan.Step> plan) {
        Path finish = cluster.hostFolder(1).resolveSibling("finish");
        startAll(cluster, finish);
        Await.until(TOGETHER, "all are together", () -> cluster.report(40), () -> isOneRing(cluster));
        hosts().forEach(host -> loss(cluster, host, LOSS_PERCENT));
        long start = System.nanoTime();
        for (RingChaosPlan.Step step : plan) {
            Await.until(
                    Duration.ofMillis(step.at() + 60_000),
                    "it is time",
                    () -> "",
                    () -> System.nanoTime() - start >= step.at() * 1_000_000);
            System.out.println(step);
            perform(step, cluster);
            noneEndedOfItself(cluster);
        }
        hosts().forEach(host -> loss(cluster, host, 0));
        Duration healed =
                Await.until(TOGETHER, "all are together again", () -> cluster.report(60), () -> isOneRing(cluster));
        System.out.println("one ring of all " + healed.toMillis() + " ms after the last fault ended");
        try {
            Files.createFile(finish);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until(
                TOGETHER,
                "everybody has heard the last message of all",
                () -> cluster.report(60),
                () -> hosts().allMatch(host -> lastLine(cluster, host, "complete ").length > 0));
        check(cluster);
    }

    /** What was heard stays where a person can read it. */
    private static void keepLogs(CorosyncCluster cluster) {
        try {
            Path kept = Files.createDirectories(Path.of("target", "ringchaos"));
            for (int host = 1; host <= HOSTS; host++)
                if (Files.exists(heard(cluster, host)))
                    Files.copy(
                            heard(cluster, host), kept.resolve("heard-" + host), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startAll(CorosyncCluster cluster, Path finish) {
        Path program = CpgTraffic.compile("cpg_chaos", "-lcpg");
        for (int host : DAEMONS)
            programs.add(cluster.spawn(
                    host,
                    cluster.hostFolder(host).resolve("traffic.log"),
                    program.toString(),
                    GROUP,
                    Integer.toString(HOSTS),
                    Integer.toString(PAUSE_MILLIS),
                    heard(cluster, host).toString(),
                    finish.toString()));
        for (int host : AGENTS)
            agents.put(
                    host,
                    JvmNode.withProgram(
                            cluster,
                            host,
                            ChaosAgent.class,
                            GROUP,
                            Integer.toString(HOSTS),
                            Integer.toString(PAUSE_MILLIS),
                            heard(cluster, host).toString(),
                            finish.toString()));
    }

    private static Path heard(CorosyncCluster cluster, int host) {
        return cluster.hostFolder(host).resolve("heard");
    }

    private void perform(RingChaosPlan.Step step, CorosyncCluster cluster) {
        int host = step.hosts().get(0);
        switch (step.kind()) {
            case KILL, LEAVE -> {
                agent(host).process().signal(step.kind() == RingChaosPlan.Kind.KILL ? "KILL" : "TERM");
                ended.add(host);
            }
            case START -> {
                int ignored = agent(host).process().awaitExit(Duration.ofSeconds(20));
                agent(host).restart();
                ended.remove(host);
            }
            case PAUSE -> agent(host).process().signal("STOP");
            case GO_ON -> agent(host).process().signal("CONT");
            case SPLIT -> split(cluster, step.hosts());
            case MEND -> {
                for (int each = 1; each <= HOSTS; each++)
                    for (int link = 0; link < cluster.layout().links(); link++) cluster.undeafen(each, link);
            }
        }
    }

    private static void split(CorosyncCluster cluster, List<Integer> side) {
        for (int host = 1; host <= HOSTS; host++) {
            boolean inside = side.contains(host);
            Integer[] others = IntStream.rangeClosed(1, HOSTS)
                    .filter(other -> side.contains(other) != inside)
                    .boxed()
                    .toArray(Integer[]::new);
            for (int link = 0; link < cluster.layout().links(); link++) cluster.deafen(host, link, others);
        }
    }

    private static void loss(CorosyncCluster cluster, int host, int percent) {
        for (int link = 0; link < cluster.layout().links(); link++) cluster.loss(host, link, percent);
    }

    private JvmNode agent(int host) {
        JvmNode agent = agents.get(host);
        if (agent == null) throw new IllegalStateException("no agent on host " + host);
        return agent;
    }

    private void noneEndedOfItself(CorosyncCluster cluster) {
        List<HostProcess> running = new ArrayList<>(programs);
        for (int host : DAEMONS) running.add(cluster.daemon(host));
        for (int host : AGENTS)
            if (!ended.contains(host)) running.add(agent(host).process());
        for (HostProcess process : running)
            assertThat(process.alive())
                    .as(() -> process.tail() + cluster.report(60))
                    .isTrue();
    }

    /** Whether the last ring that every log tells of is one of all hosts, and all have heard themselves, so that they will hear all others. */
    private static boolean isOneRing(CorosyncCluster cluster) {
        if (!hosts().allMatch(host -> lastLine(cluster, host, "m " + host + " ").length > 0)) return false;
        List<List<String>> views = hosts().mapToObj(host -> List.of(lastLine(cluster, host, "view ")))
                .distinct()
                .toList();
        return views.size() == 1
                && !views.get(0).isEmpty()
                && views.get(0).get(2).split(",").length == HOSTS;
    }

    private static IntStream hosts() {
        return IntStream.rangeClosed(1, HOSTS);
    }

    /** The words of the last line of that kind that the last process on a host has written; none if there is no such line. */
    private static String[] lastLine(CorosyncCluster cluster, int host, String kind) {
        Path log = heard(cluster, host);
        try {
            String text = Files.exists(log) ? Files.readString(log) : "";
            int at = text.lastIndexOf('\n' + kind);
            int end = text.indexOf('\n', at + 1);
            return at < text.lastIndexOf("\nstart ") || end < 0
                    ? new String[0]
                    : text.substring(at + 1, end).split(" ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(CorosyncCluster cluster) {
        List<ChaosLog> all = new ArrayList<>();
        List<ChaosLog> last = new ArrayList<>();
        for (int host = 1; host <= HOSTS; host++) {
            List<ChaosLog> lives = ChaosLog.read(heard(cluster, host));
            all.addAll(lives);
            last.add(lives.get(lives.size() - 1));
        }
        ChaosCheck.Result result = ChaosCheck.of(all, Set.copyOf(DAEMONS));
        for (ChaosLog log : all) {
            long messages = log.stays().stream()
                    .mapToLong(stay -> stay.messages().size())
                    .sum();
            System.out.println(log.member() + ": " + log.stays().size() + " views, " + messages + " messages heard"
                    + log.complete().map(sent -> ", " + sent + " sent").orElse(", ended"));
        }
        System.out.println(result);
        for (ChaosLog log : last) {
            ChaosLog.Stay stay = log.stays().get(log.stays().size() - 1);
            System.out.println(log.member() + " in ring " + stay.ring() + ": "
                    + stay.messages().size() + " messages, order " + stay.order());
        }
        assertThat(result.problems()).isEmpty();
        assertThat(ChaosCheck.together(last)).hasSize(HOSTS);
    }
}
