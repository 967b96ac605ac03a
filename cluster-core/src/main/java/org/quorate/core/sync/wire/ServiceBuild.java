package org.quorate.core.sync.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.quorate.RingId;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * Which services the sender synchronises. 552 octets: 0 header with id 1; 16 ring id 12; 32 number of services i32, 0 to 128; 40 their numbers,
 * 128 x i32, unused ones 0.
 *
 * @param ringId the ring for which it counts
 * @param services at most {@link #MAX_SERVICES}, ascending as everybody sends them, which is not checked
 */
public record ServiceBuild(RingId ringId, List<Integer> services) implements SyncMessage {
    /** Most services of the list. */
    public static final int MAX_SERVICES = 128;

    static final int ID = 1;

    private static final int COUNT_AT = 32;
    private static final int SERVICES_AT = 40;
    private static final int BYTES = 552;

    /** Refuses more than {@link #MAX_SERVICES}. */
    public ServiceBuild {
        services = List.copyOf(services);
        if (services.size() > MAX_SERVICES) throw new IllegalArgumentException("services: " + services.size());
    }

    @Override
    public byte[] encode() {
        byte[] message = new byte[BYTES];
        ByteBuffer out = MessageHeader.start(message, ID)
                .putInt(ringId.representative())
                .putLong(ringId.sequence())
                .putInt(0);
        MessageHeader.putSlot(out, services.size());
        for (int service : services) out.putInt(service);
        return message;
    }

    static Parsed<SyncMessage> decode(ByteBuffer in, int size) {
        if (size < BYTES) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        int count = in.getInt(COUNT_AT);
        if (count < 0 || count > MAX_SERVICES) return Parsed.malformed(DropReason.SYNC_COUNT);
        List<Integer> services = new ArrayList<>(count);
        for (int i = 0; i < count; i++) services.add(in.getInt(SERVICES_AT + 4 * i));
        return Parsed.ok(new ServiceBuild(
                new RingId(in.getInt(Barrier.RING_ID_AT), in.getLong(Barrier.RING_ID_AT + 4)), services));
    }
}
