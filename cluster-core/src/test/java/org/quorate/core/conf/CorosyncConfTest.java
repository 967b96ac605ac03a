package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CompressionConfig;
import org.quorate.CryptoConfig;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.LinkMode;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.TotemConfig;

/** A corosync.conf becomes the configuration that Corosync would run with, or is refused with the place and the reason. */
class CorosyncConfTest {
    /** The smallest file that is complete; what a test adds goes to the end of the sections. */
    private static String conf(String totem, String quorum, String nodes) {
        return "totem {\n version: 2\n" + totem + "\n}\nquorum {\n provider: corosync_votequorum\n" + quorum
                + "\n}\nnodelist {\n" + nodes + "\n}\n";
    }

    private static final String TWO_NODES =
            "node {\n nodeid: 1\n ring0_addr: 10.0.0.1\n}\nnode {\n nodeid: 2\n ring0_addr: 10.0.0.2\n}";

    private static CorosyncConf resource(String name) throws Exception {
        return CorosyncConf.read(Path.of(Objects.requireNonNull(CorosyncConfTest.class.getResource("/conf/" + name))
                .toURI()));
    }

    @Test
    void readsAClusterOfTwo() throws Exception {
        CorosyncConf conf = resource("corosync-after-join.conf");
        assertThat(conf.warnings()).isEmpty();
        assertThat(conf.toClusterConfig())
                .isEqualTo(ClusterConfig.builder("orchard")
                        .configVersion(2)
                        .ipVersion(IpVersion.IPV4_6)
                        .crypto(CryptoConfig.DEFAULT)
                        .totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(3), Duration.ofMillis(125)))
                        .link(LinkConfig.of(0).withPriority(20))
                        .link(LinkConfig.of(1))
                        .node(NodeConfig.of(1, "apple", "10.77.0.1", "10.77.1.1"))
                        .node(NodeConfig.of(2, "pear", "10.77.0.2", "10.77.1.2"))
                        .build());
    }

    @Test
    void readsAQuorumDevice() throws Exception {
        ClusterConfig config = resource("corosync-with-qdevice.conf").toClusterConfig();
        assertThat(config.quorumOptions())
                .isEqualTo(new TreeMap<>(Map.of(
                        "device.model", "net",
                        "device.net.algorithm", "ffsplit",
                        "device.net.host", "10.77.50.9",
                        "device.net.tls", "on",
                        "device.votes", "1")));
        assertThat(config.configVersion()).isEqualTo(3);
        assertThat(resource("corosync-with-qdevice.conf").warnings()).isEmpty();
    }

    @Test
    void whatIsNotSetHasTheDefaultsOfCorosync() {
        ClusterConfig config = CorosyncConf.parse(conf("", "", TWO_NODES), "f").toClusterConfig();
        assertThat(config.configVersion()).isZero();
        assertThat(config.clusterName()).isEmpty();
        assertThat(config.transport()).isEqualTo("knet");
        assertThat(config.ipVersion()).isEqualTo(IpVersion.IPV6_4);
        assertThat(config.crypto()).isEqualTo(CryptoConfig.NONE);
        assertThat(config.linkMode()).isEqualTo(LinkMode.PASSIVE);
        assertThat(config.totem()).isEqualTo(TotemConfig.DEFAULT);
        assertThat(config.links()).isEqualTo(new TreeMap<>(Map.of(0, LinkConfig.of(0))));
        assertThat(config.nodes().get(0).votes()).isEqualTo(1);
    }

    @Test
    void everyKeyReachesTheConfiguration() {
        String totem = """
            cluster_name: all of it
            config_version: 77
            transport: pigeon
            link_mode: rr
            ip_version: ipv6
            crypto_cipher: aes128
            crypto_hash: sha512
            knet_pmtud_interval: 7
            knet_mtu: 1400
            knet_compression_model: bzip2
            knet_compression_threshold: 1
            knet_compression_level: 9
            token: 5000
            token_coefficient: 0
            token_retransmits_before_loss_const: 10
            token_retransmit: 300
            hold: 200
            consensus: 7000
            join: 60
            send_join: 80
            merge: 250
            fail_recv_const: 100
            seqno_unchanged_const: 20
            window_size: 300
            max_messages: 20
            miss_count_const: 6
            token_warning: 0
            cancel_token_hold_on_retransmit: yes
            interface {
              linknumber: 3
              knet_link_priority: 0
              knet_ping_interval: 100
              knet_ping_timeout: 200
              knet_ping_precision: 64
              knet_pong_count: 5
              mcastport: 6000
            }""";
        String nodes = "node {\n nodeid: 9\n name: n\n quorum_votes: 0\n ring3_addr: host\n rack: r1\n}";
        ClusterConfig config =
                CorosyncConf.parse(conf(totem, "wait_for_all: 1", nodes), "f").toClusterConfig();
        assertThat(config)
                .isEqualTo(ClusterConfig.builder("all of it")
                        .configVersion(77)
                        .transport("pigeon")
                        .linkMode(LinkMode.RR)
                        .ipVersion(IpVersion.IPV6)
                        .crypto(new CryptoConfig(CryptoConfig.Cipher.AES128, CryptoConfig.Hash.SHA512))
                        .compression(new CompressionConfig(CompressionConfig.Model.BZIP2, 1, 9))
                        .pmtudInterval(Duration.ofSeconds(7))
                        .manualMtu(1400)
                        .totem(new TotemConfig(
                                Duration.ofMillis(5000),
                                Duration.ZERO,
                                10,
                                Optional.of(Duration.ofMillis(300)),
                                Optional.of(Duration.ofMillis(200)),
                                Optional.of(Duration.ofMillis(7000)),
                                Duration.ofMillis(60),
                                Duration.ofMillis(80),
                                Duration.ofMillis(250),
                                100,
                                20,
                                300,
                                20,
                                6,
                                0,
                                true))
                        .link(new LinkConfig(
                                3,
                                6000,
                                0,
                                Optional.of(Duration.ofMillis(100)),
                                Optional.of(Duration.ofMillis(200)),
                                64,
                                5))
                        .node(new NodeConfig(
                                NodeId.of(9), "n", 0, new TreeMap<>(Map.of(3, "host")), Map.of("rack", "r1")))
                        .quorumOption("wait_for_all", "1")
                        .build());
    }

    @Test
    void zeroMeansTheDefaultForMostTimers() {
        String totem =
                "token: 0\nconsensus: 0\nwindow_size: 0\njoin: 0\nhold: 0\ntoken_retransmits_before_loss_const: 0";
        assertThat(CorosyncConf.parse(conf(totem, "", TWO_NODES), "f")
                        .toClusterConfig()
                        .totem())
                .isEqualTo(TotemConfig.DEFAULT);
    }

    @Test
    void secauthIsAes256AndSha256UnlessSaidOtherwise() {
        assertThat(crypto("secauth: on")).isEqualTo(CryptoConfig.DEFAULT);
        assertThat(crypto("secauth: on\ncrypto_hash: sha1"))
                .isEqualTo(new CryptoConfig(CryptoConfig.Cipher.AES256, CryptoConfig.Hash.SHA1));
        assertThat(crypto("secauth: on\ncrypto_cipher: none"))
                .isEqualTo(new CryptoConfig(CryptoConfig.Cipher.NONE, CryptoConfig.Hash.SHA256));
        assertThat(crypto("secauth: off")).isEqualTo(CryptoConfig.NONE);
    }

    private static CryptoConfig crypto(String totem) {
        return CorosyncConf.parse(conf(totem, "", TWO_NODES), "f")
                .toClusterConfig()
                .crypto();
    }

    @Test
    void theLastValueOfARepeatedKeyCountsAndRepeatedSectionsAreOne() {
        String text = "totem {\n version: 2\n token: 4000\n}\n" + conf("token: 5000\ntoken: 6000", "", TWO_NODES)
                + "totem {\n interface {\n mcastport: 6000\n}\n interface {\n knet_link_priority: 4\n}\n}\n";
        ClusterConfig config = CorosyncConf.parse(text, "f").toClusterConfig();
        assertThat(config.totem().token()).hasMillis(6000);
        assertThat(config.links().get(0))
                .isEqualTo(LinkConfig.of(0).withPort(6000).withPriority(4));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        version: 3                      | totem.version is 3; allowed: 2
        token: 29                       | totem.token is 29; allowed: 30..4294967295, or 0 for the default
        token: 4294967296               | totem.token is 4294967296; allowed: 30..4294967295, or 0 for the default
        token: 3s                       | totem.token is 3s; allowed: 30..4294967295, or 0 for the default
        token:                          | totem.token has no value; allowed: 30..4294967295, or 0 for the default
        token: +30                      | totem.token is +30; allowed: 30..4294967295, or 0 for the default
        hold: 13                        | totem.hold is 13; allowed: 14..4294967295, or 0 for the default
        token_warning: 101              | totem.token_warning is 101; allowed: 0..100
        window_size: -1                 | totem.window_size is -1; allowed: 1..2147483647, or 0 for the default
        config_version: -1              | totem.config_version is -1; allowed: 0..9223372036854775807
        config_version: 99999999999999999999 | totem.config_version is 99999999999999999999; allowed: 0..9223372036854775807
        link_mode: fast                 | totem.link_mode is fast; allowed: passive, active, rr
        crypto_cipher: 3des             | totem.crypto_cipher is 3des; allowed: none, aes128, aes192, aes256
        crypto_hash: sha224             | totem.crypto_hash is sha224; allowed: none, md5, sha1, sha256, sha384, sha512
        crypto_model: bouncy            | totem.crypto_model is bouncy; allowed: nss, openssl, gcrypt
        secauth: yes                    | totem.secauth is yes; allowed: on, off
        ip_version: 4                   | totem.ip_version is 4; allowed: ipv4, ipv6, ipv4-6, ipv6-4
        knet_pmtud_interval: 0          | totem.knet_pmtud_interval is 0; allowed: 1..86400
        knet_mtu: 65536                 | totem.knet_mtu is 65536; allowed: 0..65535
        knet_compression_model: rar     | totem.knet_compression_model is rar; allowed: none, zlib, lz4, lz4hc, lzo2, lzma, bzip2, zstd
        knet_compression_threshold: -1  | totem.knet_compression_threshold is -1; allowed: 0..4294967295
        knet_compression_level: high    | totem.knet_compression_level is high; allowed: -2147483648..2147483647
        knet_compression_model: bzip2   | knet_compression_level 0 is not in 1..9, the range for bzip2; correct it in the configuration
        cancel_token_hold_on_retransmit: 1 | totem.cancel_token_hold_on_retransmit is 1; allowed: yes, no
        keyfile:                        | totem.keyfile has no value; allowed: a value
        crypto_cipher: aes256           | crypto_cipher aes256 needs a crypto_hash; set one of md5, sha1, sha256, sha384, sha512
        consensus: 40                   | consensus 40 is too small; it must be at least 50
        token: 100                      | token_retransmit comes to 23 ms, which is below the least of 30 ms; raise token, or set token_retransmit
        """)
    void aWrongValueInTotemIsRefusedWithItsPlace(String line, String sentence) {
        assertRefused(conf(line, "", TWO_NODES), "f:3: " + sentence);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        zlib, 10, 0, knet_compression_level 10 is not in -1..9
        zlib, -2, 0, knet_compression_level -2 is not in -1..9
        lzma, -1, 0, knet_compression_level -1 is not in 0..9
        lzma, 10, 0, knet_compression_level 10 is not in 0..9
        bzip2, 10, 0, knet_compression_level 10 is not in 1..9
        lz4, 0, 65537, knet_compression_threshold 65537 is not in 0..65536
        zstd, 0, 4294967295, knet_compression_threshold 2147483647 is not in 0..65536
        """)
    void aLevelOrThresholdThatLibknetRefusesIsRefused(String model, String level, String threshold, String sentence) {
        assertThatThrownBy(() -> CorosyncConf.parse(conf(compression(model, level, threshold), "", TWO_NODES), "f")
                        .toClusterConfig())
                .isInstanceOf(ClusterException.class)
                .hasMessageStartingWith("f:4: " + sentence);
    }

    @ParameterizedTest
    @CsvSource({"zlib, -1, 65536", "zlib, 9, 1", "lz4, -5, 0", "lz4hc, 99, 0", "lzo2, 999, 0", "lzma, 0, 0"})
    void aLevelThatLibknetTakesIsTaken(String model, int level, int threshold) {
        CompressionConfig taken = CorosyncConf.parse(
                        conf(compression(model, "" + level, "" + threshold), "", TWO_NODES), "f")
                .toClusterConfig()
                .compression();
        assertThat(taken.isOn()).isTrue();
        assertThat(taken.model().confName()).isEqualTo(model);
        assertThat(taken.level()).isEqualTo(level);
        assertThat(taken.thresholdBytes()).isEqualTo(threshold);
    }

    @Test
    void levelAndThresholdWithoutAModelMeanNothing() {
        String lines = "knet_compression_level: 77\nknet_compression_threshold: 70000";
        assertThat(CorosyncConf.parse(conf(lines, "", TWO_NODES), "f")
                        .toClusterConfig()
                        .compression()
                        .isOn())
                .isFalse();
    }

    private static String compression(String model, String level, String threshold) {
        return "knet_compression_model: %s\nknet_compression_level: %s\nknet_compression_threshold: %s"
                .formatted(model, level, threshold);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        linknumber: 8          | totem.interface.linknumber is 8; allowed: 0..7
        knet_link_priority: 256 | totem.interface.knet_link_priority is 256; allowed: 0..255
        knet_transport: sctp   | totem.interface.knet_transport is sctp; allowed: udp
        mcastport: 0           | totem.interface.mcastport is 0; allowed: 1..65535
        knet_pong_count: 256   | totem.interface.knet_pong_count is 256; allowed: 1..255, or 0 for the default
        knet_ping_interval: 5  | link 0 has only one of ping interval and ping timeout; give both or none
        """)
    void aWrongValueInAnInterfaceIsRefusedWithItsPlace(String line, String sentence) {
        assertRefused(conf("interface {\n" + line + "\n}", "", TWO_NODES), "f:4: " + sentence);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        two_node: yes              | quorum.two_node is yes; allowed: 0..255
        expected_votes: 4294967296 | quorum.expected_votes is 4294967296; allowed: 0..4294967295
        """)
    void aWrongValueInQuorumIsRefusedWithItsPlace(String line, String sentence) {
        assertRefused(conf("", line, TWO_NODES), "f:7: " + sentence);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        nodeid: 65536/ring0_addr: b             | f:11: nodelist.node.nodeid is 65536; allowed: 1..65535
        nodeid: 0/ring0_addr: b                 | f:11: nodelist.node.nodeid is 0; allowed: 1..65535
        nodeid: 1/ring0_addr: b                 | f:11: nodeid 1 is that of line 6 already; each node needs its own
        ring0_addr: b                           | f:10: the node has no nodeid; give it one in 1..65535
        nodeid: 2/name: A/ring0_addr: b         | f:12: name A is that of line 7 already; each node needs its own
        nodeid: 2                               | f:10: node 2 has no address; give it ring0_addr
        nodeid: 2/ring0_addr:                   | f:12: nodelist.node.ring0_addr has no value; allowed: a value
        nodeid: 2/ring8_addr: b                 | f:12: ring8_addr names link 8; links are 0..7
        nodeid: 2/ring1_addr: b                 | f:10: node 2 has addresses for links [1], but node 1 for links [0]; all nodes need the same links
        nodeid: 2/ring0_addr: 10.0.0.1          | f:12: ring0_addr 10.0.0.1 is that of line 8 already; each node needs its own
        nodeid: 2/ring0_addr: fd00::2           | f:12: ring0_addr fd00::2 is of another address family than that of line 8; use one family on each link
        nodeid: 2/ring0_addr: b/quorum_votes: -1 | f:13: nodelist.node.quorum_votes is -1; allowed: 0..2147483647
        """)
    void aWrongNodeIsRefusedWithItsPlace(String node, String sentence) {
        String text =
                "totem {\n version: 2\n}\nnodelist {\nnode {\nnodeid: 1\nname: A\nring0_addr: 10.0.0.1\n}\nnode {\n"
                        + node.replace('/', '\n') + "\n}\n}\n";
        assertRefused(text, sentence);
    }

    @Test
    void aNodeWithoutNameIsRefusedIfThereAreTwoLinks() {
        assertRefused(
                conf("", "", "node {\nnodeid: 1\nring0_addr: a\nring1_addr: b\n}"),
                "f:10: node 1 has no name; with more than one link every node needs one");
    }

    @Test
    void aFileWithoutTheNecessarySectionsIsRefused() {
        assertRefused("", "f: there is no totem section; add one with version: 2");
        assertRefused("totem {\n}\n", "f:1: totem.version is missing; set it to 2");
        assertRefused(
                "totem {\nversion: 2\n}",
                "f: there is no nodelist with nodes; list every node with nodeid and ring0_addr");
        assertRefused(
                "totem {\nversion: 2\n}\nnodelist {\n}",
                "f:4: there is no nodelist with nodes; list every node with nodeid and ring0_addr");
    }

    @Test
    void moreThan384NodesAreRefused() {
        StringBuilder nodes = new StringBuilder();
        for (int i = 1; i <= 385; i++)
            nodes.append("node {\nnodeid: ")
                    .append(i)
                    .append("\nring0_addr: h")
                    .append(i)
                    .append("\n}\n");
        assertRefused(conf("", "", nodes.toString()), "f:1: the node list has 385 nodes; at most 384 are possible");
    }

    @Test
    void whatHasNoEffectIsSaidWithItsPlace() {
        String text = """
            stray: 1
            totem {
              version: 2
              tokne: 5000
              nodeid: 3
              rrp_mode: active
              netmtu: 1500
              knet_compression_model: none
              block_unlisted_ips: no
              heartbeat_failures_allowed: 2
              ip_dscp: 10
              interface {
                ringnumber: 1
                linknumber: 4
                colour: red
              }
            }
            nodelist {
              node {
                nodeid: 1
                ring0_addr: a
                rack: r1
              }
            }
            quorum {
              two_nodes: 1
              device {
                model: net
                net {
                  anything: goes
                }
              }
            }
            logging {
              anything: goes
              logger_subsys {
                subsys: QUORUM
              }
            }
            nozzle {
              name: x
            }
            amf {
              mode: disabled
            }
            """;
        assertThat(CorosyncConf.parse(text, "f").warnings())
                .containsExactly(
                        "f:1: stray stands outside of every section; it is ignored",
                        "f:4: totem.tokne is not known; it is ignored",
                        "f:5: totem.nodeid 3 is ignored here; node ids belong into the node list",
                        "f:6: totem.rrp_mode active is ignored, a leftover of corosync 2",
                        "f:7: totem.netmtu 1500 is not in force: messages on the ring have up to 65536 bytes",
                        "f:8: totem.knet_compression_model none is what no key means too; Corosync does not know the"
                                + " word, so leave the key out",
                        "f:9: totem.block_unlisted_ips no is not in force: packets from addresses that are not listed"
                                + " are always dropped",
                        "f:10: totem.heartbeat_failures_allowed 2 is not in force: the token alone shows that nodes"
                                + " are alive",
                        "f:11: totem.ip_dscp 10 is not in force: packets have the system's default marking",
                        "f:13: totem.interface.ringnumber 1 is ignored; the key is called linknumber now",
                        "f:15: totem.interface.colour is not known; it is ignored",
                        "f:22: nodelist.node.rack is not known; it is kept as a label of the node",
                        "f:26: quorum.two_nodes is not known; it is handed to the quorum provider",
                        "f:40: section nozzle is not in force: this node makes no network interface",
                        "f:43: section amf is not known; it is ignored",
                        "f: quorum.provider is not set, with which Corosync runs without quorum;"
                                + " this node uses corosync_votequorum",
                        "f:12: link 4 has settings but no node has an address for it; they are ignored");
    }

    @Test
    void optionsOfAForeignQuorumProviderAreItsOwnBusiness() {
        String text = conf("", "", TWO_NODES)
                .replace("corosync_votequorum", "two-of-three-sites\n two_node: perhaps\n sites {\n a: 1,2\n}");
        CorosyncConf conf = CorosyncConf.parse(text, "f");
        assertThat(conf.warnings()).isEmpty();
        assertThat(conf.toClusterConfig().quorumProvider()).isEqualTo("two-of-three-sites");
        assertThat(conf.toClusterConfig().quorumOptions())
                .isEqualTo(new TreeMap<>(Map.of("two_node", "perhaps", "sites.a", "1,2")));
    }

    @Test
    void warningsAreBounded() {
        String text = conf("x: 1\n".repeat(1000), "", TWO_NODES);
        assertThat(CorosyncConf.parse(text, "f").warnings()).hasSize(ConfCheck.MAX_WARNINGS);
    }

    @Test
    void theKeyFileLiesBesideTheConfigurationUnlessSaidOtherwise(@TempDir Path folder) throws IOException {
        assertThat(write(folder, "").keyFile()).contains(folder.resolve("authkey"));
        assertThat(write(folder, "keyfile: other/key").keyFile()).contains(folder.resolve("other/key"));
        assertThat(write(folder, "keyfile: /k").keyFile()).contains(Path.of("/k"));
        assertThat(CorosyncConf.parse("", "f").keyFile()).contains(Path.of("/etc/corosync/authkey"));
        CorosyncConf inline = write(folder, "key: " + "k".repeat(128));
        assertThat(inline.keyFile()).isEmpty();
        assertThat(inline.inlineKey().orElseThrow()).hasSize(128);
        CorosyncConf both = write(folder, "keyfile: /k\nkey: short");
        assertThat(both.keyFile()).contains(Path.of("/k"));
        assertThat(both.inlineKey()).isEmpty();
    }

    @Test
    void aKeyIsReadAndCutAt4096Bytes(@TempDir Path folder) throws IOException {
        byte[] secret = new byte[5000];
        Arrays.fill(secret, (byte) 7);
        Files.write(folder.resolve("authkey"), secret);
        assertThat(write(folder, "secauth: on").readKey()).isEqualTo(Arrays.copyOf(secret, 4096));
        assertThat(write(folder, "secauth: off").readKey()).isEmpty();
    }

    @Test
    void aKeyThatCannotBeUsedIsRefusedWithItsPlace(@TempDir Path folder) throws IOException {
        Path key = folder.resolve("authkey");
        CorosyncConf conf = write(folder, "secauth: on");
        assertUnusable(conf, key + ": there is no such key file; copy it from another node");
        Files.write(key, new byte[127]);
        assertUnusable(conf, key + ": the key has 127 bytes; 128..4096 are needed, so make a new one");
        CorosyncConf inline = write(folder, "secauth: on\nkey: short");
        assertUnusable(
                inline,
                folder.resolve("corosync.conf") + ":5: totem.key has 5 bytes; 128..4096 are needed, so make a new one");
    }

    private static void assertUnusable(CorosyncConf conf, String sentence) {
        assertThatThrownBy(conf::readKey)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_UNUSABLE))
                .hasMessage(sentence);
    }

    @Test
    void theStateFolderIsThatOfCorosyncIfSet(@TempDir Path folder) throws IOException {
        assertThat(write(folder, "").stateDir()).isEmpty();
        assertThat(CorosyncConf.parse("system {\nstate_dir: /var/lib/other\n}", "f")
                        .stateDir())
                .contains(Path.of("/var/lib/other"));
    }

    @Test
    void aMissingFileIsSaid(@TempDir Path folder) {
        Path file = folder.resolve("corosync.conf");
        assertThatThrownBy(() -> CorosyncConf.read(file))
                .isInstanceOf(ClusterException.class)
                .hasMessage(file + ": there is no such file; say where corosync.conf is");
    }

    private static CorosyncConf write(Path folder, String totem) throws IOException {
        Path file = folder.resolve("corosync.conf");
        Files.writeString(file, conf("\n" + totem, "", TWO_NODES));
        return CorosyncConf.read(file);
    }

    private static void assertRefused(String text, String sentence) {
        assertThatThrownBy(() -> CorosyncConf.parse(text, "f").toClusterConfig())
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION_INVALID))
                .hasMessage(sentence);
    }
}
