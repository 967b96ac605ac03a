package org.quorate.core.group.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.core.wire.Parsed;
import org.quorate.core.wire.UndefinedOctets;
import org.quorate.testkit.Json;

/**
 * Messages of process groups as a ring of three real nodes ordered them: joins, leaves, deaths, long messages, a split, its end, restarts. Of long ones
 * only the first 264 octets were kept; the rest is filled with zeros here.
 */
class RecordedGroupsTest {
    @Test
    void everyMessageIsUnderstoodAsRecordedAndMadeAgainToTheOctet() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Json recorded : Json.resource("cpg/cpg-3node.json").items()) {
            Json fields = recorded.get("decoded");
            byte[] octets =
                    recorded.get(recorded.has("hex") ? "hex" : "hexPrefix").hex();
            byte[] message = Arrays.copyOf(octets, fields.get("size").integer());
            CpgMessage decoded = value(CpgMessage.decode(ByteBuffer.wrap(message), true));
            checkFields(decoded, fields);

            BitSet undefined = UndefinedOctets.ofService(message);
            byte[] cleared = UndefinedOctets.cleared(message, undefined);
            assertThat(decoded.encode()).as(recorded.toString()).isEqualTo(cleared);
            String kind = fields.get("type").text();
            counts.merge(kind, 1, Integer::sum);
            if (!Arrays.equals(cleared, message)) counts.merge(kind + " with residue", 1, Integer::sum);
        }
        assertThat(counts)
                .isEqualTo(Map.of(
                        "downlist", 13,
                        "downlist with residue", 6,
                        "joinlist", 9,
                        "mcast", 6,
                        "partial_mcast", 5,
                        "partial_mcast with residue", 5,
                        "procjoin", 7,
                        "procleave", 5));
    }

    private static void checkFields(CpgMessage decoded, Json f) {
        switch (f.get("type").text()) {
            case "procjoin" ->
                assertThat(decoded).isEqualTo(new ProcJoin(group(f), integer(f, "pid"), integer(f, "reason")));
            case "procleave" ->
                assertThat(decoded).isEqualTo(new ProcLeave(group(f), integer(f, "pid"), integer(f, "reason")));
            case "joinlist" ->
                assertThat(decoded)
                        .isEqualTo(new JoinList(f.get("entries").items().stream()
                                .map(e -> new JoinList.Entry(integer(e, "pid"), group(e)))
                                .toList()));
            case "downlist" ->
                assertThat(decoded)
                        .isEqualTo(new Downlist(
                                integer(f, "oldMembers"),
                                f.get("left").items().stream()
                                        .map(Json::integer)
                                        .toList()));
            case "mcast" -> {
                CpgMcast mcast = (CpgMcast) decoded;
                assertThat(List.of(mcast.group(), mcast.pid(), mcast.sourceNode(), mcast.sourceConnection()))
                        .isEqualTo(List.of(group(f), integer(f, "pid"), integer(f, "sourceNode"), connection(f)));
                assertThat(mcast.payload()).hasSize(integer(f, "msglen"));
                assertThat(mcast.payload()).startsWith(f.get("payloadHead").hex());
            }
            case "partial_mcast" -> {
                CpgPartial partial = (CpgPartial) decoded;
                assertThat(List.of(
                                partial.group(),
                                partial.pid(),
                                partial.sourceNode(),
                                partial.sourceConnection(),
                                partial.messageBytes()))
                        .isEqualTo(List.of(
                                group(f),
                                integer(f, "pid"),
                                integer(f, "sourceNode"),
                                connection(f),
                                integer(f, "msglen")));
                assertThat(partial.part().name().toLowerCase(Locale.ROOT))
                        .isEqualTo(f.get("part").text());
                assertThat(partial.piece()).hasSize(integer(f, "fraglen"));
                assertThat(partial.piece()).startsWith(f.get("payloadHead").hex());
            }
            default -> throw new AssertionError(f.get("type").text());
        }
    }

    private static CpgMessage value(Parsed<CpgMessage> parsed) {
        if (parsed instanceof Parsed.Ok<CpgMessage> ok) return ok.value();
        throw new AssertionError(parsed.toString());
    }

    private static GroupName group(Json fields) {
        return GroupName.of(fields.get("group").text());
    }

    private static long connection(Json fields) {
        return HexFormat.fromHexDigitsToLong(fields.get("sourceConn").text());
    }

    private static int integer(Json fields, String name) {
        return fields.get(name).integer();
    }
}
