package org.quorate.knet.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.crypto.FrameCipher.Opened;

/**
 * The cipher in use and, while keys are changed, a second one. Frames are sealed with the one in use and opened with either. A cipher
 * that does nothing opens everything, so it is asked last.
 *
 * <p>A change takes three steps, each agreed among the nodes before the next: load the new cipher everywhere, use it, unload the old one.
 */
final class CipherSlots implements FrameSizes, AutoCloseable {
    private FrameCipher inUse;
    private @Nullable FrameCipher other;
    private boolean swapped;
    private boolean openedWithLoaded;
    private boolean seen;

    CipherSlots(FrameCipher inUse) {
        this.inUse = inUse;
    }

    /** Accepts frames of {@code cipher} too. */
    void load(FrameCipher cipher) {
        if (other != null)
            throw new IllegalStateException("a second key is loaded already; drop one before another is loaded");
        other = cipher;
        swapped = false;
        seen = false;
    }

    /** Seals with the cipher that was loaded from now on, and still opens frames of the present one. */
    void swap() {
        FrameCipher next = other;
        if (next == null) throw new IllegalStateException("no second key is loaded; load one before it is used");
        if (swapped) throw new IllegalStateException("the key that was loaded is in use already");
        other = inUse;
        inUse = next;
        swapped = true;
    }

    /** Forgets the cipher that is not in use and wipes its keys. */
    void unload() {
        if (other == null)
            throw new IllegalStateException("there is only one key, which is in use; none can be dropped");
        other.close();
        other = null;
    }

    void seal(ByteBuffer plain, ByteBuffer out) {
        inUse.seal(plain, out);
    }

    Opened open(ByteBuffer datagram, ByteBuffer out) {
        openedWithLoaded = false;
        FrameCipher second = other;
        if (second == null) return inUse.open(datagram, out);
        boolean inUseFirst = inUse.config().isOn();
        FrameCipher opener = inUseFirst ? inUse : second;
        Opened opened = opener.open(datagram, out);
        if (opened != Opened.OK) {
            opener = inUseFirst ? second : inUse;
            if (opener.open(datagram, out) != Opened.OK) return opened;
        }
        openedWithLoaded = !swapped && opener == second;
        return Opened.OK;
    }

    /** Whether the datagram opened last is the first one, of those that were believed, under the loaded cipher while that is not in use. */
    boolean isLoadedSeenFirst() {
        if (!openedWithLoaded || seen) return false;
        seen = true;
        return true;
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
        if (other != null) other.close();
        other = null;
        inUse.close();
    }
}
