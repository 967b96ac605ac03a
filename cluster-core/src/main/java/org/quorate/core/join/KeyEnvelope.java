package org.quorate.core.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Collection;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.KeyAgreeRecipientId;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * A secret sealed for the certificates of some nodes: each of them opens it with the key of its certificate, and nobody else, whoever has
 * recorded it and whatever other secrets he has. CMS AuthEnvelopedData: AES-256-GCM, the content's key wrapped for each certificate by a key
 * agreement of an ephemeral P-256 key with the certificate's (ECDH with SHA-256, AES-256 wrap). Thread-safe.
 */
public final class KeyEnvelope {
    /** Used for what it is given here only; it is not registered. */
    private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

    private KeyEnvelope() {}

    /**
     * Seals {@code secret}.
     *
     * @param certificates of those who may open it, in PEM; at least one
     * @throws ClusterException with {@link Reason#KEY_UNUSABLE} if a certificate cannot be read or has no key of the kind that is needed
     */
    public static byte[] seal(byte[] secret, Collection<String> certificates, SecureRandom random) {
        if (certificates.isEmpty()) throw new IllegalArgumentException("a secret is sealed for somebody");
        try {
            KeyPair ephemeral = CertificateAuthority.newKey(random);
            JceKeyAgreeRecipientInfoGenerator recipients = new JceKeyAgreeRecipientInfoGenerator(
                            CMSAlgorithm.ECDH_SHA256KDF,
                            ephemeral.getPrivate(),
                            ephemeral.getPublic(),
                            CMSAlgorithm.AES256_WRAP)
                    .setProvider(BOUNCY_CASTLE)
                    .setSecureRandom(random);
            for (String pem : certificates) recipients.addRecipient(certificate(pem));
            CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
            generator.addRecipientInfoGenerator(recipients);
            OutputAEADEncryptor encryptor =
                    (OutputAEADEncryptor) new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
                            .setProvider(BOUNCY_CASTLE)
                            .setSecureRandom(random)
                            .build();
            return generator
                    .generate(new CMSProcessableByteArray(CMSObjectIdentifiers.data, secret), encryptor)
                    .getEncoded();
        } catch (CMSException | IOException | GeneralSecurityException wrong) {
            throw new ClusterException(
                    Reason.KEY_UNUSABLE,
                    "the key cannot be sealed for a certificate (" + wrong + "); renew it with updatecerts",
                    wrong);
        }
    }

    /**
     * Opens an envelope with the certificate and key in {@code folder}. Blocks. The array is the caller's, to be wiped after use.
     *
     * @throws ClusterException with {@link Reason#KEY_UNUSABLE} if it was not sealed for this node, or was altered
     */
    public static byte[] open(byte[] envelope, Path folder) {
        NodeFolder node = NodeFolder.at(folder);
        return open(envelope, node.certificate(FolderFiles.NODE_CERTIFICATE), node.key(FolderFiles.NODE_KEY));
    }

    static byte[] open(byte[] envelope, X509Certificate own, PrivateKey key) {
        try {
            JcaX509CertificateHolder holder = new JcaX509CertificateHolder(own);
            KeyAgreeRecipientId self = new KeyAgreeRecipientId(holder.getIssuer(), holder.getSerialNumber());
            RecipientInformation mine =
                    new CMSAuthEnvelopedData(envelope).getRecipientInfos().get(self);
            if (mine == null)
                throw new ClusterException(
                        Reason.KEY_UNUSABLE, "the key was not sealed for the certificate of this node");
            return mine.getContent(new JceKeyAgreeEnvelopedRecipient(key).setProvider(BOUNCY_CASTLE));
        } catch (CMSException | GeneralSecurityException | RuntimeException wrong) {
            if (wrong instanceof ClusterException clear) throw clear;
            // the cause could tell something of the content
            throw new ClusterException(Reason.KEY_UNUSABLE, "the sealed key is damaged or not for this node");
        }
    }

    /** The certificate in {@code folder} as PEM. Throws a {@link ClusterException} if there is none, or it is damaged. */
    public static String ownCertificate(Path folder) {
        return Pem.string(NodeFolder.at(folder).certificate(FolderFiles.NODE_CERTIFICATE));
    }

    /** SHA-256 of a certificate in PEM: 32 pairs of upper-case hexadecimal digits with colons between. */
    public static String fingerprint(String pem) {
        try {
            return NodeFolder.fingerprint(certificate(pem));
        } catch (GeneralSecurityException damaged) {
            throw new ClusterException(Reason.KEY_UNUSABLE, "a text is not a certificate", damaged);
        }
    }

    private static X509Certificate certificate(String pem) throws GeneralSecurityException {
        return Pem.certificate(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
