package org.quorate.core.change;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the nodes say to each other about changes, each in its own order and all in one. */
public sealed interface ChangeMessage {
    /**
     * Everybody's after each change of the membership.
     *
     * @param ring sequence of the ring
     * @param company digest of the members that the sender sees; a member that sees others does not look at it
     * @param standing what the sender has
     * @param lock what the sender has promised, if anything
     * @param problem why the sender cannot take part, one sentence; empty if it can
     * @param tries whether the sender can try links before a change
     */
    record Hello(long ring, String company, Standing standing, Optional<LockNote> lock, String problem, boolean tries)
            implements ChangeMessage {}

    /**
     * A change that a node has promised to make.
     *
     * @param ring in which it was promised
     * @param id of the proposal
     * @param base what it changes
     */
    record LockNote(long ring, ProposalId id, String base) {}

    /**
     * What is in force, for those who have something else.
     *
     * @param ring sequence of the ring
     * @param text the corosync.conf
     * @param roster the roster
     * @param keyId of the key
     * @param keys the key by node, sealed for its certificate, in Base64, for those who have another one
     */
    record Share(long ring, String text, String roster, String keyId, SortedMap<Integer, String> keys)
            implements ChangeMessage {
        /** Takes a copy. */
        public Share {
            keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
        }
    }

    /** A change that somebody wants; with a trial if its links are to be tried first. */
    record Propose(Proposal proposal, Optional<LinkTrial> trial) implements ChangeMessage {}

    /** The sender can make the change; what it has found on the links that are to be tried. */
    record Accept(ProposalId id, List<TriedLink> tried) implements ChangeMessage {
        /** Takes a copy. */
        public Accept {
            tried = List.copyOf(tried);
        }
    }

    /** The sender cannot; everything that stands against it, and what it has found on the links that are to be tried. */
    record Refuse(ProposalId id, List<Objection> objections, List<TriedLink> tried) implements ChangeMessage {
        /** Takes copies. */
        public Refuse {
            objections = List.copyOf(objections);
            tried = List.copyOf(tried);
        }
    }

    /** The proposer gives up; nothing has changed. */
    record Abort(ProposalId id) implements ChangeMessage {}

    /** All can make the change: promise it. */
    record Commit(long ring, Proposal proposal) implements ChangeMessage {}

    /** The sender has the promise on its disk. */
    record Locked(ProposalId id) implements ChangeMessage {}

    /** The sender could not write the promise. */
    record LockFailed(ProposalId id, String problem) implements ChangeMessage {}

    /** The sender has changed its files, or could not, which {@code problem} says then. */
    record Done(ProposalId id, String problem) implements ChangeMessage {}

    /** The nodes were told to read their files; empty for a reload that ended nothing in particular. */
    record Reloaded(Optional<ProposalId> id, String problem) implements ChangeMessage {}

    /** Whether the link is up at the sender; {@code problem} is empty if it is. */
    record Checked(ProposalId id, String problem) implements ChangeMessage {}
}
