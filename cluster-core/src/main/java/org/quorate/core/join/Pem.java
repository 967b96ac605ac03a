package org.quorate.core.join;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys as text. What is wrong is told without any part of a key in it. */
public final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----\\s*");

    private Pem() {}

    static byte[] of(X509Certificate certificate) {
        try {
            return text("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateException impossible) {
            throw new IllegalStateException("a certificate without an encoding", impossible);
        }
    }

    /** As characters: a certificate is no secret. */
    public static String string(X509Certificate certificate) {
        return new String(of(certificate), StandardCharsets.US_ASCII);
    }

    static byte[] of(PrivateKey key) {
        byte[] der = key.getEncoded();
        try {
            return text("PRIVATE KEY", der);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static byte[] text(String what, byte[] der) {
        byte[] begin = ("-----BEGIN " + what + "-----\n").getBytes(StandardCharsets.US_ASCII);
        byte[] lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der);
        byte[] end = ("\n-----END " + what + "-----\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(begin, begin.length + lines.length + end.length);
        System.arraycopy(lines, 0, all, begin.length, lines.length);
        System.arraycopy(end, 0, all, begin.length + lines.length, end.length);
        Arrays.fill(lines, (byte) 0);
        return all;
    }

    static X509Certificate certificate(byte[] text) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(text));
    }

    static PrivateKey key(byte[] text) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(text, StandardCharsets.US_ASCII));
        if (!pem.matches()) throw new InvalidKeySpecException("it is not a private key in PEM");
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
            try {
                return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            } finally {
                Arrays.fill(der, (byte) 0);
            }
        } catch (IllegalArgumentException | InvalidKeySpecException damaged) {
            throw new InvalidKeySpecException("it is not an EC key"); // the cause could tell parts of it
        }
    }
}
