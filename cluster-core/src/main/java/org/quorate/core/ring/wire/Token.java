package org.quorate.core.ring.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.quorate.RingId;

/**
 * The token that orders a ring: who holds it may multicast. Type 0, unicast to the next node, 57 + 16 n octets, at most 1500.
 *
 * <table>
 * <caption>Behind the common header</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>13</td><td>4</td><td>seq: highest message number used on the ring</td></tr>
 * <tr><td>17</td><td>4</td><td>token seq: one more at each hop</td></tr>
 * <tr><td>21</td><td>4</td><td>aru: all received up to; 0xFFFFFFFF in the first token of a ring</td></tr>
 * <tr><td>25</td><td>4</td><td>aru addr: node that holds aru down, 0 = nobody</td></tr>
 * <tr><td>29</td><td>12</td><td>ring id</td></tr>
 * <tr><td>41</td><td>4</td><td>backlog: sum of the members' queue lengths</td></tr>
 * <tr><td>45</td><td>4</td><td>fcc: messages that all sent in the last rotation</td></tr>
 * <tr><td>49</td><td>4</td><td>retrans flag: 1 while some node has recovery messages to send</td></tr>
 * <tr><td>53</td><td>4</td><td>n, 0 to 30</td></tr>
 * <tr><td>57</td><td>16 n</td><td>retransmit requests</td></tr>
 * </table>
 *
 * @param nodeId the node that sent it on, unsigned, as all numbers here
 * @param target the next node
 * @param seq highest message number used
 * @param tokenSeq grows with each hop
 * @param aru all received up to
 * @param aruAddr who holds it down, 0 = nobody
 * @param ringId the ring it belongs to
 * @param backlog messages that wait at all members
 * @param fcc messages sent in the last rotation
 * @param retransFlag not 0 while recovery goes on
 * @param requests at most {@link #MAX_REQUESTS}
 */
public record Token(
        int nodeId,
        int target,
        int seq,
        int tokenSeq,
        int aru,
        int aruAddr,
        RingId ringId,
        int backlog,
        int fcc,
        int retransFlag,
        List<RetransmitRequest> requests)
        implements RingMessage {
    /** Most entries of the request list. */
    public static final int MAX_REQUESTS = 30;
    /** Longest token that is taken; what is within the counts is far shorter. */
    public static final int MAX_BYTES = 1500;

    private static final int SEQ_AT = 13;
    private static final int TOKEN_SEQ_AT = 17;
    private static final int ARU_AT = 21;
    private static final int ARU_ADDR_AT = 25;
    private static final int RING_ID_AT = 29;
    private static final int BACKLOG_AT = 41;
    private static final int FCC_AT = 45;
    private static final int RETRANS_FLAG_AT = 49;
    private static final int REQUEST_COUNT_AT = 53;
    private static final int REQUESTS_AT = 57;

    /** Refuses more than {@link #MAX_REQUESTS} requests. */
    public Token {
        requests = List.copyOf(requests);
        RingMessages.requireAtMost(MAX_REQUESTS, requests, "retransmit requests");
    }

    @Override
    public byte[] encode() {
        byte[] packet = new byte[REQUESTS_AT + RetransmitRequest.BYTES * requests.size()];
        ByteBuffer out = RingMessages.start(packet, RingMessages.TYPE_TOKEN, 0, nodeId, target);
        out.putInt(seq).putInt(tokenSeq).putInt(aru).putInt(aruAddr);
        RingMessages.putRingId(out, ringId);
        out.putInt(backlog).putInt(fcc).putInt(retransFlag).putInt(requests.size());
        for (RetransmitRequest request : requests) {
            RingMessages.putRingId(out, request.ringId());
            out.putInt(request.seq());
        }
        return packet;
    }

    static Decoded decode(ByteBuffer in) {
        if (in.limit() < REQUESTS_AT) return new Decoded.Malformed(RingDropReason.SHORT);
        if (in.limit() > MAX_BYTES) return new Decoded.Malformed(RingDropReason.TOKEN_LONG);
        int count = in.getInt(REQUEST_COUNT_AT);
        if (RingMessages.exceeds(count, MAX_REQUESTS)) return new Decoded.Malformed(RingDropReason.COUNT);
        if (in.limit() < REQUESTS_AT + RetransmitRequest.BYTES * count) {
            return new Decoded.Malformed(RingDropReason.TRUNCATED);
        }
        List<RetransmitRequest> requests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = REQUESTS_AT + RetransmitRequest.BYTES * i;
            requests.add(
                    new RetransmitRequest(RingMessages.ringId(in, at), in.getInt(at + RingMessages.RING_ID_BYTES)));
        }
        return new Decoded.Ok(new Token(
                in.getInt(RingMessages.NODE_ID_AT),
                in.getInt(RingMessages.TARGET_AT),
                in.getInt(SEQ_AT),
                in.getInt(TOKEN_SEQ_AT),
                in.getInt(ARU_AT),
                in.getInt(ARU_ADDR_AT),
                RingMessages.ringId(in, RING_ID_AT),
                in.getInt(BACKLOG_AT),
                in.getInt(FCC_AT),
                in.getInt(RETRANS_FLAG_AT),
                requests));
    }
}
