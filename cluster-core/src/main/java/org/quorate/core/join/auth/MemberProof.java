package org.quorate.core.join.auth;

import java.util.Base64;
import java.util.Optional;
import org.quorate.core.join.wire.JoinMessage.Accepted;
import org.quorate.core.join.wire.JoinMessage.Challenge;
import org.quorate.core.join.wire.JoinMessage.Proof;

/** The member's side of one proof. Used once, by one thread. */
public final class MemberProof {
    private final Verifier verifier;
    private final Challenge challenge;
    private final String authMessage;

    MemberProof(Verifier verifier, String user, String clientNonce, String ownNonce, byte[] binding) {
        this.verifier = verifier;
        this.challenge = new Challenge(clientNonce + ownNonce, verifier.salt(), verifier.iterations());
        this.authMessage = Scram.authMessage(
                user, clientNonce, challenge.nonce(), challenge.salt(), challenge.iterations(), Scram.BOUND, binding);
    }

    /** What the joiner is to answer. */
    public Challenge challenge() {
        return challenge;
    }

    /** The member's own proof, if the joiner's is right; empty if it is not. */
    public Optional<Accepted> check(Proof proof) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(proof.proof());
        } catch (IllegalArgumentException notBase64) {
            bytes = new byte[0];
        }
        boolean right = verifier.accepts(bytes, authMessage);
        byte[] signature = verifier.signature(authMessage);
        return right && proof.nonce().equals(challenge.nonce())
                ? Optional.of(new Accepted(Base64.getEncoder().encodeToString(signature)))
                : Optional.empty();
    }
}
