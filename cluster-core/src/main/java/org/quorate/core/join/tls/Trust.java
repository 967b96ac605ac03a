package org.quorate.core.join.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which peers are talked to: by the fingerprint of their certificate and nothing else. Names, dates and who has signed it do not count. One for each
 * connection: it remembers what was shown.
 */
final class Trust extends X509ExtendedTrustManager {
    private final Predicate<String> accepted;
    private volatile @Nullable X509Certificate shown;

    Trust(Predicate<String> accepted) {
        this.accepted = accepted;
    }

    /** What the peer has shown, trusted or not. */
    Optional<X509Certificate> shown() {
        return Optional.ofNullable(shown);
    }

    boolean accepts(X509Certificate certificate) {
        return accepted.test(Fingerprint.of(certificate));
    }

    private void check(X509Certificate @Nullable [] chain) throws CertificateException {
        if (chain == null || chain.length == 0) throw new CertificateException("there is no certificate");
        shown = chain[0];
        if (!accepts(chain[0])) throw new CertificateException("the certificate is another one than expected");
    }

    @Override
    public void checkClientTrusted(X509Certificate @Nullable [] chain, @Nullable String type)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate @Nullable [] chain, @Nullable String type, @Nullable Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(
            X509Certificate @Nullable [] chain, @Nullable String type, @Nullable SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate @Nullable [] chain, @Nullable String type)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate @Nullable [] chain, @Nullable String type, @Nullable Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(
            X509Certificate @Nullable [] chain, @Nullable String type, @Nullable SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
