package org.quorate.core.change;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.core.change.ChangeEffect.Step;
import org.quorate.core.change.Floor.Phase;
import org.quorate.core.change.Objection.Kind;
import org.quorate.engine.Effects;

/** Takes one change at a time through its {@link Phase}s, together with the other members. Confined to its engine. */
final class ChangeCourse {
    /** How long a node that was removed may take to go before the others reload without it. */
    static final long GOING_NANOS = 5_000_000_000L;

    private final Membership here;
    private final OwnChanges own;
    private final Settlement settlement;
    private @Nullable Floor floor;
    private long goingDeadline = Long.MAX_VALUE;

    ChangeCourse(Membership here, OwnChanges own, Settlement settlement) {
        this.here = here;
        this.own = own;
        this.settlement = settlement;
    }

    @Nullable
    Floor floor() {
        return floor;
    }

    /** Ends what was under way: before it was decided it is over for everybody, afterwards the promise on disk goes on. */
    void interrupt(Effects<ChangeEffect> out) {
        Floor held = floor;
        endTrial(out);
        floor = null;
        goingDeadline = Long.MAX_VALUE;
        if (held != null && held.phase() == Phase.PROPOSED)
            own.refuse(
                    held.proposal().id(),
                    Kind.MEMBERSHIP_CHANGED,
                    "nodes came or went while the change was agreed on; nothing has changed, try again",
                    out);
    }

