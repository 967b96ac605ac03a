package org.quorate.core.join;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * Signs the certificates of a cluster's nodes. Keys are EC P-256; signatures are the JDK's.
 *
 * <p>Rule: the own certificate is good for 3650 days, that of a node for 730, but for two days less than the own one; both begin a day ago,
 * for clocks that are behind. None is made in the last 14 days of the own one. Names of a node, in this order: 127.0.0.1, ::1, localhost, its
 * addresses, its name, its full name if it has one. Source: pvecm.md 12. Differs: EC instead of RSA, all addresses instead of one, random
 * serial numbers; nodes may show their certificate as clients, too, and keys are sealed for it, which is what key agreement is for.
 */
final class CertificateAuthority {
    static final Duration CA_LIFE = Duration.ofDays(3650);
    static final Duration NODE_LIFE = Duration.ofDays(730);
    /** A certificate that ends within this time is renewed; an authority that does signs nothing any more. */
    static final Duration LAST_DAYS = Duration.ofDays(14);

    private static final Duration BEGINS_AGO = Duration.ofDays(1);
    private static final Duration BEFORE_CA_ENDS = Duration.ofDays(2);
    private static final int SERIAL_BITS = 127;

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final SecureRandom random;

    CertificateAuthority(X509Certificate certificate, PrivateKey key, SecureRandom random) {
        this.certificate = certificate;
        this.key = key;
        this.random = random;
    }

    /** A new one for a cluster. */
    static CertificateAuthority create(String clusterName, Instant now, SecureRandom random) {
        KeyPair pair = newKey(random);
        X500Name name = name("Quorate cluster CA", uuid(random).toString(), clusterName);
        X509v3CertificateBuilder builder = builder(name, name, pair.getPublic(), now, now.plus(CA_LIFE), random);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            return new CertificateAuthority(signed(builder, pair.getPrivate()), pair.getPrivate(), random);
        } catch (CertIOException | GeneralSecurityException impossible) {
            throw new IllegalStateException("a certificate could not be put together", impossible);
        }
    }

    /** A new key, for a node or an authority. */
    static KeyPair newKey(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has P-256", missing);
        }
    }

    X509Certificate certificate() {
        return certificate;
    }

    PrivateKey key() {
        return key;
    }

    /**
     * A certificate for a node.
     *
     * @throws ClusterException with {@link Reason#REFUSED} if the authority is about to end
     */
    X509Certificate issue(
            PublicKey nodeKey, String nodeName, List<InetAddress> addresses, List<String> fullNames, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        if (end.isBefore(now.plus(LAST_DAYS)))
            throw new ClusterException(
                    Reason.REFUSED,
                    "the certificate of the cluster's authority ends on " + end
                            + ", so nothing can be signed with it any more; a new authority is needed");
        Instant last = now.plus(NODE_LIFE);
        if (last.isAfter(end.minus(BEFORE_CA_ENDS))) last = end.minus(BEFORE_CA_ENDS);
        try {
            JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
            X500Name issuer =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            X509v3CertificateBuilder builder =
                    builder(issuer, name(clusterName(issuer), "Quorate node", nodeName), nodeKey, now, last, random);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyAgreement));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(nodeKey));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    utils.createAuthorityKeyIdentifier(certificate.getPublicKey()));
            builder.addExtension(Extension.subjectAlternativeName, false, names(nodeName, addresses, fullNames));
            return signed(builder, key);
        } catch (CertIOException | GeneralSecurityException impossible) {
            throw new IllegalStateException("a certificate could not be put together", impossible);
        }
    }

    private static GeneralNames names(String nodeName, List<InetAddress> addresses, List<String> fullNames) {
        List<GeneralName> all = new ArrayList<>(List.of(
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                new GeneralName(GeneralName.iPAddress, "::1"),
                new GeneralName(GeneralName.dNSName, "localhost")));
        for (InetAddress address : addresses) {
            String digits = address.getHostAddress();
            int zone = digits.indexOf('%');
            all.add(new GeneralName(GeneralName.iPAddress, zone < 0 ? digits : digits.substring(0, zone)));
        }
        all.add(new GeneralName(GeneralName.dNSName, nodeName));
        for (String name : fullNames) all.add(new GeneralName(GeneralName.dNSName, name));
        return new GeneralNames(all.toArray(GeneralName[]::new));
    }

    /** The name of the node in a certificate that was made here; empty if there is none. */
    static String nodeName(X509Certificate certificate) {
        return commonName(
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
    }

    private static String clusterName(X500Name authority) {
        return commonName(authority);
    }

    private static String commonName(X500Name name) {
        var found = name.getRDNs(BCStyle.CN);
        return found.length == 0 ? "" : found[0].getFirst().getValue().toString();
    }

    private static X500Name name(String organization, String unit, String common) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, organization)
                .addRDN(BCStyle.OU, unit)
                .addRDN(BCStyle.CN, common)
                .build();
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant last, SecureRandom random) {
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
        return new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(second.minus(BEGINS_AGO)), Date.from(last), subject, key);
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException missing) {
            throw new GeneralSecurityException("no SHA256withECDSA", missing);
        }
    }

    /** By {@code random}, so that all chance comes from one place. */
    private static UUID uuid(SecureRandom random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        bytes[6] = (byte) ((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte) ((bytes[8] & 0x3F) | 0x80);
        BigInteger value = new BigInteger(1, bytes);
        return new UUID(value.shiftRight(64).longValue(), value.longValue());
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "authority " + certificate.getSubjectX500Principal();
    }
}
