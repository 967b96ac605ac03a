package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.PeerLink;
import org.quorate.interop.RequiresCorosync;

/**
 * A daemon and a JVM node under every setting that changes the bytes on the wire. Each sends messages of 10 bytes to 100 kB with
 * checksums, and both hear all of them in one order. Both find frames of the same size, and where a compression model is set,
 * compressed messages go each way.
 */
@RequiresCorosync
class WireSettingsTest {
    private static final int MESSAGES = 200;

    /** {@code model} is empty for no compression; {@code frameBytes} are the message's bytes in a frame. */
    private record Setting(String name, ClusterLayout layout, String model, int frameBytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Setting> settings() {
        return Stream.of(
                new Setting(
                        "plain text, three active links",
                        layout("none", "none").withLinks(3).withTotem("link_mode: active"),
                        "",
                        1446),
                setting(
                        "authenticated only, two round robin links",
                        layout("none", "sha512").withLinks(2),
                        "zstd",
                        0,
                        1382,
                        "link_mode: rr"),
                setting("aes128 and md5", layout("aes128", "md5"), "lz4hc", 0, 1413),
                setting("aes192 and sha384", layout("aes192", "sha384"), "lzma", 1, 1381),
                setting("aes256 and sha512 of nss", layout("aes256", "sha512"), "lz4", 0, 1365, "crypto_model: nss"),
                setting("aes256 and sha256 of openssl", layout("aes256", "sha256"), "zlib", 0, 1397),
                setting("long frames", layout("aes256", "sha256").withMtu(9000), "bzip2", 9, 8885),
                setting(
                        "IPv6, eight links",
                        layout("aes256", "sha256").withIpv6().withLinks(8),
                        "lzo2",
                        0,
                        1365));
    }

    private static ClusterLayout layout(String cipher, String hash) {
        return ClusterLayout.of(2).withDaemons(1).withLinks(1).withCrypto(cipher, hash);
    }

    private static Setting setting(
            String name, ClusterLayout layout, String model, int level, int frameBytes, String... further) {
        Stream<String> compression = Stream.of("knet_compression_model: " + model, "knet_compression_level: " + level);
        ClusterLayout set =
                layout.withTotem(Stream.concat(compression, Stream.of(further)).toArray(String[]::new));
        return new Setting(name + ", " + model, set, model, frameBytes);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aDaemonAndAJvmNodeUnderstandEachOther(Setting setting) {
        Path program = CpgTraffic.compile();
        try (CorosyncCluster cluster = CorosyncCluster.start(setting.layout())) {
            HostProcess ours = JvmNode.program(
                    cluster,
                    2,
                    cluster.hostFolder(2).resolve("traffic.log"),
                    GroupTraffic.class,
                    cluster.configFile(2).toString(),
                    cluster.hostFolder(2).resolve("data").toString(),
                    "traffic",
                    "1",
                    Integer.toString(MESSAGES),
                    "2",
                    "2",
                    Long.toString(CpgTraffic.LIMIT.toSeconds()));
            awaitFrames(cluster, setting.layout().links(), setting.frameBytes());
            HostProcess theirs = CpgTraffic.start(cluster, program, 1, 0, MESSAGES, 2);
            String order = CpgTraffic.awaitResult(ours, 2 * MESSAGES);
            assertThat(CpgTraffic.awaitResult(theirs, 2 * MESSAGES)).isEqualTo(order);

            String said = ours.tail();
            for (int link = 0; link < setting.layout().links(); link++)
                assertThat(said).contains("link " + link + " to node 1: frames of " + setting.frameBytes() + " bytes");
            assertDataOnEveryLink(cluster, setting.layout());
            long ourFrames = number(said, "sent.compressed");
            long theirFrames = number(said, "delivered.compressed");
            long theyHeard = cluster.counter(1, "stats.knet.handle.rx_compressed_packets");
            long theySent = cluster.counter(1, "stats.knet.handle.tx_compressed_packets");
            System.out.printf(
                    "%s: we compressed %d of %d messages, they say %d; they compressed %d, we say %d of %d%n",
                    setting,
                    ourFrames,
                    number(said, "sent.messages"),
                    theyHeard,
                    theySent,
                    theirFrames,
                    number(said, "delivered.messages"));
            if (setting.model().isEmpty()) {
                assertThat(List.of(ourFrames, theirFrames, theyHeard, theySent)).containsOnly(0L);
            } else {
                assertThat(ourFrames).isGreaterThan(MESSAGES / 10);
                assertThat(theirFrames).isGreaterThan(MESSAGES / 10);
                assertThat(theyHeard).isPositive();
                assertThat(theySent).isPositive();
            }
            assertThat(number(said, "drop.bad-compression")).isZero();
            assertThat(number(said, "drop.compression-unavailable")).isZero();
        }
    }

    /** Of the modes that use more than one link at a time; counted by the daemon, which knows data from heartbeats. */
    private static void assertDataOnEveryLink(CorosyncCluster cluster, ClusterLayout layout) {
        if (layout.totem().stream().noneMatch(line -> line.startsWith("link_mode:"))) return;
        for (int link = 0; link < layout.links(); link++)
            for (String direction : List.of("tx", "rx"))
                assertThat(cluster.counter(1, "stats.knet.node2.link" + link + "." + direction + "_data_packets"))
                        .as(direction + " on link " + link)
                        .isGreaterThan(MESSAGES / 10);
    }

    private static void awaitFrames(CorosyncCluster cluster, int count, int bytes) {
        Await.until(MixedRing.SOON, "the daemon finds frames of " + bytes + " bytes", () -> cluster.report(40), () -> {
            List<PeerLink> links = cluster.peerLinks(1).stream()
                    .filter(link -> link.peer() == 2)
                    .toList();
            return links.size() == count && links.stream().allMatch(link -> link.connected() && link.mtu() == bytes);
        });
    }

    private static long number(String text, String counter) {
        Matcher value =
                Pattern.compile("[{ ]" + Pattern.quote(counter) + "=(\\d+)").matcher(text);
        assertThat(value.find()).as(counter + " in " + text).isTrue();
        return Long.parseLong(value.group(1));
    }
}
