package org.quorate;

import java.util.Locale;
import org.quorate.ClusterException.Reason;

/**
 * Cipher and hash of the links. Source: corosync.conf(5) crypto_cipher, crypto_hash.
 *
 * @param cipher AES in CBC mode, or none
 * @param hash the HMAC's hash; must be set if there is a cipher
 */
public record CryptoConfig(Cipher cipher, Hash hash) {
    /** No encryption and no authentication. */
    public static final CryptoConfig NONE = new CryptoConfig(Cipher.NONE, Hash.NONE);

    /** What {@code secauth: on} means: AES-256 and SHA-256. */
    public static final CryptoConfig DEFAULT = new CryptoConfig(Cipher.AES256, Hash.SHA256);

    /** Refuses a cipher without a hash: encrypted but unauthenticated packets are worthless. */
    public CryptoConfig {
        if (cipher != Cipher.NONE && hash == Hash.NONE)
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    "crypto_cipher " + cipher.confName()
                            + " needs a crypto_hash; set one of md5, sha1, sha256, sha384, sha512");
    }

    /** Whether packets are authenticated (a cipher implies it). */
    public boolean isOn() {
        return hash != Hash.NONE;
    }

    /** AES in CBC mode with PKCS#7 padding and a random IV in front. */
    public enum Cipher {
        /** Clear text. */
        NONE(0),
        /** 128-bit key. */
        AES128(16),
        /** 192-bit key. */
        AES192(24),
        /** 256-bit key. */
        AES256(32);

        private final int keyBytes;

        Cipher(int keyBytes) {
            this.keyBytes = keyBytes;
        }

        /** Key length in bytes, 0 for none. */
        public int keyBytes() {
            return keyBytes;
        }

        /** The word in corosync.conf. */
        public String confName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Hash of the HMAC over IV and cipher text. */
    public enum Hash {
        /** No authentication. */
        NONE(0, ""),
        /** 16 bytes. */
        MD5(16, "HmacMD5"),
        /** 20 bytes. */
        SHA1(20, "HmacSHA1"),
        /** 32 bytes. */
        SHA256(32, "HmacSHA256"),
        /** 48 bytes. */
        SHA384(48, "HmacSHA384"),
        /** 64 bytes. */
        SHA512(64, "HmacSHA512");

        private final int digestBytes;
        private final String jcaName;

        Hash(int digestBytes, String jcaName) {
            this.digestBytes = digestBytes;
            this.jcaName = jcaName;
        }

        /** Length of the digest in bytes, 0 for none. */
        public int digestBytes() {
            return digestBytes;
        }

        /** Name of the HMAC in the Java Cryptography Architecture, empty for none. */
        public String jcaName() {
            return jcaName;
        }

        /** The word in corosync.conf. */
        public String confName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
