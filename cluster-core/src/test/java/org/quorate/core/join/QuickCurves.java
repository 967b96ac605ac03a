package org.quorate.core.join;

import java.security.Provider;
import java.security.Security;

/** Bouncy Castle's elliptic curves, which take a fifth of the time of those of Java 17, for tests that make thousands of signatures; all else stays the JDK's. */
final class QuickCurves extends Provider implements AutoCloseable {
    private static final long serialVersionUID = 1L;
    private static final String NAME = "QuickCurves";
    private static final String PACKAGE = "org.bouncycastle.jcajce.provider.asymmetric.ec.";

    private QuickCurves() {
        super(NAME, "1", "EC of Bouncy Castle");
        put("KeyPairGenerator.EC", PACKAGE + "KeyPairGeneratorSpi$EC");
        put("KeyFactory.EC", PACKAGE + "KeyFactorySpi$EC");
        put("AlgorithmParameters.EC", PACKAGE + "AlgorithmParametersSpi");
        put("Signature.SHA256withECDSA", PACKAGE + "SignatureSpi$ecDSA256");
    }

    /** They are used until the result is closed. */
    static QuickCurves use() {
        QuickCurves curves = new QuickCurves();
        Security.insertProviderAt(curves, 1);
        return curves;
    }

    @Override
    public void close() {
        Security.removeProvider(NAME);
    }
}
