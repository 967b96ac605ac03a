package org.quorate.core.change;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a {@link ChangeEngine} is told. */
public sealed interface ChangeInput {
    /**
     * Members of the group came or went.
     *
     * @param members all of them now, ascending
     * @param viewFollows whether a {@link View} comes right after it
     */
    record Members(List<Member> members, boolean viewFollows) implements ChangeInput {
        /** Takes a copy. */
        public Members {
            members = List.copyOf(members);
        }
    }

    /**
     * A new ring.
     *
     * @param ring its sequence
     * @param nodes in it
     * @param quorum whether they may decide
     */
    record View(long ring, SortedSet<Integer> nodes, Quorum quorum) implements ChangeInput {
        /** Takes a copy. */
        public View {
            nodes = new TreeSet<>(nodes);
        }
    }

    /**
     * Whether the nodes of the ring may decide.
     *
     * @param quorate whether they have quorum
     * @param withoutGuest whether they would have it if the node that is listed provisionally were not
     */
    record Quorum(boolean quorate, boolean withoutGuest) implements ChangeInput {}

    /** A message was delivered, one's own too. */
    record Delivered(Member from, ChangeMessage message) implements ChangeInput {}

    /**
     * Answer to {@link ChangeEffect.Inspect}.
     *
     * @param ticket of the question
     * @param standing what is on disk; {@code quorateRing} is not looked at
     * @param lock the promise on disk with the ring in which it was made
     * @param takingPart votes by id of the nodes that are known to take part in changes, guests excepted; empty if none is known
     * @param problem why the disk cannot be read; empty if it can
     */
    record Inspected(
            long ticket, Standing standing, Optional<Lock> lock, SortedMap<Integer, Integer> takingPart, String problem)
            implements ChangeInput {
        /** Takes a copy. */
        public Inspected {
            takingPart = Collections.unmodifiableSortedMap(new TreeMap<>(takingPart));
        }
    }

    /** A promise on disk. */
    record Lock(long ring, Proposal proposal) {}

    /** Answer to {@link ChangeEffect.Validate}. */
    record Validated(ProposalId id, List<Objection> objections) implements ChangeInput {
        /** Takes a copy. */
        public Validated {
            objections = List.copyOf(objections);
        }
    }

    /**
     * Answer to {@link ChangeEffect.TryLinks}.
     *
     * @param objections why this node could not try some of them
     * @param tried what it has found on the others
     */
    record Tried(ProposalId id, List<Objection> objections, List<TriedLink> tried) implements ChangeInput {
        /** Takes copies. */
        public Tried {
            objections = List.copyOf(objections);
            tried = List.copyOf(tried);
        }
    }

    /** Answer to {@link ChangeEffect.WriteLock}. */
    record LockWritten(ProposalId id, String problem) implements ChangeInput {}

    /**
     * Answer to {@link ChangeEffect.Apply}.
     *
     * @param takingPart as in {@link Inspected}, now
     */
    record Applied(ProposalId id, SortedMap<Integer, Integer> takingPart, String problem) implements ChangeInput {
        /** Takes a copy. */
        public Applied {
            takingPart = Collections.unmodifiableSortedMap(new TreeMap<>(takingPart));
        }
    }

    /** Answer to {@link ChangeEffect.Take}. */
    record Taken(String problem) implements ChangeInput {}

    /** Answer to {@link ChangeEffect.Reload}. */
    record ReloadEnded(Optional<ProposalId> id, String problem) implements ChangeInput {}

    /** Answer to {@link ChangeEffect.Watch}. */
    record Watched(ProposalId id, String problem) implements ChangeInput {}

    /** Somebody here wants a change, perhaps with a trial of its links first; the answer comes within {@code limit}. */
    record Ask(Proposal proposal, Optional<LinkTrial> trial, Duration limit) implements ChangeInput {}
}
