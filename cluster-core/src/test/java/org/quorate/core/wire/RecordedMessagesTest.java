package org.quorate.core.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.RingId;
import org.quorate.core.group.wire.CpgMessage;
import org.quorate.core.pack.wire.GroupHeader;
import org.quorate.core.pack.wire.PackedFrame;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.service.wire.CfgMessage;
import org.quorate.core.service.wire.ConfigVersionMessage;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.sync.wire.Barrier;
import org.quorate.core.sync.wire.ServiceBuild;
import org.quorate.core.sync.wire.SyncMessage;
import org.quorate.core.wire.RecordedFrames.Frame;
import org.quorate.testkit.Json;

/** What the recorded frames carry: understood as recorded, and made again to the octet wherever an octet means something. */
class RecordedMessagesTest {
    /** Messages by kind; those with residue in octets that mean nothing are counted a second time. */
    private final Map<String, Integer> counts = new TreeMap<>();

    @Test
    void everyFrameIsUnpackedAsRecordedAndPackedAgainToTheOctet() {
        int parts = 0;
        for (Frame frame : RecordedFrames.packed()) {
            PackedFrame packed = frame(frame);
            Json fields = frame.fields().get("pg");
            assertThat(packed.fragmented()).isEqualTo(fields.get("fragmented").integer());
            assertThat(packed.continuation())
                    .isEqualTo(fields.get("continuation").integer());
            assertThat(packed.parts().stream().map(ByteBuffer::remaining).toList())
                    .as(frame.name())
                    .isEqualTo(fields.get("msg_lens").items().stream()
                            .map(Json::integer)
                            .toList());
            assertThat(packed.encode()).as(frame.name()).isEqualTo(body(frame));
            parts += packed.parts().size();
        }
        assertThat(RecordedFrames.packed()).hasSize(123);
        assertThat(parts).isEqualTo(215);
    }

    @Test
    void everyMessageIsUnderstoodAsRecordedAndMadeAgain() {
        for (Frame frame : RecordedFrames.packed()) {
            List<ByteBuffer> parts = frame(frame).parts();
            List<Json> messages = frame.fields().get("pg").get("messages").items();
            for (int i = 0; i < parts.size(); i++) {
                if (messages.get(i).has("part_of_fragmented")) count("piece", false);
                else check(octets(parts.get(i)), messages.get(i));
            }
        }
        assertThat(counts)
                .isEqualTo(Map.ofEntries(
                        Map.entry("cfg_crypto_reconfig", 2),
                        Map.entry("cfg_crypto_reconfig with residue", 2),
                        Map.entry("cfg_killnode", 1),
                        Map.entry("cfg_killnode with residue", 1),
                        Map.entry("cfg_reload_config", 2),
                        Map.entry("cfg_reload_config with residue", 2),
                        Map.entry("cfg_shutdown", 1),
                        Map.entry("cfg_shutdown with residue", 1),
                        Map.entry("cmap_mcast", 18),
                        Map.entry("cpg_downlist", 16),
                        Map.entry("cpg_downlist with residue", 2),
                        Map.entry("cpg_joinlist", 2),
                        Map.entry("cpg_mcast", 49),
                        Map.entry("cpg_procjoin", 5),
                        Map.entry("cpg_procleave", 3),
                        Map.entry("piece", 9),
                        Map.entry("sync_barrier", 59),
                        Map.entry("sync_service_build", 16),
                        Map.entry("votequorum_nodeinfo", 32)));
    }

    private void check(byte[] message, Json fields) {
        assertThat(message).hasSize(fields.get("length").integer());
        GroupHeader groups = value(GroupHeader.decode(ByteBuffer.wrap(message), true));
        assertThat(groups.names())
                .isEqualTo(fields.get("groups").items().stream().map(Json::text).toList());
        assertThat(message).startsWith(GroupHeader.prefix(groups.names().get(0)));
        ByteBuffer payload = ByteBuffer.wrap(message).position(groups.payloadOffset());
        if (groups.names().equals(List.of(GroupHeader.SYNC))) checkSync(payload, fields);
        else checkService(payload, fields);
    }

    private void checkSync(ByteBuffer payload, Json fields) {
        RingId ring = new RingId(
                fields.get("ring_id").get("rep").integer(),
                fields.get("ring_id").get("seq").number());
        SyncMessage expected = fields.get("msg").text().equals("sync_barrier")
                ? new Barrier(ring)
                : new ServiceBuild(
                        ring,
                        fields.get("service_list").items().stream()
                                .map(Json::integer)
                                .toList());
        SyncMessage message = value(SyncMessage.decode(payload, true));
        assertThat(message).isEqualTo(expected);
        compare(message.encode(), octets(payload), UndefinedOctets.ofSync(octets(payload)), fields);
    }

