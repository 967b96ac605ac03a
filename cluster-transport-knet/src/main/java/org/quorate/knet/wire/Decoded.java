package org.quorate.knet.wire;

/** What {@link KnetFrames#decode} makes of some bytes. */
public sealed interface Decoded {
    /** A frame that keeps every rule that can be checked without knowing who sent it. */
    record Ok(KnetFrame frame) implements Decoded {}

    /** Something else; to be counted and forgotten. */
    record Malformed(DropReason reason) implements Decoded {}
}
