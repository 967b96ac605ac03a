package org.quorate.core.join.auth;

import java.util.Arrays;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/** What a joiner knows: a member's password or a token. Wiped by {@link #close}; not thread-safe. */
public final class Credential implements AutoCloseable {
    private final String user;
    private final char[] secret;
    private final int leastIterations;
    private final int mostIterations;

    private Credential(String user, char[] secret, int leastIterations, int mostIterations) {
        this.user = user;
        this.secret = secret;
        this.leastIterations = leastIterations;
        this.mostIterations = mostIterations;
    }

    /**
     * A password; a copy is taken, the array stays the caller's, who wipes it.
     *
     * @throws ClusterException with {@link Reason#REFUSED} if it cannot be one
     */
    public static Credential password(char[] password) {
        PasswordFile.check(password);
        return new Credential(
                PasswordFile.USER, password.clone(), PasswordFile.ITERATIONS, PasswordFile.MOST_ITERATIONS);
    }

    /** A token, which stays the caller's. */
    public static Credential token(JoinToken token) {
        return new Credential(
                TokenFile.USER_PREFIX + token.number(), token.secret(), TokenFile.ITERATIONS, TokenFile.ITERATIONS);
    }

    String user() {
        return user;
    }

    /** Whether a member may ask for so much work, and is content with no less than what makes guessing slow. */
    boolean allows(int iterations) {
        return iterations >= leastIterations && iterations <= mostIterations;
    }

    byte[] salted(byte[] salt, int iterations) {
        return Scram.salted(secret, salt, iterations);
    }

    /** Wipes it. */
    @Override
    public void close() {
        Arrays.fill(secret, '\0');
    }

    @Override
    public String toString() {
        return "credential for " + user;
    }
}
