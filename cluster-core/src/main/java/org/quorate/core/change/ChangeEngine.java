package org.quorate.core.change;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.core.change.ChangeInput.Lock;
import org.quorate.core.change.ChangeMessage.LockNote;
import org.quorate.core.change.Floor.Phase;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.change.Round.Verdict;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/**
 * Agrees with the engines of the other members on each change of the configuration. Confined to its owner; not thread-safe.
 *
 * <p>After each change of the membership a {@link Round} settles what is in force; then one change at a time goes through the {@link
 * Phase}s. What a member promises ({@link ChangeEffect.WriteLock}) is on disk before the others hear of it, and a change is made when all
 * members of a ring with quorum have promised it. So every later ring with quorum has a member that knows of it. The page
 * {@code docs/internals/changes.md} has the rules with an example.
 */
public final class ChangeEngine implements Engine<ChangeInput, ChangeEffect> {
    /** Most changes that this node's users may have under way. */
    static final int MAX_ASKED = 64;
    /** How long a node that was removed may take to go before the others reload without it. */
    static final long GOING_NANOS = 5_000_000_000L;
    /** How long after a disk has failed it is tried again. */
    static final long RETRY_NANOS = 10_000_000_000L;

    private final Member self;
    private final Map<ProposalId, Asked> asked = new LinkedHashMap<>();
    private List<Member> members = List.of();
    private SortedSet<Integer> nodes = new TreeSet<>();
    private ChangeInput.Quorum quorum = new ChangeInput.Quorum(false, false);
    private long ring;
    private long quorateRing;
    private long ticket;
    private @Nullable Round round;
    private @Nullable Floor floor;
    private Optional<Lock> lock = Optional.empty();
    /** What is in force; null until all agree. */
    private @Nullable Standing agreed;

    private String unsettled = "this node is not a member yet";
    /** What is in force but not yet what all nodes work by; null if nobody waits for that. */
    private @Nullable Standing reloading;

    /** Why this node could not write what it should; empty if it could. */
    private String problem = "";

    private long retryDeadline = Long.MAX_VALUE;
    private long goingDeadline = Long.MAX_VALUE;

    /** That of the member {@code self}. */
    public ChangeEngine(Member self) {
        this.self = self;
    }

    /** A change that somebody here wants. */
    private static final class Asked {
        final Proposal proposal;
        final long deadline;
        boolean sent;
        boolean committed;

        Asked(Proposal proposal, long deadline) {
            this.proposal = proposal;
            this.deadline = deadline;
        }
    }

    /** Whether all members agree on what is in force, and a change can be asked for. */
    public boolean isReady() {
        return agreed != null;
    }

    /** Why a change could not be made now; empty if it could. */
    public String unsettled() {
        Floor now = floor;
        if (now != null)
            return "node " + now.leader().node() + " is " + now.proposal().what();
        return agreed == null ? unsettled : "";
    }

    /** What stands against any change now. */
    public Optional<Objection> obstacle() {
        String why = unsettled();
        if (why.isEmpty()) return Optional.empty();
        Kind kind = floor != null
                ? Kind.BUSY
                : quorum.quorate() || quorum.withoutGuest() ? Kind.NOT_READY : Kind.NOT_QUORATE;
        return Optional.of(new Objection(self.node(), kind, why));
    }

    /** Whether the nodes have quorum and have only not settled yet what is in force, which they are about to. */
    public boolean isSettling() {
        return floor == null && agreed == null && (quorum.quorate() || quorum.withoutGuest());
    }

    /** The members of the group. */
    public List<Member> members() {
        return members;
    }

    /** The nodes of the ring that do not take part in changes. */
    public SortedSet<Integer> strangers() {
        TreeSet<Integer> strangers = new TreeSet<>(nodes);
        members.forEach(member -> strangers.remove(member.node()));
        return strangers;
    }

