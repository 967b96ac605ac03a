package org.quorate.core.change;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The change that is being made. */
final class Floor {
    /** How far it is. */
    enum Phase {
        /** Everybody looks whether it can be made. */
        PROPOSED,
        /** Everybody writes the promise to make it. */
        COMMITTED,
        /** Everybody changes its files. */
        APPLYING,
        /** The nodes are told to read their files. */
        RELOADING,
        /** Everybody looks whether the link is up. */
        CHECKING
    }

    private final Proposal proposal;
    /** Who leads it: its proposer, or who has proposed it again. */
    private final Member leader;

    private final SortedMap<Member, List<Objection>> answers = new TreeMap<>();
    private final Optional<LinkTrial> trial;
    private final TrialOutcome outcome = new TrialOutcome();
    private boolean trying;
    private Phase phase;

    Floor(Proposal proposal, Member leader, Phase phase, Optional<LinkTrial> trial) {
        this.trial = trial;
        this.proposal = proposal;
        this.leader = leader;
        this.phase = phase;
    }

    Proposal proposal() {
        return proposal;
    }

    Member leader() {
        return leader;
    }

    Phase phase() {
        return phase;
    }

    boolean is(ProposalId id, Phase wanted) {
        return phase == wanted && proposal.id().equals(id);
    }

    void enter(Phase next) {
        phase = next;
        answers.clear();
    }

    /** Somebody has answered what the phase asks for; without objections it agrees. */
    void answered(Member from, List<Objection> objections) {
        answers.put(from, List.copyOf(objections));
    }

    boolean hasAnswered(List<Member> members) {
        return answers.keySet().containsAll(members);
    }

    /** Members that have not answered yet. */
    List<Member> silent(List<Member> members) {
        return members.stream().filter(m -> !answers.containsKey(m)).toList();
    }

    /** The trial of its links, if there is to be one. */
    Optional<LinkTrial> trial() {
        return trial;
    }

    /** What all have found so far. */
    TrialOutcome outcome() {
        return outcome;
    }

    /** Whether this node tries links at the moment. */
    boolean isTrying() {
        return trying;
    }

    void tries(boolean now) {
        trying = now;
    }

    /** What all have against it. */
    List<Objection> objections() {
        List<Objection> all = new ArrayList<>();
        answers.values().forEach(all::addAll);
        return all;
    }
}
