package org.quorate.core.change;

/**
 * What a node has.
 *
 * @param version of the stored configuration
 * @param revision of its roster
 * @param digest of both
 * @param edited whether corosync.conf is another one than the roster belongs to: somebody has edited it by hand
 * @param keyId {@link Digests#ofKey} of the stored key; empty if there is none
 * @param running version of the configuration that the node works by
 * @param quorateRing sequence of the last ring with quorum in which this node had agreed with all others on what is in force; 0 if never
 */
public record Standing(
        long version, long revision, String digest, boolean edited, String keyId, long running, long quorateRing) {
    /** SHA-256 of a configuration and its roster. */
    public static String digest(String text, String roster) {
        return Digests.of(text + "\0" + roster);
    }

    /** Whether both have the same configuration, roster and key. */
    boolean agreesWith(Standing other) {
        return digest.equals(other.digest) && keyId.equals(other.keyId) && edited == other.edited;
    }

    /** The same as of another ring. */
    Standing seenIn(long ring) {
        return new Standing(version, revision, digest, edited, keyId, running, ring);
    }
}