    @Override
    public void step(long nowNanos, ChangeInput input, Effects<ChangeEffect> out) {
        if (input instanceof ChangeInput.Members now) membersChanged(now, out);
        else if (input instanceof ChangeInput.View view) viewed(view, out);
        else if (input instanceof ChangeInput.Quorum now) quorumChanged(now, out);
        else if (input instanceof ChangeInput.Delivered message) delivered(nowNanos, message, out);
        else if (input instanceof ChangeInput.Inspected now) inspected(nowNanos, now, out);
        else if (input instanceof ChangeInput.Validated now) validated(now, out);
        else if (input instanceof ChangeInput.LockWritten now) lockWritten(now, out);
        else if (input instanceof ChangeInput.Applied now) {
            problem = now.problem();
            send(new ChangeMessage.Done(now.id(), now.problem()), out);
        } else if (input instanceof ChangeInput.Taken now) {
            problem = now.problem();
            inspect(out);
        } else if (input instanceof ChangeInput.ReloadEnded now)
            send(new ChangeMessage.Reloaded(now.id(), now.problem()), out);
        else if (input instanceof ChangeInput.Watched now)
            send(new ChangeMessage.Checked(now.id(), now.problem()), out);
        else if (input instanceof ChangeInput.Ask ask) asked(nowNanos, ask, out);
    }

    // Membership: what is in force is settled anew

    private void membersChanged(ChangeInput.Members now, Effects<ChangeEffect> out) {
        members = now.members();
        interrupt(out);
        if (!now.viewFollows()) begin(out);
    }

    private void viewed(ChangeInput.View view, Effects<ChangeEffect> out) {
        ring = view.ring();
        nodes = view.nodes();
        quorum = view.quorum();
        interrupt(out);
        begin(out);
    }

    private void quorumChanged(ChangeInput.Quorum now, Effects<ChangeEffect> out) {
        quorum = now;
        Floor held = floor;
        if (held == null) {
            if (agreed == null) settle(out);
        } else if (held.phase() == Phase.PROPOSED && !mayDecide(held.proposal())) {
            if (held.leader().equals(self)) giveUp(held.proposal().id(), out);
        } else {
            allPromised(held, out);
        }
    }

    /** Ends what was under way: before it was decided it is over for everybody, afterwards the promise on disk goes on. */
    private void interrupt(Effects<ChangeEffect> out) {
        Floor held = floor;
        floor = null;
        agreed = null;
        reloading = null;
        goingDeadline = Long.MAX_VALUE;
        round = null;
        unsettled = "the members have changed, and have not agreed yet on what is in force";
        if (held != null && held.phase() == Phase.PROPOSED)
            answer(
                    held.proposal().id(),
                    List.of(new Objection(
                            0,
                            Kind.MEMBERSHIP_CHANGED,
                            "nodes came or went while the change was agreed on; nothing has changed, try again")),
                    out);
    }

    private void begin(Effects<ChangeEffect> out) {
        if (!members.contains(self) || ring == 0) return;
        round = new Round(ring, members);
        inspect(out);
    }

    private void inspect(Effects<ChangeEffect> out) {
        if (round != null) out.add(new ChangeEffect.Inspect(++ticket));
    }

    private void inspected(long nowNanos, ChangeInput.Inspected now, Effects<ChangeEffect> out) {
        Round present = round;
        if (present == null || now.ticket() != ticket) return;
        lock = now.lock();
        Optional<LockNote> note = lock.map(held ->
                new LockNote(held.ring(), held.proposal().id(), held.proposal().base()));
        String trouble = problem.isEmpty() ? now.problem() : problem;
        retryDeadline = trouble.isEmpty() ? Long.MAX_VALUE : nowNanos + RETRY_NANOS;
        send(new ChangeMessage.Hello(ring, present.company(), now.standing().seenIn(quorateRing), note, trouble), out);
    }

    private void hello(Member from, ChangeMessage.Hello hello, Effects<ChangeEffect> out) {
        Round present = round;
        if (present != null && present.hears(from, hello) && floor == null) settle(out);
    }

    private void settle(Effects<ChangeEffect> out) {
        Round present = round;
        if (present == null) return;
        Verdict verdict = present.verdict();
        if (verdict instanceof Verdict.Unsettled why) unsettled = why.sentence();
        else if (!quorum.quorate() && !quorum.withoutGuest()) unsettled = "the cluster has no quorum";
        else if (verdict instanceof Verdict.Differ differ) {
            unsettled = "nodes " + differ.nodes() + " are being given the configuration in force";
            if (differ.leader().equals(self)) out.add(new ChangeEffect.ShareWith(ring, differ.nodes()));
        } else if (verdict instanceof Verdict.Promised promised) {
            unsettled = "a change that was promised in an earlier ring is being made";
            if (promised.leader().equals(self))
                lock.ifPresent(held -> send(new ChangeMessage.Commit(ring, held.proposal()), out));
        } else if (verdict instanceof Verdict.Agreed all) agree(all, out);
    }

