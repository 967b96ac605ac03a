package org.quorate.core.join.auth;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.quorate.core.join.wire.JoinMessage.Accepted;
import org.quorate.core.join.wire.JoinMessage.Challenge;
import org.quorate.core.join.wire.JoinMessage.Proof;
import org.quorate.core.join.wire.JoinMessage.Start;

/** The joiner's side of one proof. Used once, by one thread. */
public final class JoinerProof implements AutoCloseable {
    private static final int NONCE_BYTES = 24;

    private final Credential credential;
    private final byte[] binding;
    private final String nonce;
    private byte[] serverKey = {};
    private String authMessage = "";

    /**
     * A proof for the member that showed a certificate.
     *
     * @param binding SHA-256 of that certificate
     */
    public JoinerProof(Credential credential, byte[] binding, SecureRandom random) {
        this(credential, binding, nonce(random));
    }

    JoinerProof(Credential credential, byte[] binding, String nonce) {
        this.credential = credential;
        this.binding = binding.clone();
        this.nonce = nonce;
    }

    static String nonce(SecureRandom random) {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The first message. */
    public Start start() {
        return new Start(credential.user(), nonce);
    }

    /** The proof; empty if the member asks for what no honest one asks for. Slow. */
    public Optional<Proof> answer(Challenge challenge) {
        if (!challenge.nonce().startsWith(nonce)
                || challenge.nonce().length() <= nonce.length()
                || !challenge.nonce().matches("[A-Za-z0-9+/=]+")
                || !challenge.salt().matches("[A-Za-z0-9+/]{20,24}={0,2}")
                || !credential.allows(challenge.iterations())) return Optional.empty();
        byte[] salt;
        try {
            salt = Base64.getDecoder().decode(challenge.salt());
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        byte[] salted = credential.salted(salt, challenge.iterations());
        byte[] clientKey = Scram.clientKey(salted);
        serverKey = Scram.serverKey(salted);
        Arrays.fill(salted, (byte) 0);
        authMessage = Scram.authMessage(
                credential.user(),
                nonce,
                challenge.nonce(),
                challenge.salt(),
                challenge.iterations(),
                Scram.BOUND,
                binding);
        byte[] proof = Scram.proof(clientKey, authMessage);
        Arrays.fill(clientKey, (byte) 0);
        return Optional.of(new Proof(challenge.nonce(), Base64.getEncoder().encodeToString(proof)));
    }

    /** Whether the member knows the credential, too. */
    public boolean isProvedBy(Accepted accepted) {
        try {
            return serverKey.length > 0
                    && MessageDigest.isEqual(
                            Scram.hmac(serverKey, authMessage),
                            Base64.getDecoder().decode(accepted.signature()));
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** Wipes what was made of the credential, which stays the caller's. */
    @Override
    public void close() {
        Arrays.fill(serverKey, (byte) 0);
    }
}
