package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/** A sealed key is for those that it was sealed for, and whole or nothing. */
class KeyEnvelopeTest {
    @TempDir
    private Path temp;

    private final SecureRandom random = new SecureRandom();
    private final byte[] secret = new byte[256];
    private final NodeFolders folders = new NodeFolders();
    private String apple = "";
    private String pear = "";

    @BeforeEach
    void makeNodes() throws IOException {
        random.nextBytes(secret);
        apple = make("apple");
        pear = make("pear");
        make("plum");
    }

    private String make(String name) throws IOException {
        return folders.make(Files.createDirectory(temp.resolve(name)), name, "");
    }

    @Test
    void everybodyItIsForReadsItAndNobodyElseThoughOfTheSameCluster() {
        byte[] envelope = KeyEnvelope.seal(secret, List.of(apple, pear), random);
        assertThat(KeyEnvelope.open(envelope, temp.resolve("apple"))).isEqualTo(secret);
        assertThat(KeyEnvelope.open(envelope, temp.resolve("pear"))).isEqualTo(secret);
        assertUnusable(envelope, "plum");
    }

    /** As they were made before the usage was named. */
    @Test
    void aCertificateThatIsNotMarkedForKeyAgreementIsGoodToo() throws Exception {
        KeyPair pair = CertificateAuthority.newKey(random);
        Instant now = Instant.parse("2026-01-02T10:20:30Z");
        X500Name name = new X500Name("CN=plum");
        X509Certificate old = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.TWO,
                                Date.from(now),
                                Date.from(now.plus(CertificateAuthority.NODE_LIFE)),
                                name,
                                pair.getPublic())
                        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        byte[] envelope = KeyEnvelope.seal(secret, List.of(apple, Pem.string(old)), random);
        assertThat(KeyEnvelope.open(envelope, old, pair.getPrivate())).isEqualTo(secret);
        assertThat(KeyEnvelope.open(envelope, temp.resolve("apple"))).isEqualTo(secret);
    }

    @Test
    void nothingOfTheKeyIsToBeSeen() {
        String envelope = hex(KeyEnvelope.seal(secret, List.of(apple), random));
        for (int at = 0; at + 8 <= secret.length; at++)
            assertThat(envelope).doesNotContain(hex(Arrays.copyOfRange(secret, at, at + 8)));
        assertThat(hex(KeyEnvelope.seal(secret, List.of(apple), random)))
                .as("twice the same key is not the same envelope")
                .isNotEqualTo(envelope);
    }

    @Test
    void anEnvelopeThatWasAlteredOrCutOffIsRefused() {
        byte[] envelope = KeyEnvelope.seal(secret, List.of(apple), random);
        for (int at = envelope.length - 300; at < envelope.length; at += 7) {
            byte[] altered = envelope.clone();
            altered[at] ^= 4;
            assertNotRead(altered);
        }
        for (int length = 0; length < envelope.length; length += 31) assertNotRead(Arrays.copyOf(envelope, length));
    }

    /** Refused, or, where an octet carries no meaning, the key itself: never another one. */
    private void assertNotRead(byte[] envelope) {
        try {
            assertThat(KeyEnvelope.open(envelope, temp.resolve("apple"))).isEqualTo(secret);
        } catch (ClusterException refused) {
            assertThat(refused.reason()).isEqualTo(Reason.KEY_UNUSABLE);
        }
    }

    private void assertUnusable(byte[] envelope, String node) {
        assertThatThrownBy(() -> KeyEnvelope.open(envelope, temp.resolve(node)))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_UNUSABLE));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