    private void agree(Verdict.Agreed all, Effects<ChangeEffect> out) {
        if (lock.isPresent()) out.add(new ChangeEffect.DropLock());
        lock = Optional.empty();
        Standing standing = all.inForce();
        if (reloading != null) return;
        if (all.oldestRunning() >= standing.version()) {
            ready(standing, out);
            return;
        }
        reloading = standing;
        unsettled = "the nodes are being told to work by version " + standing.version();
        if (members.get(0).equals(self)) out.add(new ChangeEffect.Reload(Optional.empty()));
    }

    private void ready(Standing standing, Effects<ChangeEffect> out) {
        agreed = standing;
        reloading = null;
        if (quorum.quorate()) quorateRing = ring;
        for (Asked each : List.copyOf(asked.values())) resolve(each, standing, out);
    }

    /** A change of one's own that went through a change of the membership, or waited for the others to agree. */
    private void resolve(Asked each, Standing standing, Effects<ChangeEffect> out) {
        Proposal proposal = each.proposal;
        if (!each.sent) {
            propose(each, out);
        } else if (each.committed) {
            if (standing.digest().equals(proposal.digest())) answer(proposal.id(), List.of(), out);
            else if (standing.digest().equals(proposal.base()))
                answer(
                        proposal.id(),
                        List.of(new Objection(
                                0,
                                Kind.MEMBERSHIP_CHANGED,
                                "the side that kept quorum has gone on without the change; nothing has changed")),
                        out);
            else
                answer(
                        proposal.id(),
                        List.of(
                                new Objection(
                                        0,
                                        Kind.UNDECIDED,
                                        "the configuration has been changed by others since; look whether the change is in it")),
                        out);
        }
    }

    // A change is proposed and decided

    private void asked(long nowNanos, ChangeInput.Ask ask, Effects<ChangeEffect> out) {
        ProposalId id = ask.proposal().id();
        if (asked.size() >= MAX_ASKED) {
            out.add(new ChangeEffect.Answer(
                    id,
                    List.of(new Objection(
                            self.node(), Kind.BUSY, MAX_ASKED + " changes of this node wait already; try later"))));
            return;
        }
        Asked fresh = new Asked(ask.proposal(), nowNanos + ask.limit().toNanos());
        asked.put(id, fresh);
        if (agreed != null || floor != null) propose(fresh, out);
        else out.add(new ChangeEffect.Progress(id, "waiting: " + unsettled));
    }

    private void propose(Asked mine, Effects<ChangeEffect> out) {
        mine.sent = true;
        out.add(new ChangeEffect.Progress(mine.proposal.id(), "asking all members"));
        send(new ChangeMessage.Propose(mine.proposal), out);
    }

    private void proposed(Member from, Proposal proposal, Effects<ChangeEffect> out) {
        ProposalId id = proposal.id();
        if (!id.proposer().equals(from)) return;
        List<Objection> objections = new ArrayList<>();
        Floor held = floor;
        Standing standing = agreed;
        if (held != null)
            objections.add(new Objection(
                    self.node(),
                    Kind.BUSY,
                    "node " + held.leader().node() + " is " + held.proposal().what()
                            + " just now; try again when it is through"));
        else if (standing == null) objections.add(new Objection(self.node(), Kind.NOT_READY, unsettled));
        else {
            objections.addAll(standing(proposal, standing));
            objections.addAll(company(proposal));
        }
        if (objections.isEmpty()) {
            floor = new Floor(proposal, from, Phase.PROPOSED);
            out.add(new ChangeEffect.Validate(proposal));
        } else if (from.equals(self)) {
            // the others see the same and do nothing; should one of them see it otherwise, this ends it there
            send(new ChangeMessage.Abort(id), out);
            answer(id, objections, out);
        }
    }

