package org.quorate.core.join.auth;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * By what a member can check a credential without knowing it. Whoever has it can guess at a password offline and pretend to be the member,
 * but cannot join with it. Source: RFC 5802 section 3 (StoredKey, ServerKey).
 */
final class Verifier {
    static final int SALT_BYTES = 16;

    private final byte[] salt;
    private final int iterations;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private Verifier(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
        this.salt = salt;
        this.iterations = iterations;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /** One with a salt of its own. Slow. */
    static Verifier of(char[] password, int iterations, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] salted = Scram.salted(password, salt, iterations);
        byte[] clientKey = Scram.clientKey(salted);
        try {
            return new Verifier(salt, iterations, Scram.hash(clientKey), Scram.serverKey(salted));
        } finally {
            Arrays.fill(salted, (byte) 0);
            Arrays.fill(clientKey, (byte) 0);
        }
    }

    /** One that nobody can satisfy, always the same for {@code user}, so that there being none does not show. */
    static Verifier none(byte[] secret, String user, int iterations) {
        byte[] salt = Arrays.copyOf(Scram.hmac(secret, "salt " + user), SALT_BYTES);
        return new Verifier(
                salt, iterations, Scram.hmac(secret, "stored key " + user), Scram.hmac(secret, "server key " + user));
    }

    String salt() {
        return Base64.getEncoder().encodeToString(salt);
    }

    int iterations() {
        return iterations;
    }

    boolean accepts(byte[] proof, String authMessage) {
        return Scram.proves(proof, storedKey, authMessage);
    }

    byte[] signature(String authMessage) {
        return Scram.hmac(serverKey, authMessage);
    }

    JsonObject into(JsonObject out) {
        Base64.Encoder base64 = Base64.getEncoder();
        return out.with("salt", salt())
                .with("iterations", iterations)
                .with("storedKey", base64.encodeToString(storedKey))
                .with("serverKey", base64.encodeToString(serverKey));
    }

    static Verifier read(JsonObject in) throws Malformed {
        return new Verifier(
                bytes(in, "salt", SALT_BYTES),
                (int) in.number("iterations", 1, Integer.MAX_VALUE),
                bytes(in, "storedKey", Scram.HASH_BYTES),
                bytes(in, "serverKey", Scram.HASH_BYTES));
    }

    private static byte[] bytes(JsonObject in, String name, int length) throws Malformed {
        try {
            byte[] bytes = Base64.getDecoder().decode(in.string(name, 64));
            if (bytes.length == length) return bytes;
        } catch (IllegalArgumentException notBase64) {
            // told below
        }
        throw new Malformed("the field " + name + " is not what it has to be");
    }

    @Override
    public String toString() {
        return "verifier with " + iterations + " iterations";
    }
}
