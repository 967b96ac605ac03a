package org.quorate.knet.link;

/** How sealing changes lengths; a property of cipher and hash alone. */
public interface FrameSizes {
    /** Length of the UDP payload that carries a plain frame of {@code plainBytes}. */
    int sealedBytes(int plainBytes);

    /** User bytes that a UDP payload of {@code udpBytes} can carry, with 26 bytes set aside for the largest header. */
    int maxDataBytes(int udpBytes);
}
