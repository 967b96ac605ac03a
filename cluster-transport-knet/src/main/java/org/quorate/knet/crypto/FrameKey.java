package org.quorate.knet.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;

/** A key whose only copy that we keep can be wiped; the JDK's {@code SecretKeySpec} can not. */
final class FrameKey implements SecretKey {
    private static final long serialVersionUID = 1;

    private final String algorithm;
    private final byte[] bytes;

    /** Copies the first {@code length} bytes of {@code key}. */
    FrameKey(String algorithm, byte[] key, int length) {
        this.algorithm = algorithm;
        this.bytes = Arrays.copyOf(key, length);
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy, as providers wipe what they are given. */
    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public void destroy() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        for (byte b : bytes) if (b != 0) return false;
        return true;
    }
}
