package org.quorate.core.join.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.wire.JoinMessage.Accepted;
import org.quorate.core.join.wire.JoinMessage.Challenge;
import org.quorate.core.join.wire.JoinMessage.Proof;
import org.quorate.core.join.wire.JoinMessage.Start;
import org.quorate.core.json.JsonObject;

/** Proofs are those of the RFC, and are good for one credential, one certificate and one conversation only. */
class ScramTest {
    private static final byte[] CERTIFICATE = new byte[32];
    private final SecureRandom random = new SecureRandom();

    /** The example of RFC 7677 section 3. */
    @Test
    void theNumbersAreThoseOfTheRfc() {
        byte[] salted =
                Scram.salted("pencil".toCharArray(), Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        String client = "rOprNGfwEbeRWgbNEkqO";
        String message = Scram.authMessage(
                "user",
                client,
                client + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
                "W22ZaJ0SNY7soEsUEjb6gQ==",
                4096,
                "n,,",
                new byte[0]);
        byte[] proof = Scram.proof(Scram.clientKey(salted), message);
        assertThat(proof).asBase64Encoded().isEqualTo("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertThat(Scram.hmac(Scram.serverKey(salted), message))
                .asBase64Encoded()
                .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assertThat(Scram.proves(proof, Scram.hash(Scram.clientKey(salted)), message))
                .isTrue();
    }

    @Test
    void bothSidesProveThatTheyKnowTheSame() {
        JoinToken token = JoinToken.create(random);
        Verifier verifier = Verifier.of(token.secret(), TokenFile.ITERATIONS, random);
        try (JoinerProof joiner = new JoinerProof(Credential.token(token), CERTIFICATE, random)) {
            MemberProof member = member(verifier, joiner, CERTIFICATE);
            Proof proof = joiner.answer(member.challenge()).orElseThrow();
            Optional<Accepted> accepted = member.check(proof);
            assertThat(accepted).isPresent();
            assertThat(joiner.isProvedBy(accepted.get())).isTrue();
            assertThat(joiner.isProvedBy(new Accepted("AAAA"))).isFalse();
            assertThat(joiner.isProvedBy(new Accepted("!"))).isFalse();
            byte[] other = Base64.getDecoder().decode(proof.proof());
            for (int bit = 0; bit < 256; bit++) {
                other[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(member.check(
                                new Proof(proof.nonce(), Base64.getEncoder().encodeToString(other))))
                        .isEmpty();
                other[bit / 8] ^= (byte) (1 << bit % 8);
            }
            assertThat(member.check(new Proof(proof.nonce() + "A", proof.proof())))
                    .isEmpty();
            assertThat(member.check(new Proof(proof.nonce(), "?"))).isEmpty();
        }
    }

    @Test
    void aProofForOneCertificateIsNoneForAnother() {
        JoinToken token = JoinToken.create(random);
        Verifier verifier = Verifier.of(token.secret(), TokenFile.ITERATIONS, random);
        try (JoinerProof joiner = new JoinerProof(Credential.token(token), CERTIFICATE, random)) {
            byte[] other = CERTIFICATE.clone();
            other[31] ^= 1;
            MemberProof member = member(verifier, joiner, other);
            assertThat(member.check(joiner.answer(member.challenge()).orElseThrow()))
                    .isEmpty();
        }
    }

    @Test
    void aMemberThatMakesGuessingCheapOrWorkEndlessIsRefused() {
        Credential password = Credential.password("long enough".toCharArray());
        JoinerProof joiner = new JoinerProof(password, CERTIFICATE, random);
        String nonce = joiner.start().nonce() + "more";
        String salt = Base64.getEncoder().encodeToString(new byte[16]);
        for (int iterations : new int[] {1, 4096, 599_999, 5_000_001, Integer.MAX_VALUE})
            assertThat(joiner.answer(new Challenge(nonce, salt, iterations))).isEmpty();
        assertThat(joiner.answer(new Challenge("another", salt, 600_000))).isEmpty();
        assertThat(joiner.answer(new Challenge(joiner.start().nonce(), salt, 600_000)))
                .isEmpty();
        assertThat(joiner.answer(new Challenge(nonce, "AA==", 600_000))).isEmpty();
        assertThat(joiner.answer(new Challenge(nonce, "?".repeat(24), 600_000))).isEmpty();
    }

    @Test
    void aCredentialThatThereIsNotLooksLikeOneThatThereIs(@TempDir Path top) throws Exception {
        PasswordFile password = new PasswordFile(top, HostDisk.of(top), random);
        TokenFile tokens = new TokenFile(top, HostDisk.of(top), Clock.systemUTC(), random);
        Gatekeeper gate = new Gatekeeper(password, tokens, new byte[] {1, 2, 3}, random);
        for (String user : new String[] {"password", "token-0123456789"}) {
            var start = new Start(user, "A".repeat(32));
            assertThat(Gatekeeper.isWellFormed(start)).isTrue();
            Challenge one = gate.challenge(start, CERTIFICATE).challenge();
            Challenge again = gate.challenge(start, CERTIFICATE).challenge();
            assertThat(one.salt()).isEqualTo(again.salt()).hasSize(24);
            assertThat(one.nonce()).isNotEqualTo(again.nonce());
            assertThat(one.iterations()).isEqualTo(user.equals("password") ? 600_000 : 4096);
        }
        for (String wrong : new String[] {"", "root", "token-", "token-0123", "token-ABCDEF0123", "password,r=x"})
            assertThat(Gatekeeper.isWellFormed(new Start(wrong, "A".repeat(32))))
                    .isFalse();
    }

    @Test
    void passwordsHaveEightTo128Characters() {
        for (int length : new int[] {0, 7, 129})
            assertThatThrownBy(() -> Credential.password(new char[length]))
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("8 to 128");
        char[] mine = "my own secret".toCharArray();
        Credential credential = Credential.password(mine);
        credential.close();
        assertThat(mine).containsExactly("my own secret".toCharArray());
        assertThat(credential.salted(new byte[16], 1)).isEqualTo(Scram.salted(new char[mine.length], new byte[16], 1));
        assertThat(credential.toString()).doesNotContain("my own");
    }

    private static MemberProof member(Verifier verifier, JoinerProof joiner, byte[] certificate) {
        return new MemberProof(verifier, joiner.start().user(), joiner.start().nonce(), "more", certificate);
    }

    @Test
    void whatIsKeptIsNotTheSecret() {
        Verifier verifier = Verifier.of("long enough".toCharArray(), 600_000, random);
        String text = new String(verifier.into(new JsonObject()).text(), StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("long enough");
        assertThat(verifier.toString()).isEqualTo("verifier with 600000 iterations");
        assertThat(Arrays.asList(text.split("\""))).contains("storedKey", "serverKey", "salt", "iterations");
    }
}
