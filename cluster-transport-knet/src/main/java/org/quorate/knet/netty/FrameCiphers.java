package org.quorate.knet.netty;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.crypto.PooledRandom;

/** Makes the ciphers of a session, or says in the user's words why one cannot be made. */
final class FrameCiphers {
    private FrameCiphers() {}

    /** Throws {@link ClusterException} with {@link Reason#KEY_UNUSABLE} for a key of a wrong length and for algorithms that this runtime lacks. */
    static FrameCipher of(CryptoConfig crypto, byte[] key) {
        if (crypto.isOn() && (key.length < FrameCipher.MIN_KEY_BYTES || key.length > FrameCipher.MAX_KEY_BYTES))
            throw new ClusterException(
                    Reason.KEY_UNUSABLE,
                    "the key has " + key.length + " bytes, allowed are " + FrameCipher.MIN_KEY_BYTES + " to "
                            + FrameCipher.MAX_KEY_BYTES + "; make one with corosync-keygen");
        try {
            return FrameCipher.of(crypto, key, new PooledRandom(generator()));
        } catch (IllegalStateException missing) {
            throw new ClusterException(
                    Reason.KEY_UNUSABLE,
                    missing.getMessage() + "; choose another crypto_cipher and crypto_hash, or another Java runtime",
                    missing);
        }
    }

    /** The platform's own generator takes three times as long. */
    private static SecureRandom generator() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            return new SecureRandom();
        }
    }
}
