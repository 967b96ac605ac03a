package org.quorate.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.ClusterException.Reason;
import org.quorate.JoinInfo;
import org.quorate.JoinInfoException;
import org.quorate.JoinInfoException.Problem;
import org.quorate.testkit.Json;

/** The text that is copied from one node to the next: read and written as Proxmox VE does it, and refused with a reason if it is damaged. */
class JoinInfoTest {
    private static final Json VECTOR = Json.resource("pvecm/join-information.json");
    private static final String RECORDED = VECTOR.get("join_information").text();

    @Test
    void aRecordedTextIsRead() {
        JoinInfo info = JoinInfo.parse(RECORDED);
        assertThat(info.address()).isEqualTo("10.77.9.1");
        assertThat(info.fingerprint()).startsWith("AA:AA:").endsWith(":01").hasSize(95);
        assertThat(info.links()).isEqualTo(Map.of(0, "10.77.0.1", 1, "10.77.1.1"));
        assertThat(info.clusterName()).isEqualTo("orchard");
        assertThat(info.totem()).hasSize(7).containsEntry("token_coefficient", "125");
        assertThat(info.interfaces().get(0)).isEqualTo(Map.of("linknumber", "0", "knet_link_priority", "20"));
        assertThat(info.node()).isEmpty();
    }

    @Test
    void whatIsWrittenHasEveryFieldOfTheRecordedOneAndOurs() {
        Json written = Json.parse(json(JoinInfo.parse(RECORDED).encode()));
        Json recorded = VECTOR.get("json");
        assertThat(texts(written.get("totem"))).isEqualTo(texts(recorded.get("totem")));
        assertThat(texts(written.get("peerLinks"))).isEqualTo(texts(recorded.get("peerLinks")));
        Json interfaces = recorded.get("totem").get("interface");
        assertThat(written.get("totem").get("interface").size()).isEqualTo(interfaces.size());
        interfaces
                .members()
                .forEach((link, section) -> assertThat(
                                texts(written.get("totem").get("interface").get(link)))
                        .isEqualTo(texts(section)));
        assertThat(written.get("ring_addr").items().stream().map(Json::text)).containsExactly("10.77.0.1", "10.77.1.1");
        for (String name : new String[] {"ipAddress", "fingerprint"})
            assertThat(written.get(name).text()).isEqualTo(recorded.get(name).text());
        assertThat(written.get("format").number()).isEqualTo(1);
        assertThat(written.size()).isEqualTo(recorded.size() + 1);
    }

    /** The members of an object that are no objects themselves. */
    private static Map<String, String> texts(Json object) {
        TreeMap<String, String> texts = new TreeMap<>();
        object.members().forEach((name, member) -> {
            if (!name.equals("interface")) texts.put(name, member.text());
        });
        return texts;
    }

    @Test
    void everyValueSurvivesTheText() {
        long seed = Long.getLong("joininfo.seed", System.nanoTime());
        System.out.println("joininfo.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            JoinInfo info = random(random);
            assertThat(JoinInfo.parse(info.encode())).isEqualTo(info);
        }
    }

    private static JoinInfo random(Random random) {
        TreeMap<Integer, String> links = new TreeMap<>();
        TreeMap<Integer, SortedMap<String, String>> interfaces = new TreeMap<>();
        for (int link = 0; link < 8; link++) {
            if (random.nextBoolean()) links.put(link, "10." + link + ".0." + random.nextInt(256));
            if (random.nextBoolean()) interfaces.put(link, new TreeMap<>(Map.of("linknumber", Integer.toString(link))));
        }
        TreeMap<String, String> totem = new TreeMap<>();
        for (int i = random.nextInt(20); i > 0; i--)
            totem.put("key_" + random.nextInt(99), random.nextBoolean() ? "\"Ä €\\/" + random.nextInt() : "");
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        StringBuilder fingerprint = new StringBuilder();
        for (byte each : hash)
            fingerprint.append(fingerprint.isEmpty() ? "" : ":").append("%02x".formatted(each));
        boolean known = random.nextBoolean();
        return new JoinInfo(
                known ? "fd00::" + random.nextInt(9) : "",
                known ? fingerprint.toString() : "",
                random.nextBoolean() ? "apple-" + random.nextInt(9) : "",
                links,
                totem,
                interfaces);
    }

