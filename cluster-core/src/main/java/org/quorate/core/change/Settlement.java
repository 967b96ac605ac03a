package org.quorate.core.change;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.core.change.ChangeInput.Lock;
import org.quorate.core.change.ChangeMessage.LockNote;
import org.quorate.core.change.Round.Verdict;
import org.quorate.engine.Effects;

/**
 * Settles after each change of the membership what is in force, by what all say in a {@link Round}: gives it to those who have something else,
 * lets a change that was promised be made, and tells nodes that work by an older version to reload. Confined to its engine.
 */
final class Settlement {
    /** How long after a disk has failed it is tried again. */
    static final long RETRY_NANOS = 10_000_000_000L;

    private final Membership here;
    private final OwnChanges own;
    private final boolean tries;
    private long quorateRing;
    private long ticket;
    private @Nullable Round round;
    private Optional<Lock> lock = Optional.empty();
    /** What is in force; null until all agree. */
    private @Nullable Standing agreed;

    private String unsettled = "this node is not a member yet";
    /** What is in force but not yet what all nodes work by; null if nobody waits for that. */
    private @Nullable Standing reloading;

    /** Why this node could not write what it should; empty if it could. */
    private String problem = "";

    private long retryDeadline = Long.MAX_VALUE;

    /** With {@code tries} if this node can try links. */
    Settlement(Membership here, OwnChanges own, boolean tries) {
        this.here = here;
        this.own = own;
        this.tries = tries;
    }

    @Nullable
    Standing agreed() {
        return agreed;
    }

    /** The nodes that have said that they can try links. */
    SortedSet<Integer> thatTry() {
        return round == null ? new TreeSet<>() : round.thatTry();
    }

    /** Why nothing is agreed on. */
    String unsettled() {
        return unsettled;
    }

    /** What was agreed on is open again. */
    void interrupt() {
        agreed = null;
        reloading = null;
        round = null;
        unsettled = "the members have changed, and have not agreed yet on what is in force";
    }

    /** Everybody says anew what it has. */
    void begin(Effects<ChangeEffect> out) {
        agreed = null;
        if (!here.isWhole()) return;
        round = new Round(here.ring(), here.members());
        inspect(out);
    }

    private void inspect(Effects<ChangeEffect> out) {
        if (round != null) out.add(new ChangeEffect.Inspect(++ticket));
    }

    void inspected(long nowNanos, ChangeInput.Inspected now, Effects<ChangeEffect> out) {
        Round present = round;
        if (present == null || now.ticket() != ticket) return;
        lock = now.lock();
        if (now.problem().isEmpty()) here.takingPart(now.takingPart());
        Optional<LockNote> note = lock.map(held ->
                new LockNote(held.ring(), held.proposal().id(), held.proposal().base()));
        String trouble = problem.isEmpty() ? now.problem() : problem;
        retryDeadline = trouble.isEmpty() ? Long.MAX_VALUE : nowNanos + RETRY_NANOS;
        Standing standing = now.standing().seenIn(quorateRing);
        out.add(new ChangeEffect.Send(
                new ChangeMessage.Hello(here.ring(), present.company(), standing, note, trouble, tries)));
    }

    /** Whether the hello is of this membership. */
    boolean hears(Member from, ChangeMessage.Hello hello) {
        Round present = round;
        return present != null && present.hears(from, hello);
    }

    /** Does what follows from what was heard. */
    void settle(Effects<ChangeEffect> out) {
        Round present = round;
        if (present == null || agreed != null) return; // who has said it twice says nothing new
        Verdict verdict = present.verdict();
        if (verdict instanceof Verdict.Unsettled why) unsettled = why.sentence();
        else if (!here.mayDecideSomething()) unsettled = here.lack();
        else if (verdict instanceof Verdict.Differ differ) {
            unsettled = "nodes " + differ.nodes() + " are being given the configuration in force";
            if (here.isSelf(differ.leader())) out.add(new ChangeEffect.ShareWith(here.ring(), differ.nodes()));
        } else if (verdict instanceof Verdict.Promised promised) {
            unsettled = "a change that was promised in an earlier ring is being made";
            if (here.isSelf(promised.leader()))
                lock.ifPresent(
                        held -> out.add(new ChangeEffect.Send(new ChangeMessage.Commit(here.ring(), held.proposal()))));
        } else if (verdict instanceof Verdict.Agreed all) agree(all, out);
    }

