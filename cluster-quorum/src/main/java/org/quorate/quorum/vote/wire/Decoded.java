package org.quorate.quorum.vote.wire;

/** What came of reading a message. */
public sealed interface Decoded {
    /** A message that keeps its layout. */
    record Ok(VoteMessage message) implements Decoded {}

    /**
     * Not a message of votequorum.
     *
     * @param reason counted by this
     * @param detail with the numbers seen
     */
    record Malformed(DropReason reason, String detail) implements Decoded {}
}