    private List<Objection> standing(Proposal proposal, Standing standing) {
        List<Objection> objections = new ArrayList<>();
        if (!mayDecide(proposal))
            objections.add(new Objection(
                    self.node(),
                    Kind.NOT_QUORATE,
                    "the cluster has no quorum, so its configuration cannot be changed"));
        if (!proposal.base().equals(standing.digest()))
            objections.add(new Objection(
                    self.node(),
                    Kind.BASE_DIFFERS,
                    "the configuration has changed since the change was asked for; it has version " + standing.version()
                            + " now, look at it and try again"));
        return objections;
    }

    private List<Objection> company(Proposal proposal) {
        SortedSet<Integer> strangers = strangers();
        strangers.removeAll(proposal.traits().prepared());
        strangers.remove(proposal.traits().removed());
        if (strangers.isEmpty() || !proposal.traits().reload()) return List.of();
        return List.of(new Objection(
                self.node(),
                Kind.NOT_TAKING_PART,
                "nodes " + strangers.stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + " do not take part in changes (a Corosync daemon, or an agent with a configuration of its own):"
                        + " put the new corosync.conf in place there, and name them as prepared"));
    }

    private boolean mayDecide(Proposal proposal) {
        return quorum.quorate() || (proposal.traits().guest() && quorum.withoutGuest());
    }

