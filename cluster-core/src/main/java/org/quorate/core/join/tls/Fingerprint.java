package org.quorate.core.join.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/** SHA-256 of certificates. */
public final class Fingerprint {
    private Fingerprint() {}

    /** 32 pairs of upper-case hexadecimal digits with colons between. */
    public static String of(X509Certificate certificate) {
        return HexFormat.ofDelimiter(":").formatHex(bytes(certificate)).toUpperCase(Locale.ROOT);
    }

    /** The 32 octets. */
    public static byte[] bytes(X509Certificate certificate) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java runtime has SHA-256", impossible);
        }
    }
}
