package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.HostProcess;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/**
 * A JVM node on host 2 and daemons elsewhere, under settings that change the votes or the way of messages: one ring, one opinion, and
 * messages of all sizes get through. {@link WireSettingsTest} is about settings that change the bytes.
 */
@RequiresCorosync
class MixedRingSettingsTest {
    private static final int MESSAGES = 500;

    private static final Map<String, UnaryOperator<ClusterLayout>> SETTINGS = Map.of(
            "wait_for_all, one link, small frames",
            layout -> layout.withLinks(1).withQuorum("wait_for_all: 1").withTotem("knet_mtu: 900"),
            "last_man_standing, three active links",
            layout -> layout.withLinks(3)
                    .withQuorum("last_man_standing: 1", "wait_for_all: 1")
                    .withTotem("link_mode: active"),
            "auto_tie_breaker, round robin links",
            layout -> layout.withQuorum("auto_tie_breaker: 1").withTotem("link_mode: rr"),
            "allow_downscale, eight links, short token",
            layout -> layout.withLinks(8)
                    .withQuorum("allow_downscale: 1")
                    .withTotem("token: 1000", "token_retransmits_before_loss_const: 10"));

    static Stream<String> settings() {
        return SETTINGS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void daemonsAndTheJvmNodeUnderstandEachOther(String settings) {
        Path program = CpgTraffic.compile();
        ClusterLayout layout =
                Objects.requireNonNull(SETTINGS.get(settings), settings).apply(ClusterLayout.of(3));
        try (MixedRing ring = MixedRing.start(layout, 2)) {
            QuorumToolStatus before = ring.together();
            assertThat(before.quorate()).isTrue();
            HostProcess first = CpgTraffic.start(ring.cluster(), program, 1, 0, MESSAGES, 2);
            HostProcess second = CpgTraffic.start(ring.cluster(), program, 3, 1, MESSAGES, 2);
            assertThat(CpgTraffic.awaitResult(first, 2 * MESSAGES))
                    .isEqualTo(CpgTraffic.awaitResult(second, 2 * MESSAGES));
            assertThat(ring.together()).isEqualTo(before);
        }
    }
}
