package org.quorate.core.ring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.RingId;
import org.quorate.core.wire.RecordedFrames;
import org.quorate.core.wire.RecordedFrames.Frame;
import org.quorate.testkit.Json;

/** Every recorded frame is understood to the last field and made again to the last octet. */
class RecordedRingTest {
    @Test
    void everyCapturedFrameHasItsRecordedFields() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Frame frame : RecordedFrames.captured()) {
            checkFields(frame, counts);
        }
        assertThat(counts)
                .isEqualTo(Map.of(
                        "mcast", 123,
                        "mcast inner", 3,
                        "memb_commit_token", 74,
                        "memb_join", 54,
                        "memb_join leave", 2,
                        "memb_merge_detect", 28,
                        "orf_token", 168,
                        "orf_token with requests", 2,
                        "token_hold_cancel", 10));
    }

    @Test
    void everyCapturedFrameIsMadeAgainToTheOctet() {
        int same = 0;
        for (Frame frame : RecordedFrames.captured()) {
            assertThat(made(decoded(frame))).as(frame.name()).isEqualTo(frame.octets());
            same++;
        }
        assertThat(same).isEqualTo(461);
    }

    @Test
    void bigEndianFramesHaveTheirFieldsAndBecomeLittleEndian() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Frame frame : RecordedFrames.bigEndian()) {
            checkFields(frame, counts);
            RingMessage message = decoded(frame);
            assertThat(message.encode()).startsWith(0x70, 0xC0).hasSameSizeAs(frame.octets());
            assertThat(RingMessages.decode(message.encode())).isEqualTo(new Decoded.Ok(message));
        }
        assertThat(counts)
                .isEqualTo(Map.of(
                        "memb_commit_token", 1,
                        "memb_join", 1,
                        "memb_join leave", 1,
                        "memb_merge_detect", 1,
                        "orf_token", 3,
                        "orf_token with requests", 1,
                        "token_hold_cancel", 1));
    }

    private static RingMessage decoded(Frame frame) {
        Decoded decoded = RingMessages.decode(frame.octets());
        assertThat(decoded).as(frame.name()).isInstanceOf(Decoded.Ok.class);
        return ((Decoded.Ok) decoded).message();
    }

    /** A multicast would give back its own packet, so it is built from its fields. */
    private static byte[] made(RingMessage message) {
        if (!(message instanceof Mcast mcast)) return message.encode();
        byte[] body = new byte[mcast.bodyBytes()];
        mcast.body().get(body);
        byte[] head = Arrays.copyOf(body, body.length / 2);
        byte[] tail = Arrays.copyOfRange(body, body.length / 2, body.length);
        return Mcast.encode(
                mcast.nodeId(),
                mcast.encapsulated(),
                mcast.seq(),
                mcast.thisSeqno(),
                mcast.ringId(),
                mcast.guarantee(),
                head,
                tail);
    }

    private static void checkFields(Frame frame, Map<String, Integer> counts) {
        RingMessage message = decoded(frame);
        Json fields = frame.fields();
        Json header = fields.get("header");
        assertThat(message.nodeId()).isEqualTo(u32(header, "nodeid"));
        assertThat(message.target()).isEqualTo(u32(header, "target_nodeid"));
        boolean littleEndian = fields.get("order").text().equals("little");
        assertThat(expected(message, fields, littleEndian)).as(frame.name()).isEqualTo(message);
        String name = fields.get("name").text();
        if (message instanceof Join join && join.isLeave()) name += " leave";
        if (message instanceof Token token && !token.requests().isEmpty()) name += " with requests";
        counts.merge(name, 1, Integer::sum);
        if (message instanceof Mcast mcast) checkMcast(mcast, frame, counts);
    }

    private static void checkMcast(Mcast mcast, Frame frame, Map<String, Integer> counts) {
        Json fields = frame.fields();
        assertThat(mcast.encapsulated()).isEqualTo(u32(fields.get("header"), "encapsulated"));
        assertThat(mcast.systemFrom()).isEqualTo(u32(fields, "system_from"));
        assertThat(mcast.seq()).isEqualTo(u32(fields, "seq"));
        assertThat(mcast.thisSeqno()).isEqualTo(u32(fields, "this_seqno"));
        assertThat(mcast.ringId()).isEqualTo(ring(fields));
        assertThat(mcast.guarantee()).isEqualTo(u32(fields, "guarantee"));
        assertThat(mcast.bodyOffset() + mcast.bodyBytes()).isEqualTo(frame.octets().length);
        assertThat(mcast.inner().isPresent()).isEqualTo(fields.has("inner"));
        mcast.inner().ifPresent(inner -> {
            checkMcast(inner, new Frame(frame.name(), inner.packet(), fields.get("inner")), counts);
            counts.merge("mcast inner", 1, Integer::sum);
        });
    }

    private static RingMessage expected(RingMessage message, Json f, boolean littleEndian) {
        int node = message.nodeId();
        int target = message.target();
        return switch (f.get("name").text()) {
            case "orf_token" ->
                new Token(
                        node,
                        target,
                        u32(f, "seq"),
                        u32(f, "token_seq"),
                        u32(f, "aru"),
                        u32(f, "aru_addr"),
                        ring(f),
                        u32(f, "backlog"),
                        u32(f, "fcc"),
                        u32(f, "retrans_flg"),
                        f.get("rtr_list").items().stream()
                                .map(r -> new RetransmitRequest(ring(r), u32(r, "seq")))
                                .toList());
            case "mcast" -> {
                assertThat(message).isInstanceOf(Mcast.class);
                assertThat(((Mcast) message).littleEndian()).isEqualTo(littleEndian);
                yield message;
            }
            case "memb_merge_detect" -> new MergeDetect(node, target, u32(f, "system_from"), ring(f));
            case "memb_join" ->
                new Join(
                        node,
                        target,
                        u32(f, "system_from"),
                        nodes(f, "proc_list"),
                        nodes(f, "failed_list"),
                        f.get("ring_seq").number());
            case "memb_commit_token" ->
                new CommitToken(
                        node,
                        target,
                        u32(f, "token_seq"),
                        ring(f),
                        u32(f, "retrans_flg"),
                        u32(f, "memb_index"),
                        nodes(f, "addr"),
                        f.get("memb_list").items().stream()
                                .map(e -> new CommitEntry(
                                        ring(e), u32(e, "aru"), u32(e, "high_delivered"), u32(e, "received_flg") == 1))
                                .toList());
            case "token_hold_cancel" -> new HoldCancel(node, target, ring(f));
            default -> throw new AssertionError(f.get("name").text());
        };
    }

    private static RingId ring(Json fields) {
        Json ring = fields.get("ring_id");
        return new RingId(u32(ring, "rep"), ring.get("seq").number());
    }

    private static List<Integer> nodes(Json fields, String name) {
        List<Integer> nodes = new ArrayList<>();
        for (Json node : fields.get(name).items()) nodes.add((int) node.number());
        return nodes;
    }

    private static int u32(Json fields, String name) {
        return (int) fields.get(name).number();
    }
}
