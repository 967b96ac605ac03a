package org.quorate.core.change;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** By what configurations, keys and certificates are told apart. */
public final class Digests {
    private static final int KEY_ID_BYTES = 8;

    private Digests() {}

    /** SHA-256 of a text in UTF-8, hexadecimal. */
    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** SHA-256, hexadecimal. */
    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(sha256(bytes));
    }

    /**
     * Tells one secret key from another without saying anything of it: the first octets of a hash of a fixed text and the key. Keys have 128
     * random bytes or more, so nothing can be guessed.
     */
    public static String ofKey(byte[] key) {
        if (key.length == 0) return "";
        byte[] prefix = "quorate key id\0".getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(prefix, prefix.length + key.length);
        try {
            System.arraycopy(key, 0, all, prefix.length, key.length);
            return HexFormat.of().formatHex(sha256(all), 0, KEY_ID_BYTES);
        } finally {
            Arrays.fill(all, (byte) 0);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java runtime has SHA-256", missing);
        }
    }
}
