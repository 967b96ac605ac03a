package org.quorate.knet.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.crypto.FrameCipher.Opened;

/**
 * The cipher in use and, while keys are changed, a second one. Frames are sealed with the one in use and opened with either.
 *
 * <p>A change takes three steps, each agreed among the nodes before the next: load the new cipher everywhere, use it, unload the old one.
 */
final class CipherSlots implements FrameSizes, AutoCloseable {
    private FrameCipher inUse;
    private @Nullable FrameCipher other;

    CipherSlots(FrameCipher inUse) {
        this.inUse = inUse;
    }

    /** Accepts frames of {@code cipher} too, in place of any other that was loaded before. */
    void load(FrameCipher cipher) {
        unload();
        other = cipher;
    }

    /** Seals with the other cipher from now on, and still opens frames of the present one; without another, does nothing. */
    void swap() {
        if (other == null) return;
        FrameCipher next = other;
        other = inUse;
        inUse = next;
    }

    /** Forgets the cipher that is not in use and wipes its keys. */
    void unload() {
        if (other != null) other.close();
        other = null;
    }

    void seal(ByteBuffer plain, ByteBuffer out) {
        inUse.seal(plain, out);
    }

    Opened open(ByteBuffer datagram, ByteBuffer out) {
        Opened opened = inUse.open(datagram, out);
        return opened != Opened.OK && other != null && other.open(datagram, out) == Opened.OK ? Opened.OK : opened;
    }

    @Override
    public int sealedBytes(int plainBytes) {
        return inUse.sealedBytes(plainBytes);
    }

    @Override
    public int maxDataBytes(int udpBytes) {
        return inUse.maxDataBytes(udpBytes);
    }

    @Override
    public void close() {
        unload();
        inUse.close();
    }
}
