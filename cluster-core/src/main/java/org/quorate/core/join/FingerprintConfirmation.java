package org.quorate.core.join;

/** Says whether a member that nobody has told the fingerprint of is the right one. */
@FunctionalInterface
public interface FingerprintConfirmation {
    /** Never. */
    FingerprintConfirmation REFUSED = fingerprint -> false;

    /**
     * Called without any connection being open, so a person may take its time.
     *
     * @param fingerprint SHA-256 of the certificate that the member shows: 32 pairs of upper-case hexadecimal digits with colons between
     * @return whether it is that of the member
     */
    boolean isRight(String fingerprint);
}
