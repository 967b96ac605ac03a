package org.quorate.core.change;

/**
 * Names a proposal.
 *
 * @param proposer who made it
 * @param number counted by the proposer
 */
public record ProposalId(Member proposer, long number) implements Comparable<ProposalId> {
    @Override
    public int compareTo(ProposalId other) {
        int by = proposer.compareTo(other.proposer);
        return by != 0 ? by : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return proposer + "#" + number;
    }
}