    private void agree(Verdict.Agreed all, Effects<ChangeEffect> out) {
        if (lock.isPresent()) dropLock(out);
        Standing standing = all.inForce();
        if (reloading != null) return;
        if (all.oldestRunning() >= standing.version()) {
            ready(standing, out);
            return;
        }
        reloading = standing;
        unsettled = "the nodes are being told to work by version " + standing.version();
        if (here.isFirst(here.self())) out.add(new ChangeEffect.Reload(Optional.empty()));
    }

    private void ready(Standing standing, Effects<ChangeEffect> out) {
        agreed = standing;
        reloading = null;
        if (here.mayDecide()) quorateRing = here.ring();
        own.settled(standing, out);
    }

    /** The reload that {@code first} member asked for is over. */
    void reloaded(Member from, String trouble, Effects<ChangeEffect> out) {
        Standing standing = reloading;
        if (standing == null || !here.isFirst(from)) return;
        if (!trouble.isEmpty()) out.add(new ChangeEffect.Say("node " + from.node() + " could not reload: " + trouble));
        ready(standing, out);
    }

    void shared(Member from, ChangeMessage.Share share, Effects<ChangeEffect> out) {
        Round present = round;
        if (present == null || share.ring() != here.ring()) return;
        if (present.verdict() instanceof Verdict.Differ differ
                && differ.leader().equals(from)
                && differ.nodes().contains(here.self().node())) out.add(new ChangeEffect.Take(share));
    }

    void taken(String trouble, Effects<ChangeEffect> out) {
        problem = trouble;
        inspect(out);
    }

    /** Whether {@code from} has to propose the change again that was promised in an earlier ring, and it is that one. */
    boolean isPromised(Member from, ProposalId id) {
        Round present = round;
        return present != null
                && agreed == null
                && present.verdict() instanceof Verdict.Promised promised
                && promised.leader().equals(from)
                && promised.lock().id().equals(id);
    }

    /** Whether everybody has been asked what it has, in this ring. */
    boolean isUnderWay() {
        return round != null;
    }

    /** The promise is on this node's disk. */
    void locked(Proposal proposal) {
        lock = Optional.of(new Lock(here.ring(), proposal));
    }

    void dropLock(Effects<ChangeEffect> out) {
        lock = Optional.empty();
        out.add(new ChangeEffect.DropLock());
    }

    /** Nobody can make a change that was promised in an earlier ring. */
    void cannot(String why) {
        unsettled = why;
    }

    /** This node has put a change in place, or could not. */
    void applied(ChangeInput.Applied now) {
        problem = now.problem();
        if (problem.isEmpty()) here.takingPart(now.takingPart());
    }

    /** A change of what was agreed on is made: that is in force now. */
    void made(Proposal proposal, Standing before) {
        lock = Optional.empty();
        agreed = new Standing(
                proposal.version(),
                before.revision() + 1,
                proposal.digest(),
                false,
                proposal.keyId().isEmpty() ? before.keyId() : proposal.keyId(),
                proposal.version(),
                quorateRing);
    }

    /** A change that was promised in an earlier ring is made, and there may be more to settle. */
    void madeAgain(Effects<ChangeEffect> out) {
        lock = Optional.empty();
        begin(out);
    }

    void tick(long nowNanos, Effects<ChangeEffect> out) {
        if (retryDeadline > nowNanos) return;
        retryDeadline = Long.MAX_VALUE;
        problem = "";
        inspect(out);
    }

    long deadlineNanos() {
        return retryDeadline;
    }
}
