package org.quorate.knet.wire;

import java.nio.ByteBuffer;

/** What a data frame says, be it an object of its own ({@link KnetFrame.DataFrame}) or a look at a buffer ({@link DataView}). */
public sealed interface DataFields permits KnetFrame.DataFrame, DataView {
    /** Host id of the sender. */
    int source();

    /** 0..65535; 0 is never sent but is accepted. */
    int sequence();

    /** 0, or the number of a compression model up to 7. */
    int compress();

    /** Whether the message is to all. */
    boolean broadcast();

    /** 1..254. */
    int fragments();

    /** 0 if there is one fragment, else 1..{@link #fragments}. */
    int fragment();

    /** 0..31. */
    int channel();

    /** From its position to its limit; not empty. */
    ByteBuffer payload();
}
