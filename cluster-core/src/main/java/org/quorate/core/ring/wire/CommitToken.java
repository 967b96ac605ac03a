package org.quorate.core.ring.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.quorate.RingId;

/**
 * Carries a new ring's member list round it twice: the first time to collect where everybody stands, the second time to tell. Type 4, unicast to the next
 * node, 41 + 28 n octets.
 *
 * <table>
 * <caption>Behind the common header</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>13</td><td>4</td><td>token seq: one more before every send; not used for filtering</td></tr>
 * <tr><td>17</td><td>12</td><td>id of the new ring</td></tr>
 * <tr><td>29</td><td>4</td><td>retrans flag, 0, unused</td></tr>
 * <tr><td>33</td><td>4</td><td>member index: entries filled in, 0 to n</td></tr>
 * <tr><td>37</td><td>4</td><td>n, 1 to 384</td></tr>
 * <tr><td>41</td><td>4 n</td><td>members, node ids ascending</td></tr>
 * <tr><td>41 + 4 n</td><td>24 n</td><td>an entry for each, in the same order, all zero until filled in</td></tr>
 * </table>
 *
 * @param nodeId the node that sent it on, unsigned
 * @param target the next node
 * @param tokenSeq hops so far
 * @param ringId the new ring
 * @param retransFlag 0
 * @param memberIndex entries filled in
 * @param addresses members, strictly ascending, none of them 0
 * @param entries as many as addresses
 */
public record CommitToken(
        int nodeId,
        int target,
        int tokenSeq,
        RingId ringId,
        int retransFlag,
        int memberIndex,
        List<Integer> addresses,
        List<CommitEntry> entries)
        implements RingMessage {
    private static final int TOKEN_SEQ_AT = 13;
    private static final int RING_ID_AT = 17;
    private static final int RETRANS_FLAG_AT = 29;
    private static final int MEMBER_INDEX_AT = 33;
    private static final int MEMBER_COUNT_AT = 37;
    private static final int MEMBERS_AT = 41;

    /** Refuses what {@link RingMessages#decode} would. */
    public CommitToken {
        addresses = List.copyOf(addresses);
        entries = List.copyOf(entries);
        RingMessages.requireAtMost(RingMessages.MAX_NODES, addresses, "members");
        if (addresses.isEmpty()) throw new IllegalArgumentException("a commit token without members");
        if (entries.size() != addresses.size()) {
            throw new IllegalArgumentException(entries.size() + " entries for " + addresses.size() + " members");
        }
        if (RingMessages.exceeds(memberIndex, entries.size())) {
            throw new IllegalArgumentException("member index " + memberIndex + " of " + entries.size());
        }
        if (!areAscending(addresses)) throw new IllegalArgumentException("members not ascending: " + addresses);
    }

    @Override
    public byte[] encode() {
        byte[] packet = new byte[MEMBERS_AT + (4 + CommitEntry.BYTES) * addresses.size()];
        ByteBuffer out = RingMessages.start(packet, RingMessages.TYPE_COMMIT_TOKEN, 0, nodeId, target);
        out.putInt(tokenSeq);
        RingMessages.putRingId(out, ringId);
        out.putInt(retransFlag).putInt(memberIndex).putInt(addresses.size());
        RingMessages.putNodeIds(out, addresses);
        for (CommitEntry entry : entries) entry.encode(out);
        return packet;
    }

    static Decoded decode(ByteBuffer in) {
        if (in.limit() < MEMBERS_AT) return new Decoded.Malformed(RingDropReason.SHORT);
        int count = in.getInt(MEMBER_COUNT_AT);
        if (RingMessages.exceeds(count, RingMessages.MAX_NODES)) return new Decoded.Malformed(RingDropReason.COUNT);
        if (count == 0) return new Decoded.Malformed(RingDropReason.NO_MEMBERS);
        if (in.limit() < MEMBERS_AT + (4 + CommitEntry.BYTES) * count) {
            return new Decoded.Malformed(RingDropReason.TRUNCATED);
        }
        int memberIndex = in.getInt(MEMBER_INDEX_AT);
        if (RingMessages.exceeds(memberIndex, count)) return new Decoded.Malformed(RingDropReason.MEMBER_INDEX);
        List<Integer> addresses = RingMessages.nodeIds(in, MEMBERS_AT, count);
        if (addresses.contains(0)) return new Decoded.Malformed(RingDropReason.NODE_ID);
        if (!areAscending(addresses)) return new Decoded.Malformed(RingDropReason.MEMBER_ORDER);
        List<CommitEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(CommitEntry.decode(in, MEMBERS_AT + 4 * count + CommitEntry.BYTES * i));
        }
        return new Decoded.Ok(new CommitToken(
                in.getInt(RingMessages.NODE_ID_AT),
                in.getInt(RingMessages.TARGET_AT),
                in.getInt(TOKEN_SEQ_AT),
                RingMessages.ringId(in, RING_ID_AT),
                in.getInt(RETRANS_FLAG_AT),
                memberIndex,
                addresses,
                entries));
    }

    /** As unsigned numbers from above 0, without duplicates. */
    private static boolean areAscending(List<Integer> addresses) {
        int previous = 0;
        for (int address : addresses) {
            if (Integer.compareUnsigned(address, previous) <= 0) return false;
            previous = address;
        }
        return true;
    }
}