    @Test
    void blanksLineEndsAndUnknownFieldsAreIgnored() {
        String wrapped = " " + RECORDED.replaceAll("(.{76})", "$1\r\n") + "\n\t";
        assertThat(JoinInfo.parse(wrapped)).isEqualTo(JoinInfo.parse(RECORDED));
        JoinInfo info = JoinInfo.parse(text("{\"new\":{\"deep\":[1,{\"a\":null}]},\"totem\":{\"cluster_name\":\"x\","
                + "\"version\":2,\"list\":[1,2],\"on\":true,\"interface\":{\"3\":{\"linknumber\":3,\"sub\":{}}}}}"));
        assertThat(info.totem()).isEqualTo(Map.of("cluster_name", "x", "version", "2", "on", "true"));
        assertThat(info.interfaces()).isEqualTo(Map.of(3, new TreeMap<>(Map.of("linknumber", "3"))));
    }

    @Test
    void addressesWithoutTheirLinksAreThoseOfTheFirstLinks() {
        assertThat(JoinInfo.parse(text("{\"totem\":{},\"ring_addr\":[\"10.0.0.1\",\"10.0.1.1\"]}"))
                        .links())
                .isEqualTo(Map.of(0, "10.0.0.1", 1, "10.0.1.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "`[]`;NOT_JSON",
                "`7`;NOT_JSON",
                "`{\"totem\":{}`;NOT_JSON",
                "`{\"totem\":{}}{}`;NOT_JSON",
                "`{\"totem\":{},\"totem\":{}}`;NOT_JSON",
                "`{}`;TOTEM_MISSING",
                "`{\"totem\":7}`;FIELD_INVALID",
                "`{\"totem\":{},\"format\":2}`;FORMAT_UNKNOWN",
                "`{\"totem\":{},\"format\":{}}`;FORMAT_UNKNOWN",
                "`{\"totem\":{},\"fingerprint\":\"AA:BB\"}`;FIELD_INVALID",
                "`{\"totem\":{},\"fingerprint\":7}`;FIELD_INVALID",
                "`{\"totem\":{},\"ipAddress\":\"a b\"}`;FIELD_INVALID",
                "`{\"totem\":{},\"ipAddress\":\"-oProxyCommand=x\"}`;FIELD_INVALID",
                "`{\"totem\":{},\"peerLinks\":{\"8\":\"10.0.0.1\"}}`;FIELD_INVALID",
                "`{\"totem\":{},\"peerLinks\":{\"0\":\"\"}}`;FIELD_INVALID",
                "`{\"totem\":{},\"ring_addr\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]}`;FIELD_INVALID",
                "`{\"totem\":{\"cluster_name\":\"a\\nb\"}}`;FIELD_INVALID",
                "`{\"totem\":{\"a\\u0007\":\"b\"}}`;FIELD_INVALID",
                "`{\"totem\":{\"\":\"b\"}}`;FIELD_INVALID",
                "`{\"totem\":{},\"node\":\"a\\u001b[2J\"}`;FIELD_INVALID",
                "`{\"totem\":{\"interface\":{\"9\":{}}}}`;FIELD_INVALID",
                "`{\"totem\":{\"interface\":[]}}`;FIELD_INVALID"
            })
    void whatItCannotBeIsRefusedWithAReason(String json, Problem problem) {
        assertRefused(text(json), problem);
    }

    @Test
    void textsThatAreNoJoinInformationAreRefusedWithAReason() {
        assertRefused("", Problem.EMPTY);
        assertRefused(" \n\t", Problem.EMPTY);
        assertRefused("hello world!", Problem.NOT_BASE64);
        assertRefused("!" + RECORDED, Problem.NOT_BASE64);
        assertRefused("/////w==", Problem.NOT_UTF8);
        assertRefused("A".repeat(JoinInfo.MAX_TEXT_CHARS + 1), Problem.TOO_LONG);
        assertRefused(text("[".repeat(10_000)), Problem.NOT_JSON);
        assertRefused(text("{\"a\":".repeat(5_000)), Problem.NOT_JSON);
        assertRefused(text("{\"totem\":{\"a\":" + "9".repeat(5_000) + "}}"), Problem.NOT_JSON);
    }

    @Test
    void aTextThatIsCutOffIsRefusedWhereverItIsCut() {
        for (int end = 0; end < RECORDED.length(); end++) {
            String cut = RECORDED.substring(0, end);
            assertThatThrownBy(() -> JoinInfo.parse(cut)).as(cut).isInstanceOf(JoinInfoException.class);
        }
    }

    /** Whoever alters the fingerprint makes the join fail; whoever alters something else cannot make a joiner talk to another member. */
    @Test
    void aTextThatIsAlteredAtAnyPlaceIsRefusedOrStillWhole() {
        JoinInfo right = JoinInfo.parse(RECORDED);
        String base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        int refused = 0;
        int fingerprints = 0;
        for (int at = 0; at < RECORDED.length(); at++) {
            int digit = base64.indexOf(RECORDED.charAt(at));
            String start = RECORDED.substring(0, at);
            String rest = RECORDED.substring(at + 1);
            for (String altered : List.of(
                    start + base64.charAt((digit + 1) % 64) + rest,
                    start + base64.charAt((digit + 33) % 64) + rest,
                    start + rest,
                    start + "AA" + rest,
                    start + "\u0000" + rest)) {
                try {
                    JoinInfo info = JoinInfo.parse(altered);
                    assertThat(JoinInfo.parse(info.encode())).isEqualTo(info);
                    assertThat(info.fingerprint()).matches("([0-9A-F]{2}(:[0-9A-F]{2}){31})?");
                    if (!info.fingerprint().equals(right.fingerprint())) fingerprints++;
                } catch (JoinInfoException no) {
                    assertThat(no.getMessage()).hasSizeLessThan(300).doesNotContain("\n");
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(RECORDED.length());
        assertThat(fingerprints).isPositive();
    }

    @Test
    void damageIsReadOrRefusedAndNothingElse() {
        long seed = Long.getLong("joininfo.seed", System.nanoTime());
        System.out.println("joininfo.seed=" + seed);
        Random random = new Random(seed);
        Map<Problem, Integer> seen = new EnumMap<>(Problem.class);
        int accepted = 0;
        String json = json(RECORDED);
        for (int round = 0; round < 20_000; round++) {
            boolean inside = random.nextBoolean();
            byte[] bytes = (inside ? json : RECORDED).getBytes(StandardCharsets.UTF_8);
            bytes = damaged(bytes, random);
            String text =
                    inside ? Base64.getEncoder().encodeToString(bytes) : new String(bytes, StandardCharsets.ISO_8859_1);
            try {
                JoinInfo info = JoinInfo.parse(text);
                assertThat(JoinInfo.parse(info.encode())).isEqualTo(info);
                accepted++;
            } catch (JoinInfoException refused) {
                seen.merge(refused.problem(), 1, Integer::sum);
                assertThat(refused.getMessage()).hasSizeLessThan(300).doesNotContain("\n");
            }
        }
        assertThat(accepted).isPositive();
        assertThat(seen.keySet())
                .contains(Problem.NOT_BASE64, Problem.NOT_JSON, Problem.NOT_UTF8, Problem.FIELD_INVALID);
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] all = bytes.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(all.length);
            switch (random.nextInt(4)) {
                case 0 -> all[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> all[at] = (byte) "{}[]\",:0\\".charAt(random.nextInt(9));
                case 2 -> all = Arrays.copyOf(all, Math.max(1, at));
                default -> all[at] = all[random.nextInt(all.length)];
            }
        }
        return all;
    }

    private static void assertRefused(String text, Problem problem) {
        assertThatThrownBy(() -> JoinInfo.parse(text)).isInstanceOfSatisfying(JoinInfoException.class, e -> {
            assertThat(e.problem()).isEqualTo(problem);
            assertThat(e.reason()).isEqualTo(Reason.JOIN_INFO_INVALID);
            assertThat(e.getMessage()).hasSizeBetween(20, 300);
        });
    }

    private static String text(String json) {
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
