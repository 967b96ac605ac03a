package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;

/** Whatever a file holds, it is read or refused with a {@link ClusterException}; nothing else comes out. */
class CorosyncConfMutationTest {
    private static final int ROUNDS = 4_000;
    private static final String[] SCRAPS = {
        "{",
        "}",
        ":",
        "#",
        "\n",
        " ",
        "\t",
        "\r",
        "0",
        "-1",
        "99999999999",
        "\0",
        "é",
        "\uFFFD",
        "totem {",
        "node {",
        "nodeid: 1",
        "ring0_addr: a",
        "ring999999999_addr: b",
        "interface {",
        "linknumber: 7",
        "keyfile: \u0001",
        "quorum {",
        "device {",
        "provider: x",
        "consensus: 31",
        "token: 4294967295",
        "hold: 14",
        "secauth: on"
    };

    @Test
    void nothingButClusterExceptionComesOut() throws IOException {
        long seed = Long.getLong("conf.seed", System.nanoTime());
        System.out.println("conf.seed=" + seed);
        Random random = new Random(seed);
        List<String> originals = List.of(
                read("corosync-new-cluster.conf"),
                read("corosync-after-join.conf"),
                read("corosync-with-qdevice.conf"));
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = mutated(originals.get(random.nextInt(originals.size())), random);
            try {
                CorosyncConf conf = CorosyncConf.parse(text, "f");
                conf.keyFile();
                conf.inlineKey();
                conf.stateDir();
                ClusterConfig config = conf.toClusterConfig();
                accepted++;
                String written = ConfWriter.text(conf.tree());
                CorosyncConf again = CorosyncConf.parse(written, "f");
                assertThat(again.toClusterConfig()).isEqualTo(config);
                assertThat(ConfWriter.text(again.tree())).isEqualTo(written);
            } catch (ClusterException refused) {
                assertThat(refused.getMessage()).startsWith("f:");
            }
        }
        assertThat(accepted).isBetween(ROUNDS / 100, ROUNDS * 99 / 100);
    }

    private static String mutated(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(out.length() + 1);
            switch (random.nextInt(5)) {
                case 0 -> out.setLength(at);
                case 1 -> out.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
                case 2 -> out.delete(at, Math.min(out.length(), at + random.nextInt(20)));
                case 3 -> swapLines(out, random);
                default -> {
                    if (at < out.length()) out.setCharAt(at, (char) (out.charAt(at) ^ (1 << random.nextInt(8))));
                }
            }
        }
        return out.toString();
    }

    private static void swapLines(StringBuilder text, Random random) {
        List<String> lines = new ArrayList<>(text.toString().lines().toList());
        if (lines.size() < 2) return;
        String moved = lines.remove(random.nextInt(lines.size()));
        lines.add(random.nextInt(lines.size() + 1), moved);
        text.replace(0, text.length(), String.join("\n", lines));
    }

    private static String read(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(CorosyncConfMutationTest.class.getResourceAsStream("/conf/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
