package org.quorate.core.group.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * Which nodes the sender lost, told after every change of membership; receivers only log it. Function 5, 1568 octets: 0 header; 16 members of the sender's
 * previous membership u32; 24 how many of them are gone u32, at most 384; 32 node ids of those, 384 x u32, stale behind the last.
 *
 * @param previousMembers how many nodes the last fully synchronised membership had
 * @param left those of them that are gone
 */
public record Downlist(int previousMembers, List<Integer> left) implements CpgMessage {
    /** Most nodes of the list. */
    public static final int MAX_NODES = 384;

    static final int OLD_FUNCTION = 4;
    static final int FUNCTION = 5;

    private static final int PREVIOUS_AT = 16;
    private static final int COUNT_AT = 24;
    private static final int NODES_AT = 32;
    private static final int BYTES = NODES_AT + 4 * MAX_NODES;

    /** Refuses more than {@link #MAX_NODES}. */
    public Downlist {
        left = List.copyOf(left);
        if (left.size() > MAX_NODES) throw new IllegalArgumentException("left: " + left.size());
    }

    @Override
    public byte[] encode() {
        byte[] message = new byte[BYTES];
        ByteBuffer out = MessageHeader.start(message, ServiceHeader.id(ServiceHeader.CPG, FUNCTION));
        MessageHeader.putSlot(out, previousMembers);
        MessageHeader.putSlot(out, left.size());
        for (int node : left) out.putInt(node);
        return message;
    }

    static Parsed<CpgMessage> decode(ByteBuffer in, int size) {
        if (size < BYTES) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        int count = in.getInt(COUNT_AT);
        if (count < 0 || count > MAX_NODES) return Parsed.malformed(DropReason.CPG_COUNT);
        List<Integer> left = new ArrayList<>(count);
        for (int i = 0; i < count; i++) left.add(in.getInt(NODES_AT + 4 * i));
        return Parsed.ok(new Downlist(in.getInt(PREVIOUS_AT), left));
    }
}