    private void validated(ChangeInput.Validated now, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(now.id(), Phase.PROPOSED)) return;
        send(
                now.objections().isEmpty()
                        ? new ChangeMessage.Accept(now.id())
                        : new ChangeMessage.Refuse(now.id(), now.objections()),
                out);
    }

    private void voted(Member from, ProposalId id, List<Objection> objections, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.PROPOSED)) return;
        held.answered(from, objections);
        if (!held.leader().equals(self) || !held.hasAnswered(members)) return;
        Asked mine = asked.get(id);
        if (mine == null || mine.committed) return;
        if (held.objections().isEmpty()) {
            mine.committed = true;
            out.add(new ChangeEffect.Progress(id, "all can make it; writing it down"));
            send(new ChangeMessage.Commit(ring, held.proposal()), out);
        } else {
            send(new ChangeMessage.Abort(id), out);
            answer(id, held.objections(), out);
        }
    }

    private void aborted(Member from, ProposalId id) {
        Floor held = floor;
        if (held != null && held.is(id, Phase.PROPOSED) && held.leader().equals(from)) floor = null;
    }

    private void committed(Member from, ChangeMessage.Commit message, Effects<ChangeEffect> out) {
        if (message.ring() != ring || round == null) return;
        Proposal proposal = message.proposal();
        Floor held = floor;
        boolean inTurn = held != null
                && held.is(proposal.id(), Phase.PROPOSED)
                && held.leader().equals(from);
        boolean again = held == null
                && agreed == null
                && round.verdict() instanceof Verdict.Promised promised
                && promised.leader().equals(from)
                && promised.lock().id().equals(proposal.id());
        if (!inTurn && !again) return;
        floor = new Floor(proposal, from, Phase.COMMITTED);
        out.add(new ChangeEffect.WriteLock(ring, proposal));
    }

    private void lockWritten(ChangeInput.LockWritten now, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(now.id(), Phase.COMMITTED)) return;
        if (now.problem().isEmpty()) lock = Optional.of(new Lock(ring, held.proposal()));
        send(
                now.problem().isEmpty()
                        ? new ChangeMessage.Locked(now.id())
                        : new ChangeMessage.LockFailed(now.id(), now.problem()),
                out);
    }

    private void locked(Member from, ProposalId id, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.COMMITTED)) return;
        held.answered(from, List.of());
        allPromised(held, out);
    }

    private void allPromised(Floor held, Effects<ChangeEffect> out) {
        if (held.phase() != Phase.COMMITTED || !held.hasAnswered(members) || !mayDecide(held.proposal())) return;
        held.enter(Phase.APPLYING);
        progress(held, "all have it on disk; putting it in place", out);
        out.add(new ChangeEffect.Apply(held.proposal()));
    }

    /** Nobody can have made the change, as one has not promised it; unless that was in an earlier ring. */
    private void lockFailed(Member from, ProposalId id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.COMMITTED)) return;
        floor = null;
        if (agreed == null) {
            unsettled =
                    "node " + from.node() + " cannot write a change that was promised in an earlier ring: " + problem;
            return;
        }
        lock = Optional.empty();
        out.add(new ChangeEffect.DropLock());
        answer(id, List.of(new Objection(from.node(), Kind.STORAGE, problem)), out);
    }

    private void done(long nowNanos, Member from, ProposalId id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.APPLYING)) return;
        held.answered(from, problem.isEmpty() ? List.of() : List.of(new Objection(from.node(), Kind.STORAGE, problem)));
        if (!held.hasAnswered(members)) return;
        List<Objection> objections = held.objections();
        int removed = held.proposal().traits().removed();
        if (removed == self.node()) {
            answer(id, objections, out);
            out.add(new ChangeEffect.Expelled(held.proposal()));
        }
        if (!objections.isEmpty()) {
            floor = null;
            agreed = null;
            answer(id, objections, out);
            begin(out); // whoever has not got it is given it again
        } else if (!held.proposal().traits().reload()) {
            end(held, List.of(), out);
        } else {
            held.enter(Phase.RELOADING);
            boolean going = removed != 0 && members.stream().anyMatch(member -> member.node() == removed);
            if (going) goingDeadline = nowNanos + GOING_NANOS;
            else reload(held, out);
        }
    }

    private void reload(Floor held, Effects<ChangeEffect> out) {
        progress(held, "all files are changed; telling all nodes to read them", out);
        if (held.leader().equals(self))
            out.add(new ChangeEffect.Reload(Optional.of(held.proposal().id())));
    }

    private void reloaded(Member from, Optional<ProposalId> id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (id.isEmpty()) {
            Standing standing = reloading;
            if (standing == null || !from.equals(members.get(0))) return;
            if (!problem.isEmpty())
                out.add(new ChangeEffect.Say("node " + from.node() + " could not reload: " + problem));
            ready(standing, out);
            return;
        }
        if (held == null
                || !held.is(id.get(), Phase.RELOADING)
                || !held.leader().equals(from)) return;
        if (!problem.isEmpty()) {
            end(held, List.of(new Objection(from.node(), Kind.RELOAD_FAILED, problem)), out);
        } else if (held.proposal().traits().watchedLink() < 0) {
            end(held, List.of(), out);
        } else {
            held.enter(Phase.CHECKING);
            progress(held, "waiting until link " + held.proposal().traits().watchedLink() + " is up everywhere", out);
            out.add(new ChangeEffect.Watch(id.get(), held.proposal().traits().watchedLink()));
        }
    }

    private void checked(Member from, ProposalId id, String problem, Effects<ChangeEffect> out) {
        Floor held = floor;
        if (held == null || !held.is(id, Phase.CHECKING)) return;
        held.answered(
                from, problem.isEmpty() ? List.of() : List.of(new Objection(from.node(), Kind.LINK_DOWN, problem)));
        if (held.hasAnswered(members)) end(held, held.objections(), out);
    }

    /** The change is made; the next one may come. */
    private void end(Floor held, List<Objection> objections, Effects<ChangeEffect> out) {
        Proposal proposal = held.proposal();
        Standing before = agreed;
        floor = null;
        lock = Optional.empty();
        if (before == null) { // it was made for an earlier ring, and there may be more to settle
            answer(proposal.id(), objections, out);
            begin(out);
            return;
        }
        agreed = new Standing(
                proposal.version(),
                before.revision() + 1,
                proposal.digest(),
                false,
                proposal.keyId().isEmpty() ? before.keyId() : proposal.keyId(),
                proposal.version(),
                quorateRing);
        answer(proposal.id(), objections, out);
    }

    // Time

    @Override
    public void tick(long nowNanos, Effects<ChangeEffect> out) {
        if (goingDeadline <= nowNanos) {
            goingDeadline = Long.MAX_VALUE;
            Floor held = floor;
            if (held != null && held.phase() == Phase.RELOADING) reload(held, out);
        }
        if (retryDeadline <= nowNanos) {
            retryDeadline = Long.MAX_VALUE;
            problem = "";
            inspect(out);
        }
        for (Asked each : List.copyOf(asked.values())) if (each.deadline <= nowNanos) late(each, out);
    }

    private void late(Asked mine, Effects<ChangeEffect> out) {
        ProposalId id = mine.proposal.id();
        Floor held = floor;
        String silent = held != null && held.proposal().id().equals(id)
                ? held.silent(members).stream()
                        .map(member -> Integer.toString(member.node()))
                        .collect(Collectors.joining(", "))
                : "";
        String whom = silent.isEmpty() ? "" : "; nodes " + silent + " have not answered";
        if (mine.committed) {
            answer(
                    id,
                    List.of(new Objection(
                            0,
                            Kind.UNDECIDED,
                            "the change was decided but not confirmed by all in time" + whom
                                    + "; it comes into force where the quorum is, look at the differences")),
                    out);
            return;
        }
        if (mine.sent) send(new ChangeMessage.Abort(id), out);
        String why = mine.sent ? whom : "; " + unsettled();
        answer(
                id,
                List.of(new Objection(
                        0, Kind.TIME_LIMIT, "the members did not agree in time" + why + "; nothing has changed")),
                out);
    }

    private void giveUp(ProposalId id, Effects<ChangeEffect> out) {
        Asked mine = asked.get(id);
        if (mine == null || mine.committed) return;
        send(new ChangeMessage.Abort(id), out);
        answer(
                id,
                List.of(new Objection(0, Kind.NOT_QUORATE, "the cluster has lost quorum; nothing has changed")),
                out);
    }

    @Override
    public long deadlineNanos() {
        long next = Math.min(goingDeadline, retryDeadline);
        for (Asked each : asked.values()) next = Math.min(next, each.deadline);
        return next;
    }

    // Small things

    private void delivered(long nowNanos, ChangeInput.Delivered input, Effects<ChangeEffect> out) {
        Member from = input.from();
        ChangeMessage message = input.message();
        if (message instanceof ChangeMessage.Hello hello) hello(from, hello, out);
        else if (message instanceof ChangeMessage.Share share) shared(from, share, out);
        else if (message instanceof ChangeMessage.Propose propose) proposed(from, propose.proposal(), out);
        else if (message instanceof ChangeMessage.Accept accept) voted(from, accept.id(), List.of(), out);
        else if (message instanceof ChangeMessage.Refuse refuse) voted(from, refuse.id(), refuse.objections(), out);
        else if (message instanceof ChangeMessage.Abort abort) aborted(from, abort.id());
        else if (message instanceof ChangeMessage.Commit commit) committed(from, commit, out);
        else if (message instanceof ChangeMessage.Locked locked) locked(from, locked.id(), out);
        else if (message instanceof ChangeMessage.LockFailed failed)
            lockFailed(from, failed.id(), failed.problem(), out);
        else if (message instanceof ChangeMessage.Done done) done(nowNanos, from, done.id(), done.problem(), out);
        else if (message instanceof ChangeMessage.Reloaded now) reloaded(from, now.id(), now.problem(), out);
        else if (message instanceof ChangeMessage.Checked now) checked(from, now.id(), now.problem(), out);
    }

    private void shared(Member from, ChangeMessage.Share share, Effects<ChangeEffect> out) {
        Round present = round;
        if (present == null || share.ring() != ring) return;
        if (present.verdict() instanceof Verdict.Differ differ
                && differ.leader().equals(from)
                && differ.nodes().contains(self.node())) out.add(new ChangeEffect.Take(share));
    }

    private void progress(Floor held, String phrase, Effects<ChangeEffect> out) {
        if (asked.containsKey(held.proposal().id()))
            out.add(new ChangeEffect.Progress(held.proposal().id(), phrase));
    }

    private void answer(ProposalId id, List<Objection> objections, Effects<ChangeEffect> out) {
        if (asked.remove(id) != null) out.add(new ChangeEffect.Answer(id, objections));
    }

    private static void send(ChangeMessage message, Effects<ChangeEffect> out) {
        out.add(new ChangeEffect.Send(message));
    }

    @Override
    public String toString() {
        return "changes of " + Objects.toString(self) + ": " + (unsettled().isEmpty() ? "ready" : unsettled());
    }
}