    void quorumChanged(Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null) return;
        ProposalId id = held.proposal().id();
        if (held.phase() != Phase.PROPOSED || here.mayDecide(held.proposal())) {
            allPromised(held, out);
        } else if (here.isSelf(held.leader()) && own.isOpen(id)) {
            send(new ChangeMessage.Abort(id), out);
            own.refuse(id, Kind.NOT_QUORATE, "the cluster has lost quorum; nothing has changed", out);
        }
    }

    // Proposed: everybody looks whether it can be made

    void proposed(Member from, ChangeMessage.Propose message, Effects<ChangeEffect> out) {
        Proposal proposal = message.proposal();
        ProposalId id = proposal.id();
        if (!id.proposer().equals(from)) return;
        List<Objection> objections = objections(proposal);
        if (objections.isEmpty()) {
            floor = new Floor(proposal, from, Phase.PROPOSED, message.trial());
            out.add(new ChangeEffect.Validate(proposal));
        } else if (here.isSelf(from)) {
            // the others see the same and do nothing; should one of them see it otherwise, this ends it there
            send(new ChangeMessage.Abort(id), out);
            own.answer(id, objections, out);
        }
    }

    private List<Objection> objections(Proposal proposal) {
        Floor held = floor;
        Standing standing = settlement.agreed();
        if (held != null)
            return List.of(mine(
                    Kind.BUSY,
                    "node " + held.leader().node() + " is " + held.proposal().what()
                            + " just now; try again when it is through"));
        if (standing == null) return List.of(mine(Kind.NOT_READY, settlement.unsettled()));
        List<Objection> objections = new ArrayList<>();
        if (!here.mayDecide(proposal))
            objections.add(mine(Kind.NOT_QUORATE, here.lack() + ", so its configuration cannot be changed"));
        if (!proposal.base().equals(standing.digest()))
            objections.add(mine(
                    Kind.BASE_DIFFERS,
                    "the configuration has changed since the change was asked for; it has version " + standing.version()
                            + " now, look at it and try again"));
        SortedSet<Integer> strangers = here.strangers();
        strangers.removeAll(proposal.traits().prepared());
        strangers.remove(proposal.traits().removed());
        if (!strangers.isEmpty() && proposal.traits().reload())
            objections.add(mine(
                    Kind.NOT_TAKING_PART,
                    "nodes " + strangers.stream().map(String::valueOf).collect(Collectors.joining(", "))
                            + " do not take part in changes (a Corosync daemon, or an agent with a configuration of its own):"
                            + " put the new corosync.conf in place there, and name them as prepared"));
        return objections;
    }

    private Objection mine(Kind kind, String sentence) {
        return new Objection(here.self().node(), kind, sentence);
    }

    void validated(ChangeInput.Validated now, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(now.id(), Phase.PROPOSED)) return;
        SortedSet<Integer> nodes = settlement.thatTry();
        boolean tries = held.trial().isPresent() && nodes.contains(here.self().node());
        if (!tries || !now.objections().isEmpty()) {
            vote(now.id(), now.objections(), List.of(), out);
            return;
        }
        held.tries(true);
        out.add(new ChangeEffect.TryLinks(held.proposal(), held.trial().get(), nodes));
    }

    void tried(ChangeInput.Tried now, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(now.id(), Phase.PROPOSED)) return;
        vote(now.id(), now.objections(), now.tried(), out);
    }

    private static void vote(
            ProposalId id, List<Objection> objections, List<TriedLink> tried, Effects<ChangeEffect> out) {
        send(
                objections.isEmpty()
                        ? new ChangeMessage.Accept(id, tried)
                        : new ChangeMessage.Refuse(id, objections, tried),
                out);
    }

    /** From now on the addresses are free for the links themselves. */
    private void endTrial(Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.isTrying()) return;
        held.tries(false);
        out.add(new ChangeEffect.EndTrial(held.proposal().id()));
    }

    void voted(
            Member from, ProposalId id, List<Objection> objections, List<TriedLink> tried, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.PROPOSED)) return;
        held.answered(from, objections);
        held.outcome().add(from.node(), tried);
        if (!here.isSelf(held.leader()) || !held.hasAnswered(here.members()) || !own.isOpen(id)) return;
        List<Objection> all = new ArrayList<>(held.objections());
        boolean forced = held.trial().isPresent() && held.trial().get().forced();
        List<Objection> unheard = held.outcome().objections();
        if (!forced) all.addAll(unheard);
        if (all.isEmpty()) {
            if (held.trial().isPresent()) warn(id, unheard, out);
            own.committed(id);
            own.progress(id, Step.PROMISING, "all can make it; writing it down", out);
            send(new ChangeMessage.Commit(here.ring(), held.proposal()), out);
        } else {
            send(new ChangeMessage.Abort(id), out);
            own.answer(id, all, out);
        }
    }

    private void warn(ProposalId id, List<Objection> unheard, Effects<ChangeEffect> out) {
        for (Objection each : unheard) own.warn(id, each.sentence(), out);
        SortedSet<Integer> untried = here.strangers();
        here.members().forEach(member -> untried.add(member.node()));
        untried.removeAll(settlement.thatTry());
        String sentence = TrialOutcome.untried(untried);
        if (!sentence.isEmpty()) own.warn(id, sentence, out);
    }

    void aborted(Member from, ProposalId id, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.PROPOSED) || !held.leader().equals(from)) return;
        endTrial(out);
        floor = null;
    }

    // Committed: everybody writes the promise

    void committed(Member from, ChangeMessage.Commit message, Effects<ChangeEffect> out) {
        if (message.ring() != here.ring() || !settlement.isUnderWay()) return;
        Proposal proposal = message.proposal();
        Floor held = floor;
        boolean inTurn = held != null
                && held.is(proposal.id(), Phase.PROPOSED)
                && held.leader().equals(from);
        boolean again = held == null && settlement.isPromised(from, proposal.id());
        if (!inTurn && !again) return;
        endTrial(out);
        floor = new Floor(proposal, from, Phase.COMMITTED, Optional.empty());
        out.add(new ChangeEffect.WriteLock(here.ring(), proposal));
    }

    void lockWritten(ChangeInput.LockWritten now, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(now.id(), Phase.COMMITTED)) return;
        if (now.problem().isEmpty()) settlement.locked(held.proposal());
        send(
                now.problem().isEmpty()
                        ? new ChangeMessage.Locked(now.id())
                        : new ChangeMessage.LockFailed(now.id(), now.problem()),
                out);
    }

    void locked(Member from, ProposalId id, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.COMMITTED)) return;
        held.answered(from, List.of());
        allPromised(held, out);
    }

    private void allPromised(Floor held, Effects<ChangeEffect> out) {
        if (held.phase() != Phase.COMMITTED || !held.hasAnswered(here.members()) || !here.mayDecide(held.proposal()))
            return;
        held.enter(Phase.APPLYING);
        own.progress(held.proposal().id(), Step.APPLYING, "all have it on disk; putting it in place", out);
        out.add(new ChangeEffect.Apply(held.proposal()));
    }

    /** Nobody can have made the change, as one has not promised it; unless that was in an earlier ring. */
    void lockFailed(Member from, ProposalId id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.COMMITTED)) return;
        floor = null;
        if (settlement.agreed() == null) {
            settlement.cannot(
                    "node " + from.node() + " cannot write a change that was promised in an earlier ring: " + problem);
            return;
        }
        settlement.dropLock(out);
        own.answer(id, List.of(new Objection(from.node(), Kind.STORAGE, problem)), out);
    }

    // Applying, reloading, checking: it is made

    void done(long nowNanos, Member from, ProposalId id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.APPLYING)) return;
        held.answered(from, problem.isEmpty() ? List.of() : List.of(new Objection(from.node(), Kind.STORAGE, problem)));
        if (!held.hasAnswered(here.members())) return;
        List<Objection> objections = held.objections();
        int removed = held.proposal().traits().removed();
        if (removed == here.self().node()) {
            own.answer(id, objections, out);
            out.add(new ChangeEffect.Expelled(held.proposal()));
        }
        if (!objections.isEmpty()) {
            floor = null;
            own.answer(id, objections, out);
            settlement.begin(out); // whoever has not got it is given it again
        } else if (!held.proposal().traits().reload()) {
            end(held, List.of(), out);
        } else {
            held.enter(Phase.RELOADING);
            if (removed != 0 && here.has(removed)) goingDeadline = nowNanos + GOING_NANOS;
            else reload(held, out);
        }
    }

    private void reload(Floor held, Effects<ChangeEffect> out) {
        own.progress(
                held.proposal().id(), Step.RELOADING, "all files are changed; telling all nodes to read them", out);
        if (here.isSelf(held.leader()))
            out.add(new ChangeEffect.Reload(Optional.of(held.proposal().id())));
    }

    void reloaded(Member from, ProposalId id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.RELOADING) || !held.leader().equals(from)) return;
        int link = held.proposal().traits().watchedLink();
        if (!problem.isEmpty()) {
            end(held, List.of(new Objection(from.node(), Kind.RELOAD_FAILED, problem)), out);
        } else if (link < 0) {
            end(held, List.of(), out);
        } else {
            held.enter(Phase.CHECKING);
            own.progress(id, Step.WATCHING, "waiting until link " + link + " is up everywhere", out);
            out.add(new ChangeEffect.Watch(id, link));
        }
    }

    void checked(Member from, ProposalId id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.CHECKING)) return;
        held.answered(
                from, problem.isEmpty() ? List.of() : List.of(new Objection(from.node(), Kind.LINK_DOWN, problem)));
        if (held.hasAnswered(here.members())) end(held, held.objections(), out);
    }

    /** The change is made; the next one may come. */
    private void end(Floor held, List<Objection> objections, Effects<ChangeEffect> out) {
        Proposal proposal = held.proposal();
        Standing before = settlement.agreed();
        floor = null;
        if (before == null) {
            own.answer(proposal.id(), objections, out);
            settlement.madeAgain(out);
        } else {
            settlement.made(proposal, before);
            own.answer(proposal.id(), objections, out);
        }
    }

    void tick(long nowNanos, Effects<ChangeEffect> out) {
        if (goingDeadline > nowNanos) return;
        goingDeadline = Long.MAX_VALUE;
        Floor held = floor;
        if (held != null && held.phase() == Phase.RELOADING) reload(held, out);
    }

    long deadlineNanos() {
        return goingDeadline;
    }

    private static void send(ChangeMessage message, Effects<ChangeEffect> out) {
        out.add(new ChangeEffect.Send(message));
    }
}
