package org.quorate.core.join.auth;

import java.security.SecureRandom;
import java.util.Optional;
import org.quorate.core.join.wire.JoinMessage.Start;

/** Begins the member's side of proofs, whether there is such a credential or not. Thread-safe. */
public final class Gatekeeper {
    private final PasswordFile password;
    private final TokenFile tokens;
    private final byte[] secret;
    private final SecureRandom random;

    /**
     * One for a member.
     *
     * @param secret of the member, from which the salts of credentials are made that there are not
     */
    public Gatekeeper(PasswordFile password, TokenFile tokens, byte[] secret, SecureRandom random) {
        this.password = password;
        this.tokens = tokens;
        this.secret = secret.clone();
        this.random = random;
    }

    /** The number of the token that is meant; empty if it is not a token. */
    public static Optional<String> token(Start start) {
        return start.user().startsWith(TokenFile.USER_PREFIX)
                ? Optional.of(start.user().substring(TokenFile.USER_PREFIX.length()))
                : Optional.empty();
    }

    /** Whether {@code start} is one that an honest joiner could send. */
    public static boolean isWellFormed(Start start) {
        return start.user().matches(PasswordFile.USER + "|" + TokenFile.USER_PREFIX + "[0-9a-f]{10}")
                && start.nonce().matches("[A-Za-z0-9+/=]{24,64}");
    }

    /**
     * The proof that is to follow on {@code start}.
     *
     * @param binding SHA-256 of the member's certificate
     */
    public MemberProof challenge(Start start, byte[] binding) {
        Optional<String> token = token(start);
        Verifier verifier = token.isPresent()
                ? tokens.verifier(token.get())
                        .orElseGet(() -> Verifier.none(secret, start.user(), TokenFile.ITERATIONS))
                : password.verifier().orElseGet(() -> Verifier.none(secret, start.user(), PasswordFile.ITERATIONS));
        return new MemberProof(verifier, start.user(), start.nonce(), JoinerProof.nonce(random), binding);
    }
}
