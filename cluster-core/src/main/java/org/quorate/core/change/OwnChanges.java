package org.quorate.core.change;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.core.change.ChangeEffect.Step;
import org.quorate.core.change.Objection.Kind;
import org.quorate.engine.Effects;

/** The changes that this node's users wait for: each is answered once, at its time limit at the latest. Confined to its engine. */
final class OwnChanges {
    /** Most changes that this node's users may have under way. */
    static final int MAX_ASKED = 64;

    private final Member self;
    private final Map<ProposalId, Asked> asked = new LinkedHashMap<>();

    OwnChanges(Member self) {
        this.self = self;
    }

    private static final class Asked {
        final Proposal proposal;
        final Optional<LinkTrial> trial;
        final long deadline;
        boolean sent;
        boolean committed;

        Asked(ChangeInput.Ask ask, long deadline) {
            this.proposal = ask.proposal();
            this.trial = ask.trial();
            this.deadline = deadline;
        }
    }

    /**
     * Somebody wants a change.
     *
     * @param waitsFor why it cannot be proposed yet; empty if it can
     */
    void ask(long nowNanos, ChangeInput.Ask ask, String waitsFor, Effects<ChangeEffect> out) {
        ProposalId id = ask.proposal().id();
        if (asked.size() >= MAX_ASKED) {
            String sentence = MAX_ASKED + " changes of this node wait already; try later";
            out.add(new ChangeEffect.Answer(id, List.of(new Objection(self.node(), Kind.BUSY, sentence))));
            return;
        }
        Asked fresh = new Asked(ask, nowNanos + ask.limit().toNanos());
        asked.put(id, fresh);
        if (waitsFor.isEmpty()) propose(fresh, out);
        else out.add(new ChangeEffect.Progress(id, Step.WAITING, "waiting: " + waitsFor));
    }

    private static void propose(Asked mine, Effects<ChangeEffect> out) {
        mine.sent = true;
        ProposalId id = mine.proposal.id();
        if (mine.trial.isPresent())
            out.add(new ChangeEffect.Progress(
                    id,
                    Step.PROBING,
                    "asking all members, who try the links to each other before anything is changed, for "
                            + mine.trial.get().limitMillis() + " ms at most"));
        else out.add(new ChangeEffect.Progress(id, Step.ASKING, "asking all members"));
        out.add(new ChangeEffect.Send(new ChangeMessage.Propose(mine.proposal, mine.trial)));
    }

    /** All agree on what is in force: what waited for that is proposed, and what was decided before turns out to be made or not. */
    void settled(Standing standing, Effects<ChangeEffect> out) {
        for (Asked each : List.copyOf(asked.values()))
            if (!each.sent) propose(each, out);
            else if (each.committed) resolve(each.proposal, standing, out);
    }

    private void resolve(Proposal proposal, Standing standing, Effects<ChangeEffect> out) {
        if (standing.digest().equals(proposal.digest())) answer(proposal.id(), List.of(), out);
        else if (standing.digest().equals(proposal.base()))
            refuse(
                    proposal.id(),
                    Kind.MEMBERSHIP_CHANGED,
                    "the side that kept quorum has gone on without the change; nothing has changed",
                    out);
        else
            refuse(
                    proposal.id(),
                    Kind.UNDECIDED,
                    "the configuration has been changed by others since; look whether the change is in it",
                    out);
    }

    /** Whether somebody here waits for the change, and it is not decided yet. */
    boolean isOpen(ProposalId id) {
        Asked mine = asked.get(id);
        return mine != null && !mine.committed;
    }

    /** From here on its asker is not told any more that nothing has changed. */
    void committed(ProposalId id) {
        Asked mine = asked.get(id);
        if (mine != null) mine.committed = true;
    }

    void progress(ProposalId id, Step step, String phrase, Effects<ChangeEffect> out) {
        if (asked.containsKey(id)) out.add(new ChangeEffect.Progress(id, step, phrase));
    }

    void warn(ProposalId id, String sentence, Effects<ChangeEffect> out) {
        if (asked.containsKey(id)) out.add(new ChangeEffect.Warn(id, sentence));
    }

    void answer(ProposalId id, List<Objection> objections, Effects<ChangeEffect> out) {
        if (asked.remove(id) != null) out.add(new ChangeEffect.Answer(id, objections));
    }

    /** Answers with an objection that is nobody's in particular. */
    void refuse(ProposalId id, Kind kind, String sentence, Effects<ChangeEffect> out) {
        answer(id, List.of(new Objection(0, kind, sentence)), out);
    }

    /** Ends what is late. */
    void tick(long nowNanos, @Nullable Floor floor, List<Member> members, String unsettled, Effects<ChangeEffect> out) {
        for (Asked each : List.copyOf(asked.values()))
            if (each.deadline <= nowNanos) late(each, floor, members, unsettled, out);
    }

    private void late(
            Asked mine, @Nullable Floor floor, List<Member> members, String unsettled, Effects<ChangeEffect> out) {
        ProposalId id = mine.proposal.id();
        String silent = floor != null && floor.proposal().id().equals(id)
                ? floor.silent(members).stream()
                        .map(member -> Integer.toString(member.node()))
                        .collect(Collectors.joining(", "))
                : "";
        String whom = silent.isEmpty() ? "" : "; nodes " + silent + " have not answered";
        if (mine.committed) {
            refuse(
                    id,
                    Kind.UNDECIDED,
                    "the change was decided but not confirmed by all in time" + whom
                            + "; it comes into force where the quorum is, look at the differences",
                    out);
            return;
        }
        if (mine.sent) out.add(new ChangeEffect.Send(new ChangeMessage.Abort(id)));
        String why = mine.sent ? whom : "; " + unsettled;
        refuse(id, Kind.TIME_LIMIT, "the members did not agree in time" + why + "; nothing has changed", out);
    }

    long deadlineNanos() {
        long next = Long.MAX_VALUE;
        for (Asked each : asked.values()) next = Math.min(next, each.deadline);
        return next;
    }
}