    private void checkService(ByteBuffer payload, Json fields) {
        ServiceHeader header = value(ServiceHeader.decode(payload, true));
        Json recorded = fields.get("hdr");
        assertThat(ServiceHeader.id(header.service(), header.function()))
                .isEqualTo(recorded.get("id").integer());
        assertThat(header.function()).isEqualTo(fields.get("fn").integer());
        assertThat(header.size()).isEqualTo(recorded.get("size").integer());
        switch (header.service()) {
            case ServiceHeader.CMAP -> {
                ConfigVersionMessage message = value(ConfigVersionMessage.decode(payload, true));
                Json item = fields.get("items").at(0);
                assertThat(message)
                        .isEqualTo(new ConfigVersionMessage(
                                fields.get("reason").integer(),
                                item.get("value_type").integer() == 8
                                        ? OptionalLong.of(item.get("value").number())
                                        : OptionalLong.empty()));
                made(message.encode(), payload, fields);
            }
            case ServiceHeader.CFG -> {
                CfgMessage message = value(CfgMessage.decode(payload, true));
                assertThat(message).isEqualTo(expectedCfg(fields));
                made(message.encode(), payload, fields);
            }
            case ServiceHeader.CPG ->
                made(value(CpgMessage.decode(payload, true)).encode(), payload, fields);
            default -> {
                assertThat(header.service()).isEqualTo(ServiceHeader.VOTEQUORUM);
                count(fields.get("msg").text(), false);
            }
        }
    }

    private static CfgMessage expectedCfg(Json fields) {
        return switch (fields.get("msg").text()) {
            case "cfg_killnode" ->
                new CfgMessage.KillNode(
                        fields.get("nodeid").integer(),
                        fields.get("reason").text().replace("\0", ""));
            case "cfg_shutdown" -> new CfgMessage.Shutdown();
            case "cfg_reload_config" ->
                new CfgMessage.Reload(
                        fields.get("source_nodeid").integer(),
                        fields.get("source_conn").number());
            case "cfg_crypto_reconfig" ->
                new CfgMessage.CryptoPhase(fields.get("phase").integer());
            default -> throw new AssertionError(fields.get("msg").text());
        };
    }

    private void made(byte[] made, ByteBuffer payload, Json fields) {
        byte[] recorded = octets(payload);
        compare(made, recorded, UndefinedOctets.ofService(recorded), fields);
    }

    private void compare(byte[] made, byte[] recorded, BitSet undefined, Json fields) {
        byte[] cleared = UndefinedOctets.cleared(recorded, undefined);
        assertThat(made).as(fields.toString()).isEqualTo(cleared);
        count(fields.get("msg").text(), !Arrays.equals(cleared, recorded));
    }

    private void count(String kind, boolean residue) {
        counts.merge(kind, 1, Integer::sum);
        if (residue) counts.merge(kind + " with residue", 1, Integer::sum);
    }

    private static PackedFrame frame(Frame frame) {
        Mcast mcast = RecordedFrames.mcast(frame);
        assertThat(mcast.body().order()).isEqualTo(LITTLE_ENDIAN);
        return value(PackedFrame.decode(mcast.body(), mcast.littleEndian()));
    }

    private static byte[] body(Frame frame) {
        return octets(RecordedFrames.mcast(frame).body());
    }

    private static byte[] octets(ByteBuffer buffer) {
        byte[] octets = new byte[buffer.remaining()];
        buffer.get(buffer.position(), octets);
        return octets;
    }

    private static <T> T value(Parsed<T> parsed) {
        if (parsed instanceof Parsed.Ok<T> ok) return ok.value();
        throw new AssertionError(parsed.toString());
    }

    @Test
    void reassembledMessagesAreThoseThatWereRecorded() {
        List<String> completed = new ArrayList<>();
        for (String capture : List.of("fewer", "fragments")) {
            Map<Integer, ByteBuffer> unfinished = new TreeMap<>();
            for (Json frame :
                    Json.resource("totem/" + capture + ".json").get("frames").items()) {
                if (!frame.has("completes")) continue;
                PackedFrame packed = frame(new Frame(capture, frame.get("hex").hex(), frame.get("decoded")));
                int sender = frame.get("sender").integer();
                ByteBuffer whole = unfinished.getOrDefault(sender, ByteBuffer.allocate(10_000));
                whole.put(packed.parts().get(0).duplicate());
                unfinished.put(sender, whole);
                if (packed.fragmented() != 0) {
                    assertThat(packed.fragmented()).isEqualTo(packed.continuation() + 1);
                    continue;
                }
                byte[] message = octets(whole.flip());
                unfinished.remove(sender);
                Json fields = frame.get("completes").at(0);
                check(message, fields);
                completed.add(fields.get("msg").text());
            }
        }
        assertThat(completed).containsExactly("cpg_downlist", "cpg_downlist", "cpg_mcast");
    }
}
