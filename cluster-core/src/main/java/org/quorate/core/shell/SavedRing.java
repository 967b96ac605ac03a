package org.quorate.core.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.quorate.NodeId;
import org.quorate.spi.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last ring sequence of an earlier life: 8 bytes, unsigned, little-endian, under the name {@code ringid_<nodeid>}. The same file as
 * Corosync's on a little-endian machine.
 *
 * <p>Source: corosync 3.1.7 totemsrp.c, main_cs_load_ring_id. Losing it is harmless as long as one member remembers a higher one, so a
 * damaged file counts as none.
 */
final class SavedRing {
    private static final int BYTES = 8;
    private static final Logger LOG = LoggerFactory.getLogger(SavedRing.class);

    private SavedRing() {}

    static String name(NodeId self) {
        return "ringid_" + self;
    }

    /** The sequence, or 0 if there is none or it is damaged; the latter is logged. */
    static long read(StateStore store, NodeId self) throws IOException {
        Optional<byte[]> saved = store.read(name(self));
        if (saved.isEmpty()) return 0;
        byte[] bytes = saved.get();
        if (bytes.length != BYTES) {
            LOG.warn(
                    "{} has {} bytes instead of {}; the ring sequence begins at 0 and follows the other nodes",
                    name(self),
                    bytes.length,
                    BYTES);
            return 0;
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
