package org.quorate.knet;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.quorate.CryptoConfig;
import org.quorate.knet.crypto.FrameCipher;

/** Keys and configurations for tests. */
public final class Ciphers {
    private Ciphers() {}

    /** Every configuration that is allowed: clear, five hashes alone, three ciphers with five hashes each. */
    public static List<CryptoConfig> configurations() {
        List<CryptoConfig> all = new ArrayList<>();
        for (CryptoConfig.Cipher cipher : CryptoConfig.Cipher.values())
            for (CryptoConfig.Hash hash : CryptoConfig.Hash.values())
                if (cipher == CryptoConfig.Cipher.NONE || hash != CryptoConfig.Hash.NONE)
                    all.add(new CryptoConfig(cipher, hash));
        return all;
    }

    /** A key that is always the same for the same seed. */
    public static byte[] key(int bytes, long seed) {
        byte[] key = new byte[bytes];
        new Random(seed).nextBytes(key);
        return key;
    }

    /** A cipher with a key of 256 bytes, the same for every call. */
    public static FrameCipher of(CryptoConfig config, RandomGenerator ivSource) {
        return FrameCipher.of(config, key(256, 1), ivSource);
    }
}
