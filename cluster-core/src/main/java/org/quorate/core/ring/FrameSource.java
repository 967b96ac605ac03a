package org.quorate.core.ring;

/**
 * Where the ring gets what it multicasts when it has the token. While a new membership synchronises only sync frames may go out;
 * the others wait.
 */
public interface FrameSource {
    /** Frames that may go out now. */
    int size(boolean syncing);

    /** Takes the next frame that may go out now: the body of an ordinary multicast, 1..65446 bytes. Only if {@link #size} is not 0. */
    byte[] poll(boolean syncing);
}
