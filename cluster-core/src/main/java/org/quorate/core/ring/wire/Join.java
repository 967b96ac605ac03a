package org.quorate.core.ring.wire;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Whom the sender wants in the next ring, and whom it has given up. Also the leave message. Type 3, to all, 33 + 4 (p + f) octets.
 *
 * <table>
 * <caption>Behind the common header</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>13</td><td>4</td><td>system from</td></tr>
 * <tr><td>17</td><td>4</td><td>p, 0 to 384</td></tr>
 * <tr><td>21</td><td>4</td><td>f, 0 to 384</td></tr>
 * <tr><td>25</td><td>8</td><td>sequence of the sender's current ring id, unsigned</td></tr>
 * <tr><td>33</td><td>4 p</td><td>candidates</td></tr>
 * <tr><td>33 + 4 p</td><td>4 f</td><td>candidates given up</td></tr>
 * </table>
 *
 * <p>A leave has node id 0 in the common header; the leaver, still in system from, is not among the candidates and is the last of those given up.
 *
 * @param nodeId the same as {@code systemFrom}, 0 in a leave
 * @param target 0
 * @param systemFrom who sent it, unsigned, never 0
 * @param procs candidates; the order means nothing; no 0
 * @param failed candidates given up; no 0
 * @param ringSeq sequence of the sender's ring, unsigned
 */
public record Join(int nodeId, int target, int systemFrom, List<Integer> procs, List<Integer> failed, long ringSeq)
        implements RingMessage {
    private static final int SYSTEM_FROM_AT = 13;
    private static final int PROC_COUNT_AT = 17;
    private static final int FAILED_COUNT_AT = 21;
    private static final int RING_SEQ_AT = 25;
    private static final int LISTS_AT = 33;

    /** Refuses lists of more than {@link RingMessages#MAX_NODES}. */
    public Join {
        procs = List.copyOf(procs);
        failed = List.copyOf(failed);
        RingMessages.requireAtMost(RingMessages.MAX_NODES, procs, "candidates");
        RingMessages.requireAtMost(RingMessages.MAX_NODES, failed, "candidates given up");
    }

    /** Whether the sender says goodbye. */
    public boolean isLeave() {
        return nodeId == 0;
    }

    @Override
    public byte[] encode() {
        byte[] packet = new byte[LISTS_AT + 4 * (procs.size() + failed.size())];
        ByteBuffer out = RingMessages.start(packet, RingMessages.TYPE_JOIN, 0, nodeId, target);
        out.putInt(systemFrom).putInt(procs.size()).putInt(failed.size()).putLong(ringSeq);
        RingMessages.putNodeIds(out, procs);
        RingMessages.putNodeIds(out, failed);
        return packet;
    }

    static Decoded decode(ByteBuffer in) {
        if (in.limit() < LISTS_AT) return new Decoded.Malformed(RingDropReason.SHORT);
        int procCount = in.getInt(PROC_COUNT_AT);
        int failedCount = in.getInt(FAILED_COUNT_AT);
        if (RingMessages.exceeds(procCount, RingMessages.MAX_NODES)
                || RingMessages.exceeds(failedCount, RingMessages.MAX_NODES)) {
            return new Decoded.Malformed(RingDropReason.COUNT);
        }
        if (in.limit() < LISTS_AT + 4 * (procCount + failedCount)) {
            return new Decoded.Malformed(RingDropReason.TRUNCATED);
        }
        int systemFrom = in.getInt(SYSTEM_FROM_AT);
        List<Integer> procs = RingMessages.nodeIds(in, LISTS_AT, procCount);
        List<Integer> failed = RingMessages.nodeIds(in, LISTS_AT + 4 * procCount, failedCount);
        if (systemFrom == 0 || procs.contains(0) || failed.contains(0)) {
            return new Decoded.Malformed(RingDropReason.NODE_ID);
        }
        return new Decoded.Ok(new Join(
                in.getInt(RingMessages.NODE_ID_AT),
                in.getInt(RingMessages.TARGET_AT),
                systemFrom,
                procs,
                failed,
                in.getLong(RING_SEQ_AT)));
    }
}
