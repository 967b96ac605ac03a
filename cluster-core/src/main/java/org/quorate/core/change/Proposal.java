package org.quorate.core.change;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A change as it is proposed to all.
 *
 * @param id names it
 * @param what a phrase: "adding link 2"
 * @param base {@link Standing#digest} of what it changes
 * @param version of the new configuration; that of the old one if corosync.conf stays as it is
 * @param text the new corosync.conf
 * @param roster the new {@link Roster#text}
 * @param keyId {@link Digests#ofKey} of the new key; empty if the key stays
 * @param sealedKey the new key, sealed for the certificates of all nodes that may have it, in Base64; empty if the key stays
 * @param traits what is particular about it
 */
public record Proposal(
        ProposalId id,
        String what,
        String base,
        long version,
        String text,
        String roster,
        String keyId,
        String sealedKey,
        Traits traits) {

    /**
     * What is particular about a proposal.
     *
     * @param removed id of the node that it removes; 0 for none
     * @param watchedLink link that has to come up on all nodes afterwards; -1 for none
     * @param reload whether corosync.conf or the key change, so that the nodes have to read them
     * @param guest whether it decides about a node that was added and has not come yet, for which the majority of the others is enough
     * @param prepared nodes that do not take part, whose files were changed by hand
     */
    public record Traits(int removed, int watchedLink, boolean reload, boolean guest, SortedSet<Integer> prepared) {
        /** Nothing particular. */
        public static final Traits NONE = new Traits(0, -1, true, false, new TreeSet<>());

        /** Takes a copy. */
        public Traits {
            prepared = Collections.unmodifiableSortedSet(new TreeSet<>(prepared));
        }
    }

    /** {@link Standing#digest} of what it makes. */
    public String digest() {
        return Standing.digest(text, roster);
    }

    /** Says nothing of keys, even sealed ones. */
    @Override
    public String toString() {
        return "proposal " + id + " (" + what + ", version " + version + ")";
    }
}
