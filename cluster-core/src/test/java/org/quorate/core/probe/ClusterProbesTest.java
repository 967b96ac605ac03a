package org.quorate.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ClusterManager;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.TotemConfig;
import org.quorate.core.join.MemberProbes;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;
import org.quorate.core.join.wire.Secret;
import org.quorate.knet.KnetTransport;
import org.quorate.testkit.FreePort;

/** A joiner tries its links to whole nodes on loopback, each of which is told by one of them. */
@Timeout(120)
class ClusterProbesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final int[] ports = {FreePort.udp(), FreePort.udp()};
    private final List<ClusterManager> nodes = new ArrayList<>();
    private final List<ClusterProbes> probes = new ArrayList<>();

    @AfterEach
    void closeAll() {
        nodes.forEach(ClusterManager::close);
    }

    private static String address(int node, int link) {
        return "127.0." + (90 + link) + "." + node;
    }

    private void start(int members) {
        ClusterConfig.Builder config = ClusterConfig.builder("orchard")
                .totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(3), Duration.ZERO));
        for (int id = 1; id <= members; id++) config.node(NodeConfig.of(id, "n" + id, address(id, 0), address(id, 1)));
        for (int link = 0; link < 2; link++)
            config.link(
                    LinkConfig.of(link).withPort(ports[link]).withPings(Duration.ofMillis(50), Duration.ofSeconds(1)));
        for (int id = 1; id <= members; id++) {
            ClusterManager node = ClusterManager.builder(config.build(), NodeId.of(id))
                    .transport(new KnetTransport())
                    .key(new byte[128])
                    .build();
            nodes.add(node);
            node.start();
        }
        until(() -> nodes.stream()
                .allMatch(node -> get(node.status())
                        .view()
                        .filter(view -> view.members().size() == members)
                        .isPresent()));
    }

    /** Until all who take part know of each other: a member is asked only from its own join on, which is an ordered message. */
    private void takePart(int id) {
        ClusterManager node = nodes.get(id - 1);
        probes.add(new ClusterProbes(node, NodeId.of(id), (ProbingNode) node));
        until(() -> probes.stream().allMatch(each -> each.members().size() == probes.size()));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("not in time");
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static SortedMap<Integer, String> own() {
        return new TreeMap<>(java.util.Map.of(0, address(9, 0), 1, address(9, 1)));
    }

    private ProbePlan plan(int members) {
        TreeMap<Integer, Integer> portOfLink = new TreeMap<>();
        for (int link = 0; link < 2; link++) portOfLink.put(link, ports[link]);
        List<ProbePlan.Member> all = new ArrayList<>();
        for (int id = 1; id <= members; id++)
            all.add(new ProbePlan.Member(
                    "n" + id, id, new TreeMap<>(java.util.Map.of(0, address(id, 0), 1, address(id, 1)))));
        return new ProbePlan(Secret.of(new byte[32]), portOfLink, all);
    }

    @Test
    void everyMemberThatTakesPartIsFoundGoodOnEachLinkAndTheOtherIsNot() throws Exception {
        start(3);
        takePart(1);
        takePart(2);
        try (MemberProbes.Window window = probes.get(1).open(plan(3), own(), LIMIT)) {
            assertThat(window).isNotNull();
            assertThat(windows(1) + windows(2)).isEqualTo(2);
            List<ProbeReport> reports = new JoinerProbe(new KnetTransport()).probe(plan(3), own(), LIMIT);
            assertThat(reports).hasSize(6);
            for (ProbeReport report : reports) {
                if (report.node().equals("n3")) {
                    assertThat(report.forward() || report.back()).isFalse();
                    assertThat(report.sentence()).contains("carries nothing in either direction");
                } else {
                    assertThat(report.isGood()).as(report.sentence()).isTrue();
                    assertThat(report.largestBytes()).isEqualTo(1472);
                    assertThat(report.rttMicros()).isNotNegative();
                }
            }
        }
        until(() -> windows(1) == 0 && windows(2) == 0);
        assertThat(nodes.stream()
                        .map(node -> get(node.status())
                                .view()
                                .orElseThrow()
                                .members()
                                .size()))
                .containsOnly(3);
    }

    private long windows(int id) {
        return get(nodes.get(id - 1).status()).counters().getOrDefault("probe.windows", -1L);
    }

    @Test
    void whatAJoinerCannotBindIsSaid() throws Exception {
        try (DatagramSocket busy =
                new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address(9, 1)), ports[1]))) {
            assertThat(busy.isBound()).isTrue();
            assertThatThrownBy(() -> new JoinerProbe(new KnetTransport()).probe(plan(1), own(), LIMIT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process (corosync, or another node on this host) has the port");
        }
    }

    @Test
    void silenceIsReportedWhenTimeIsOver() throws Exception {
        List<ProbeReport> reports = new JoinerProbe(new KnetTransport()).probe(plan(1), own(), Duration.ofMillis(300));
        assertThat(reports).hasSize(2).noneMatch(ProbeReport::isGood);
    }
}
