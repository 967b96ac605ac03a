package org.quorate.core.change;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** What a {@link ChangeEngine} asks its host to do. Those that touch the disk are done one after the other, in order. */
public sealed interface ChangeEffect {
    /** Hands the effect to the method that is for it. */
    void applyTo(Host host);

    /** How far a change is, in this order. */
    enum Step {
        /** The nodes have not settled yet what is in force. */
        WAITING(0.05),
        /** All members look whether they can make it. */
        ASKING(0.1),
        /** The same, and its links are tried. */
        PROBING(0.1),
        /** All write it down. */
        PROMISING(0.4),
        /** All change their files. */
        APPLYING(0.5),
        /** All read them. */
        RELOADING(0.6),
        /** All wait for the link. */
        WATCHING(0.7);

        private final double fraction;

        Step(double fraction) {
            this.fraction = fraction;
        }

        /** How much of the change is done, 0 to 1. */
        public double fraction() {
            return fraction;
        }
    }

    /** One method per effect. */
    interface Host {
        /** Multicasts. */
        void send(ChangeMessage message);

        /** Reads what is on disk and answers with {@link ChangeInput.Inspected}. */
        void inspect(long ticket);

        /** Looks whether the proposal is good for this node and answers with {@link ChangeInput.Validated}. */
        void validate(Proposal proposal);

        /**
         * Binds the addresses that the proposal gives this node, and asks the other {@code nodes}, and answers them, until {@link #endTrial};
         * answers with {@link ChangeInput.Tried} as soon as all is good, or at the trial's limit.
         */
        void tryLinks(Proposal proposal, LinkTrial trial, SortedSet<Integer> nodes);

        /** What was bound for the trial is free when this returns. */
        void endTrial(ProposalId id);

        /** Writes the promise durably and answers with {@link ChangeInput.LockWritten}. */
        void writeLock(long ring, Proposal proposal);

        /** Takes the promise away. */
        void dropLock();

        /** Writes key, roster and configuration durably, takes the promise away, and answers with {@link ChangeInput.Applied}. */
        void apply(Proposal proposal);

        /** Multicasts a {@link ChangeMessage.Share} of what is on disk, with the key for {@code nodes}. */
        void share(long ring, SortedSet<Integer> nodes);

        /** Backs up what is on disk, writes what was shared, and answers with {@link ChangeInput.Taken}. */
        void take(ChangeMessage.Share share);

        /** Lets all nodes read their files again and answers with {@link ChangeInput.ReloadEnded}. */
        void reload(Optional<ProposalId> id);

        /** Waits until a link is up, or for a while, and answers with {@link ChangeInput.Watched}. */
        void watch(ProposalId id, int link);

        /** This node was removed; it has to stop. */
        void expelled(Proposal proposal);

        /** Tells the one who asked what became of it; without objections it was done. */
        void answer(ProposalId id, List<Objection> objections);

        /** Tells the one who asked how far it is. */
        void progress(ProposalId id, Step step, String phrase);

        /** Tells the one who asked, with the answer, what is odd. */
        void warn(ProposalId id, String sentence);

        /** Tells the operator. */
        void say(String sentence);
    }

    /** See {@link Host#send}. */
    record Send(ChangeMessage message) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.send(message);
        }
    }

    /** See {@link Host#inspect}. */
    record Inspect(long ticket) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.inspect(ticket);
        }
    }

    /** See {@link Host#validate}. */
    record Validate(Proposal proposal) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.validate(proposal);
        }
    }

    /** See {@link Host#tryLinks}. */
    record TryLinks(Proposal proposal, LinkTrial trial, SortedSet<Integer> nodes) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.tryLinks(proposal, trial, nodes);
        }
    }

    /** See {@link Host#endTrial}. */
    record EndTrial(ProposalId id) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.endTrial(id);
        }
    }

    /** See {@link Host#writeLock}. */
    record WriteLock(long ring, Proposal proposal) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.writeLock(ring, proposal);
        }
    }

    /** See {@link Host#dropLock}. */
    record DropLock() implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.dropLock();
        }
    }

    /** See {@link Host#apply}. */
    record Apply(Proposal proposal) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.apply(proposal);
        }
    }

    /** See {@link Host#share}. */
    record ShareWith(long ring, SortedSet<Integer> nodes) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.share(ring, nodes);
        }
    }

    /** See {@link Host#take}. */
    record Take(ChangeMessage.Share share) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.take(share);
        }
    }

    /** See {@link Host#reload}. */
    record Reload(Optional<ProposalId> id) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.reload(id);
        }
    }

    /** See {@link Host#watch}. */
    record Watch(ProposalId id, int link) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.watch(id, link);
        }
    }

    /** See {@link Host#expelled}. */
    record Expelled(Proposal proposal) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.expelled(proposal);
        }
    }

    /** See {@link Host#answer}. */
    record Answer(ProposalId id, List<Objection> objections) implements ChangeEffect {
        /** Takes a copy. */
        public Answer {
            objections = List.copyOf(objections);
        }

        @Override
        public void applyTo(Host host) {
            host.answer(id, objections);
        }
    }

    /** See {@link Host#progress}. */
    record Progress(ProposalId id, Step step, String phrase) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.progress(id, step, phrase);
        }
    }

    /** See {@link Host#warn}. */
    record Warn(ProposalId id, String sentence) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.warn(id, sentence);
        }
    }

    /** See {@link Host#say}. */
    record Say(String sentence) implements ChangeEffect {
        @Override
        public void applyTo(Host host) {
            host.say(sentence);
        }
    }
}
