package org.quorate.core.join;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** How a joiner shows its public key and proves that it has the other half. Nothing else in the request is looked at. Source: RFC 2986. */
final class CertificateRequest {
    private CertificateRequest() {}

    /** DER in Base64. */
    static String of(KeyPair pair) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=joiner"), pair.getPublic())
                                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                                    .getEncoded());
        } catch (IOException | OperatorCreationException impossible) {
            throw new IllegalStateException("a certificate request could not be put together", impossible);
        }
    }

    /** The key, if the request is whole, signed with its other half, and of P-256. */
    static Optional<PublicKey> key(String base64) {
        try {
            PKCS10CertificationRequest request =
                    new PKCS10CertificationRequest(Base64.getDecoder().decode(base64));
            SubjectPublicKeyInfo info = request.getSubjectPublicKeyInfo();
            if (!info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                    || !SECObjectIdentifiers.secp256r1.equals(
                            info.getAlgorithm().getParameters())) return Optional.empty();
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(info.getEncoded()));
            boolean signed = request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key));
            return signed ? Optional.of(key) : Optional.empty();
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | RuntimeException wrong) { // the parser of ASN.1 throws what it likes
            return Optional.empty();
        }
    }

    /** By what a joiner is known from one try to the next: SHA-256 of its public key, in hexadecimal digits. */
    static String joiner(PublicKey key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java runtime has SHA-256", impossible);
        }
    }
}
