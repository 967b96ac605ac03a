package org.quorate.core.join.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * SCRAM-SHA-256 with channel binding: the computations. Source: RFC 5802 section 3, RFC 7677, RFC 5929 section 4. Differs: a password is used as it
 * was typed, without SASLprep.
 */
final class Scram {
    static final int HASH_BYTES = 32;

    private Scram() {}

    /** Slow on purpose: {@code iterations} of PBKDF2. The result is the caller's to wipe. */
    static byte[] salted(char[] password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has PBKDF2WithHmacSHA256", missing);
        } finally {
            spec.clearPassword();
        }
    }

    static byte[] clientKey(byte[] salted) {
        return hmac(salted, "Client Key");
    }

    static byte[] serverKey(byte[] salted) {
        return hmac(salted, "Server Key");
    }

    static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has SHA-256", missing);
        }
    }

    static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", missing);
        }
    }

    /** What both sides sign: their first messages and the last one of the client but for its proof. */
    static String authMessage(
            String user,
            String clientNonce,
            String nonce,
            String salt,
            int iterations,
            String gs2Header,
            byte[] binding) {
        byte[] header = gs2Header.getBytes(StandardCharsets.UTF_8);
        byte[] bound = Arrays.copyOf(header, header.length + binding.length);
        System.arraycopy(binding, 0, bound, header.length, binding.length);
        return "n=" + user + ",r=" + clientNonce
                + ",r=" + nonce + ",s=" + salt + ",i=" + iterations
                + ",c=" + Base64.getEncoder().encodeToString(bound) + ",r=" + nonce;
    }

    /** The header that says that the TLS server's certificate is bound in. */
    static final String BOUND = "p=tls-server-end-point,,";

    static byte[] proof(byte[] clientKey, String authMessage) {
        return xor(clientKey, hmac(hash(clientKey), authMessage));
    }

    /** Whether {@code proof} was made by somebody who knows the client key of {@code storedKey}. */
    static boolean proves(byte[] proof, byte[] storedKey, String authMessage) {
        if (proof.length != HASH_BYTES) return false;
        byte[] clientKey = xor(proof, hmac(storedKey, authMessage));
        try {
            return MessageDigest.isEqual(hash(clientKey), storedKey);
        } finally {
            Arrays.fill(clientKey, (byte) 0);
        }
    }

    private static byte[] xor(byte[] one, byte[] other) {
        byte[] out = new byte[one.length];
        for (int i = 0; i < out.length; i++) out[i] = (byte) (one[i] ^ other[i]);
        return out;
    }
}
