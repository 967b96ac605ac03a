package org.quorate.knet.compress;

import java.nio.ByteBuffer;
import org.quorate.knet.wire.DropReason;

/** What {@link Decompressor#decompress} makes of a message. */
public sealed interface Decompressed {
    /** The message. Without compression it is the buffer that was given; else it is valid until the next call. */
    record Message(ByteBuffer bytes) implements Decompressed {}

    /**
     * No message: {@link DropReason#BAD_COMPRESSION}, {@link DropReason#COMPRESSION_UNAVAILABLE}, {@link DropReason#TOO_LARGE} or {@link
     * DropReason#EMPTY_PAYLOAD}.
     *
     * @param why what was wrong, for the log; for {@link DropReason#COMPRESSION_UNAVAILABLE} the model and the library that it needs
     */
    record Refused(DropReason reason, String why) implements Decompressed {}
}
