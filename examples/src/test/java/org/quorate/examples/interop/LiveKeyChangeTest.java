package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/** Rings of daemons and JVM nodes change their key, cipher and hash while they work. */
@RequiresCorosync
class LiveKeyChangeTest {
    private static final int KEY_BYTES = 256;
    private static final CryptoConfig AES128_SHA512 = new CryptoConfig(Cipher.AES128, Hash.SHA512);

    /** Two daemons, an agent on host 3, and on host 4 a JVM node that takes part in the traffic. */
    @Test
    void keyCipherAndHashAreChangedThreeTimesUnderTrafficAndNothingIsLost() throws Exception {
        int messages = 3000;
        Duration pause = Duration.ofMillis(4);
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(4).withDaemons(1, 2))) {
            JvmNode agent = JvmNode.start(cluster, 3);
            List<HostProcess> senders = CpgTraffic.startThree(cluster, messages, pause);
            Await.until(CpgTraffic.LIMIT, "all send", () -> cluster.report(20), () -> hasBegun(senders.get(0), 3));
            QuorumToolStatus before = agent.awaitMembers(MixedRing.SOON, 1, 2, 3, 4);
            int views = agent.events("view").size();
            byte[] first = Files.readAllBytes(keyFile(cluster));
            awaitSealedWith(cluster, CryptoConfig.DEFAULT, first);

            byte[] second = writeKey(cluster, 2);
            assertThat(cluster.in(1, "corosync-cfgtool", "-R").exitCode()).isZero();
            awaitSealedWith(cluster, CryptoConfig.DEFAULT, second);

            writeCrypto(cluster, "aes128", "sha512", 1, 2, 3, 4);
            byte[] third = writeKey(cluster, 3);
            assertThat(cluster.in(2, "corosync-cfgtool", "-R").exitCode()).isZero();
            awaitSealedWith(cluster, AES128_SHA512, third);

            writeCrypto(cluster, "aes256", "sha256", 1, 2, 3, 4);
            byte[] fourth = writeKey(cluster, 4);
            CommandResult reload = agent.cli("reload");
            assertThat(reload.output()).contains("Reloaded: another key, crypto_cipher aes256 and crypto_hash sha256.");
            assertThat(reload.exitCode()).isZero();
            awaitSealedWith(cluster, CryptoConfig.DEFAULT, fourth);

            assertThat(agent.quorum().map(QuorumToolStatus::seenByAll)).contains(before.seenByAll());
            for (int host = 1; host <= 2; host++)
                assertThat(cluster.quorum(host).map(QuorumToolStatus::seenByAll))
                        .contains(before.seenByAll());
            assertThat(agent.events("view")).hasSize(views);
            assertThat(senders).as("traffic goes on").allMatch(sender -> !hasResult(sender));
            String order = CpgTraffic.awaitResult(senders.get(2), 3L * messages);
            assertThat(CpgTraffic.awaitResult(senders.get(0), 3L * messages)).isEqualTo(order);
            assertThat(CpgTraffic.awaitResult(senders.get(1), 3L * messages)).isEqualTo(order);
        }
    }

    private static boolean hasBegun(HostProcess receiver, int senders) {
        return receiver.lines().stream()
                        .filter(line -> line.endsWith("has begun"))
                        .count()
                == senders;
    }

    private static boolean hasResult(HostProcess sender) {
        return sender.lines().stream().anyMatch(line -> line.startsWith("received="));
    }

    @Test
    void aNodeThatCannotReadItsFileIsCutOffUntilItReloads() throws Exception {
        try (MixedRing ring = MixedRing.start(ClusterLayout.of(3).withTotem("token: 1000"), 3)) {
            CorosyncCluster cluster = ring.cluster();
            JvmNode node = ring.node();
            ring.together();
            String conf = Files.readString(cluster.configFile(3));
            Files.writeString(cluster.configFile(3), conf.replace("crypto_hash: sha256", "crypto_hash: sha255"));
            writeKey(cluster, 2);
            assertThat(cluster.in(1, "corosync-cfgtool", "-R").exitCode()).isZero();
            Await.until(
                    MixedRing.SOON,
                    "the node says that it keeps what it has",
                    node.process()::tail,
                    () -> said(node, "the configuration was not reloaded, this node keeps the one it has: "));
            assertThat(node.process().lines()).anyMatch(line -> line.contains("crypto_hash is sha255"));
            assertThat(ring.agreement(MixedRing.SOON, 1, 2).quorate()).isTrue();
            assertThat(node.awaitMembers(MixedRing.SOON, 3).quorate()).isFalse();

            CommandResult stillWrong = node.cli("reload");
            assertThat(stillWrong.exitCode()).isEqualTo(1);
            assertThat(stillWrong.output()).contains("this node keeps the configuration that it has: ", "sha255");

            Files.writeString(cluster.configFile(3), conf);
            CommandResult mended = node.cli("reload");
            assertThat(mended.output()).contains("Reloaded: another key.");
            assertThat(ring.together().quorate()).isTrue();
        }
    }

    private static boolean said(JvmNode node, String text) {
        return node.process().lines().stream().anyMatch(line -> line.contains(text));
    }

    private static Path keyFile(CorosyncCluster cluster) {
        return cluster.hostFolder(1).resolveSibling("authkey");
    }

    /** Another key for all hosts, put in place in one step. */
    private static byte[] writeKey(CorosyncCluster cluster, long seed) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new Random(seed).nextBytes(key);
        Path fresh = keyFile(cluster).resolveSibling("authkey.new");
        Files.write(fresh, key);
        Files.move(fresh, keyFile(cluster), StandardCopyOption.REPLACE_EXISTING);
        return key;
    }

    private static void writeCrypto(CorosyncCluster cluster, String cipher, String hash, int... hosts)
            throws IOException {
        for (int host : hosts) {
            String conf = Files.readString(cluster.configFile(host));
            Files.writeString(
                    cluster.configFile(host),
                    conf.replaceAll("crypto_cipher: .*", "crypto_cipher: " + cipher)
                            .replaceAll("crypto_hash: .*", "crypto_hash: " + hash));
        }
    }

    /** Waits until every host has sent on the first network, all of it sealed with that key. */
    private static void awaitSealedWith(CorosyncCluster cluster, CryptoConfig crypto, byte[] key) {
        Map<InetAddress, SealCount> seen = new TreeMap<>(Comparator.comparing(InetAddress::getHostAddress));
        Await.until(
                MixedRing.SOON.multipliedBy(2),
                "all seal with " + crypto,
                () -> seen + "\n" + cluster.report(60),
                () -> {
                    if (seen.values().stream().anyMatch(count -> count.others() > 0)) seen.clear();
                    SealCount.of(
                            cluster, 4, crypto, key,
                            seen); // where the agent sends the token, and all others their messages
                    return seen.size() == cluster.layout().hosts()
                            && seen.values().stream().allMatch(count -> count.others() == 0);
                });
    }
}
