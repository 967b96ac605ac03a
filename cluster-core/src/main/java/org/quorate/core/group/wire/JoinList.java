package org.quorate.core.group.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * The sender's own processes and their groups, told after a change of membership. Function 2, 24 + 144 n octets: the header is that of a response,
 * 24 octets long with an error u32 at 16, always 0; then n entries: 0 pid u32; 8 name 136.
 *
 * @param entries at most {@link #MAX_ENTRIES}; a real sender lists them by pid and sends no empty list
 */
public record JoinList(List<Entry> entries) implements CpgMessage {
    /** Most entries: what fits into a message of 1 MiB. */
    public static final int MAX_ENTRIES = (1024 * 1024 - 24) / 144;

    static final int FUNCTION = 2;

    private static final int HEADER_BYTES = 24;
    private static final int ENTRY_BYTES = 144;
    private static final int NAME_AT = 8;

    /**
     * A process in a group.
     *
     * @param pid of the process
     * @param group its name
     */
    public record Entry(int pid, GroupName group) {}

    /** Refuses more than {@link #MAX_ENTRIES}. */
    public JoinList {
        entries = List.copyOf(entries);
        if (entries.size() > MAX_ENTRIES) throw new IllegalArgumentException("entries: " + entries.size());
    }

    @Override
    public byte[] encode() {
        byte[] message = new byte[HEADER_BYTES + ENTRY_BYTES * entries.size()];
        ByteBuffer out = MessageHeader.start(message, ServiceHeader.id(ServiceHeader.CPG, FUNCTION));
        MessageHeader.putSlot(out, 0);
        for (Entry entry : entries) {
            MessageHeader.putSlot(out, entry.pid());
            entry.group().encode(out);
        }
        return message;
    }

    static Parsed<CpgMessage> decode(ByteBuffer in, int size) {
        if (size < HEADER_BYTES) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        int count = (size - HEADER_BYTES) / ENTRY_BYTES;
        if ((size - HEADER_BYTES) % ENTRY_BYTES != 0) return Parsed.malformed(DropReason.CPG_LENGTH);
        if (count > MAX_ENTRIES) return Parsed.malformed(DropReason.CPG_COUNT);
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int at = HEADER_BYTES + ENTRY_BYTES * i;
            Optional<GroupName> name = GroupName.decode(in, at + NAME_AT);
            if (name.isEmpty()) return Parsed.malformed(DropReason.CPG_NAME);
            entries.add(new Entry(in.getInt(at), name.get()));
        }
        return Parsed.ok(new JoinList(entries));
    }
}
