package org.quorate.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.JoinRefusal;
import org.quorate.core.join.wire.JoinRequest;
import org.quorate.core.join.wire.MemberAddress;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;
import org.quorate.core.join.wire.Secret;
import org.quorate.core.json.JsonObject.Malformed;

/** Messages of a join come back as they were sent; what is none is refused without being quoted; the largest cluster fits. */
class JoinMessageTextTest {
    private static List<JoinMessage> all() {
        TreeMap<Integer, String> links = new TreeMap<>();
        links.put(0, "10.77.0.2");
        links.put(7, "fd77::2");
        JoinRequest request = new JoinRequest(
                "pear", "pear.garden.org", "MIIB", links, "", OptionalInt.of(7), OptionalInt.of(0), 1, "0.1", true);
        List<JoinFinding> findings = List.of(
                JoinFinding.of(JoinFinding.Kind.NAME_IN_USE, true, "it is \"taken\" – ü"),
                JoinFinding.of(JoinFinding.Kind.ID_IN_USE, true, "that too"));
        return List.of(
                new JoinMessage.Hello(1, 1, "0.1", JoinMessage.Purpose.MEMBER, "orchard"),
                new JoinMessage.Welcome(1, 1, "0.1", "orchard", "AA:BB", "apple", 1_700_000_000_000L),
                new JoinMessage.Start("token-0123456789", "nonce"),
                new JoinMessage.Challenge("noncemore", "c2FsdA==", 600_000),
                new JoinMessage.Proof("noncemore", "cHJvb2Y="),
                new JoinMessage.Accepted("c2ln"),
                new JoinMessage.Check(request),
                new JoinMessage.Checked(findings, Optional.empty()),
                new JoinMessage.Waiting("node plum is just being added"),
                new JoinMessage.Commit(List.of(new ProbeReport("apple", 3, true, false, -1, 65_535))),
                new JoinMessage.Written(),
                new JoinMessage.Ask(),
                new JoinMessage.Standing(true),
                new JoinMessage.Standing(false),
                new JoinMessage.Renew(),
                new JoinMessage.Refused(JoinRefusal.TRY_LATER, "later", 1500, findings));
    }

    @Test
    void aMessageComesBackAsItWas() throws Malformed {
        for (JoinMessage each : all())
            assertThat(JoinMessageText.decode(JoinMessageText.encode(each))).isEqualTo(each);
    }

    @Test
    void secretsComeBackAndAreNotPrinted() throws Malformed {
        JoinMessage.Admitted admitted = new JoinMessage.Admitted(
                "totem {\n}\n",
                Secret.of(new byte[] {1, 2, 3}),
                "ca",
                Secret.of(new byte[] {4, 5}),
                "own",
                List.of(new MemberAddress("apple", "AA:BB", List.of("10.77.0.1", "fd77::1"))),
                List.of("mind the gap"));
        JoinMessage.Admitted read = (JoinMessage.Admitted) JoinMessageText.decode(JoinMessageText.encode(admitted));
        assertThat(read.key().copy()).containsExactly(1, 2, 3);
        assertThat(read.authorityKey().copy()).containsExactly(4, 5);
        assertThat(read.warnings()).containsExactly("mind the gap");
        assertThat(read.members()).isEqualTo(admitted.members());
        assertThat(read.toString()).contains("key=secret of 3 bytes").doesNotContain("AQID", "[1, 2, 3]");
        read.key().close();
        assertThat(read.key().copy()).containsExactly(0, 0, 0);
    }

    @Test
    void whatANewerSideSaysMoreIsSkippedAndWordsThatAreNotKnownHaveAPlace() throws Malformed {
        assertThat(decode("{\"is\":\"standing\",\"member\":true,\"more\":{\"a\":[1,\"b\",{\"c\":false}]}}"))
                .isEqualTo(new JoinMessage.Standing(true));
        assertThat(decode("{\"is\":\"refused\",\"reason\":\"moon-phase\",\"sentence\":\"no\"}"))
                .isEqualTo(JoinMessage.Refused.of(JoinRefusal.OTHER, "no"));
        JoinMessage.Checked checked = (JoinMessage.Checked)
                decode("{\"is\":\"checked\",\"findings\":[{\"kind\":\"odd\",\"blocks\":true,\"sentence\":\"s\"}]}");
        assertThat(checked.findings()).containsExactly(new JoinFinding(JoinFinding.Kind.OTHER, true, "s"));
    }

    private static JoinMessage decode(String text) throws Malformed {
        return JoinMessageText.decode(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsForPeopleCannotSteerTheirTerminal() throws Malformed {
        assertThat(decode("{\"is\":\"refused\",\"reason\":\"busy\",\"sentence\":\"\\u001b[2Jno\\n\"}"))
                .isEqualTo(JoinMessage.Refused.of(JoinRefusal.BUSY, "?[2Jno?"));
    }

    @Test
    void theLargestClusterFits() throws Malformed {
        List<ProbePlan.Member> members = new ArrayList<>();
        for (int node = 1; node <= 384; node++) {
            TreeMap<Integer, String> addresses = new TreeMap<>();
            for (int link = 0; link < 8; link++) addresses.put(link, "fd77:0:0:" + link + ":0:0:0:" + node);
            members.add(new ProbePlan.Member("node-" + node + "-in-the-long-row", node, addresses));
        }
        TreeMap<Integer, Integer> ports = new TreeMap<>();
        for (int link = 0; link < 8; link++) ports.put(link, 5405 + link);
        ProbePlan plan = new ProbePlan(Secret.of(new byte[32]), ports, members);
        byte[] text = JoinMessageText.encode(new JoinMessage.Checked(List.of(), Optional.of(plan)));
        System.out.println("a plan for 384 nodes with 8 links has " + text.length + " bytes");
        assertThat(text).hasSizeLessThan(JoinMessage.MAX_BYTES);
        JoinMessage.Checked read = (JoinMessage.Checked) JoinMessageText.decode(text);
        assertThat(read.plan().orElseThrow().members()).isEqualTo(members);
        assertThat(read.plan().orElseThrow().ports()).isEqualTo(ports);
    }

    @Test
    void whatIsDamagedIsRefusedOrIsAnotherMessage() {
        long seed = Long.getLong("joinmessages.seed", System.nanoTime());
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] text = JoinMessageText.encode(all().get(random.nextInt(all().size())));
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--)
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            if (random.nextBoolean()) text = java.util.Arrays.copyOf(text, random.nextInt(text.length + 3));
            try {
                JoinMessageText.decode(text);
            } catch (Malformed expected) {
                refused++;
            } catch (RuntimeException wrong) {
                throw new AssertionError("-Djoinmessages.seed=" + seed, wrong);
            }
        }
        System.out.println(refused + " of 20000 refused, -Djoinmessages.seed=" + seed);
        assertThat(refused).isBetween(10_000, 20_000);
    }

    @Test
    void aRefusalDoesNotQuoteWhatMayBeASecret() {
        for (String text : List.of(
                "{\"is\":\"current\",\"conf\":\"c\",\"key\":\"s3cret!\"}",
                "{\"is\":\"current\",\"conf\":\"c\",\"key\":\"s3cret!",
                "{\"is\":\"s3cret!\"}",
                "{\"is\":\"current\",\"conf\":\"c\",\"key\":s3cret!}"))
            assertThatThrownBy(() -> decode(text))
                    .isInstanceOf(Malformed.class)
                    .hasMessageNotContaining("s3cret")
                    .hasNoCause();
    }
}
