package org.quorate.knet.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import org.quorate.CryptoConfig;

/** The HMAC behind a datagram. */
final class Authentication {
    private final FrameKey key;
    private final Mac mac;
    private final byte[] computed;
    private final byte[] received;

    Authentication(CryptoConfig.Hash hash, byte[] key) throws GeneralSecurityException {
        this.key = new FrameKey(hash.jcaName(), key, key.length);
        this.mac = Mac.getInstance(hash.jcaName());
        this.mac.init(this.key);
        this.computed = new byte[hash.digestBytes()];
        this.received = new byte[hash.digestBytes()];
    }

    /** Writes the HMAC of {@code length} bytes behind them. */
    void append(Region data, int length) throws GeneralSecurityException {
        mac.update(data.array(), data.offset(), length);
        mac.doFinal(data.array(), data.offset() + length);
    }

    /** Whether the bytes behind {@code length} bytes are their HMAC; takes the same time wherever they differ. */
    boolean matches(Region data, int length) throws GeneralSecurityException {
        mac.update(data.array(), data.offset(), length);
        mac.doFinal(computed, 0);
        System.arraycopy(data.array(), data.offset() + length, received, 0, received.length);
        return MessageDigest.isEqual(computed, received);
    }

    /** Overwrites our key, and what the JDK derived from it by giving it another key. */
    void wipe() {
        key.destroy();
        try {
            mac.init(new FrameKey(key.getAlgorithm(), new byte[1], 1));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot wipe the HMAC's key", e);
        }
    }

    /** Whether the key is gone. */
    boolean isWiped() {
        return key.isDestroyed();
    }
}
