package org.quorate.core.join;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import org.quorate.core.join.wire.JoinRequest;

/** Tells a joiner that comes again from another one. */
public final class JoinerKey {
    private JoinerKey() {}

    /** Whether a certificate, as PEM, is for the public key of {@code request}. */
    public static boolean isIn(String certificate, JoinRequest request) {
        try {
            X509Certificate read = Pem.certificate(certificate.getBytes(StandardCharsets.US_ASCII));
            return CertificateRequest.key(request.certificateRequest())
                    .filter(read.getPublicKey()::equals)
                    .isPresent();
        } catch (GeneralSecurityException damaged) {
            return false;
        }
    }
}
