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
 * A JVM node on host 2 and daemons elsewhere, under settings that change the bytes on the wire, the way they are sent, or
 * the votes: one ring, one opinion, and messages of all sizes get through.
 */
@RequiresCorosync
class MixedRingSettingsTest {
    private static final int MESSAGES = 500;

    private static final Map<String, UnaryOperator<ClusterLayout>> SETTINGS = Map.of(
            "plain text, wait_for_all",
            layout -> layout.withCrypto("none", "none").withQuorum("wait_for_all: 1"),
            "authenticated only, last_man_standing",
            layout -> layout.withCrypto("none", "sha512").withQuorum("last_man_standing: 1", "wait_for_all: 1"),
            "aes128 and md5, auto_tie_breaker",
            layout -> layout.withCrypto("aes128", "md5").withQuorum("auto_tie_breaker: 1"),
            "aes192 and sha384, allow_downscale",
            layout -> layout.withCrypto("aes192", "sha384").withQuorum("allow_downscale: 1"),
            "three active links",
            layout -> layout.withTotem("link_mode: active").withLinks(3),
            "round robin links, compressed",
            layout -> layout.withTotem(
                    "link_mode: rr", "knet_compression_model: zlib", "knet_compression_threshold: 100"),
            "one link, small frames",
            layout -> layout.withLinks(1).withTotem("knet_mtu: 900"),
            "eight links, short token",
            layout -> layout.withLinks(8).withTotem("token: 1000", "token_retransmits_before_loss_const: 10"));

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
