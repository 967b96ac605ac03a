package org.quorate.core.change;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.quorate.core.change.Floor.Phase;
import org.quorate.core.change.Objection.Kind;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/**
 * Agrees with the engines of the other members on each change of the configuration. Confined to its owner; not thread-safe.
 *
 * <p>After each change of the membership a {@link Settlement} finds out what is in force; then one change at a time goes through the {@link
 * Phase}s of a {@link ChangeCourse}. What a member promises ({@link ChangeEffect.WriteLock}) is on disk before the others hear of it, and a
 * change is made when all members of a ring with quorum have promised it. So every later ring with quorum has a member that knows of it. The
 * page {@code docs/internals/changes.md} has the rules with an example.
 */
public final class ChangeEngine implements Engine<ChangeInput, ChangeEffect> {
    private final Membership here;
    private final OwnChanges own;
    private final Settlement settlement;
    private final ChangeCourse course;

    /**
     * That of the member {@code self}.
     *
     * @param tries whether this node can try links before a change
     */
    public ChangeEngine(Member self, boolean tries) {
        this.here = new Membership(self);
        this.own = new OwnChanges(self);
        this.settlement = new Settlement(here, own, tries);
        this.course = new ChangeCourse(here, own, settlement);
    }

    /** Whether all members agree on what is in force, and a change can be asked for. */
    public boolean isReady() {
        return settlement.agreed() != null;
    }

    /** Why a change could not be made now; empty if it could. */
    public String unsettled() {
        Floor now = course.floor();
        if (now != null)
            return "node " + now.leader().node() + " is " + now.proposal().what();
        return isReady() ? "" : settlement.unsettled();
    }

    /** What stands against any change now. */
    public Optional<Objection> obstacle() {
        String why = unsettled();
        if (why.isEmpty()) return Optional.empty();
        Kind kind = course.floor() != null ? Kind.BUSY : here.mayDecideSomething() ? Kind.NOT_READY : Kind.NOT_QUORATE;
        return Optional.of(new Objection(here.self().node(), kind, why));
    }

    /** Whether the nodes have quorum and have only not settled yet what is in force, which they are about to. */
    public boolean isSettling() {
        return course.floor() == null && !isReady() && here.mayDecideSomething();
    }

    /** The members of the group. */
    public List<Member> members() {
        return here.members();
    }

    /** The nodes of the ring that do not take part in changes. */
    public SortedSet<Integer> strangers() {
        return here.strangers();
    }

    @Override
    public void step(long nowNanos, ChangeInput input, Effects<ChangeEffect> out) {
        if (input instanceof ChangeInput.Members now) membersChanged(now, out);
        else if (input instanceof ChangeInput.View view) viewed(view, out);
        else if (input instanceof ChangeInput.Quorum now) quorumChanged(now, out);
        else if (input instanceof ChangeInput.Delivered message) delivered(nowNanos, message, out);
        else if (input instanceof ChangeInput.Inspected now) settlement.inspected(nowNanos, now, out);
        else if (input instanceof ChangeInput.Validated now) course.validated(now, out);
        else if (input instanceof ChangeInput.Tried now) course.tried(now, out);
        else if (input instanceof ChangeInput.LockWritten now) course.lockWritten(now, out);
        else if (input instanceof ChangeInput.Applied now) {
            settlement.applied(now);
            send(new ChangeMessage.Done(now.id(), now.problem()), out);
        } else if (input instanceof ChangeInput.Taken now) settlement.taken(now.problem(), out);
        else if (input instanceof ChangeInput.ReloadEnded now)
            send(new ChangeMessage.Reloaded(now.id(), now.problem()), out);
        else if (input instanceof ChangeInput.Watched now)
            send(new ChangeMessage.Checked(now.id(), now.problem()), out);
        else if (input instanceof ChangeInput.Ask ask) {
            boolean waits = !isReady() && course.floor() == null;
            own.ask(nowNanos, ask, waits ? settlement.unsettled() : "", out);
        }
    }

    private void membersChanged(ChangeInput.Members now, Effects<ChangeEffect> out) {
        here.members(now.members());
        interrupt(out);
        if (!now.viewFollows()) settlement.begin(out);
    }

    private void viewed(ChangeInput.View view, Effects<ChangeEffect> out) {
        here.view(view);
        interrupt(out);
        settlement.begin(out);
    }

    private void interrupt(Effects<ChangeEffect> out) {
        settlement.interrupt();
        course.interrupt(out);
    }

    private void quorumChanged(ChangeInput.Quorum now, Effects<ChangeEffect> out) {
        here.quorum(now);
        if (course.floor() != null) course.quorumChanged(out);
        else if (!isReady()) settlement.settle(out);
    }

    private void delivered(long nowNanos, ChangeInput.Delivered input, Effects<ChangeEffect> out) {
        Member from = input.from();
        ChangeMessage message = input.message();
        if (message instanceof ChangeMessage.Hello hello) {
            if (settlement.hears(from, hello) && course.floor() == null) settlement.settle(out);
        } else if (message instanceof ChangeMessage.Share share) settlement.shared(from, share, out);
        else if (message instanceof ChangeMessage.Propose propose) course.proposed(from, propose, out);
        else if (message instanceof ChangeMessage.Accept accept)
            course.voted(from, accept.id(), List.of(), accept.tried(), out);
        else if (message instanceof ChangeMessage.Refuse refuse)
            course.voted(from, refuse.id(), refuse.objections(), refuse.tried(), out);
        else if (message instanceof ChangeMessage.Abort abort) course.aborted(from, abort.id(), out);
        else if (message instanceof ChangeMessage.Commit commit) course.committed(from, commit, out);
        else if (message instanceof ChangeMessage.Locked locked) course.locked(from, locked.id(), out);
        else if (message instanceof ChangeMessage.LockFailed failed)
            course.lockFailed(from, failed.id(), failed.problem(), out);
        else if (message instanceof ChangeMessage.Done done)
            course.done(nowNanos, from, done.id(), done.problem(), out);
        else if (message instanceof ChangeMessage.Reloaded now) {
            if (now.id().isPresent()) course.reloaded(from, now.id().get(), now.problem(), out);
            else settlement.reloaded(from, now.problem(), out);
        } else if (message instanceof ChangeMessage.Checked now) course.checked(from, now.id(), now.problem(), out);
    }

    @Override
    public void tick(long nowNanos, Effects<ChangeEffect> out) {
        course.tick(nowNanos, out);
        settlement.tick(nowNanos, out);
        own.tick(nowNanos, course.floor(), here.members(), unsettled(), out);
    }

    @Override
    public long deadlineNanos() {
        return Math.min(own.deadlineNanos(), Math.min(course.deadlineNanos(), settlement.deadlineNanos()));
    }

    private static void send(ChangeMessage message, Effects<ChangeEffect> out) {
        out.add(new ChangeEffect.Send(message));
    }

    @Override
    public String toString() {
        return "changes of " + here.self() + ": " + (unsettled().isEmpty() ? "ready" : unsettled());
    }
}
