package org.quorate.core.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.quorate.RingId;
import org.quorate.core.ring.wire.CommitEntry;
import org.quorate.core.ring.wire.CommitToken;

/** The commit token's first rotation (each node fills in its entry) and second (each node has seen all entries). Source: totem.md 2.7. */
final class CommitRotation {
    private CommitRotation() {}

    /** A commit token for a ring of {@code members}, nothing filled in yet. */
    static CommitToken begin(int self, RingId newRing, Collection<Integer> members) {
        return new CommitToken(
                self,
                0,
                0,
                newRing,
                0,
                0,
                List.copyOf(members),
                Collections.nCopies(members.size(), CommitEntry.EMPTY));
    }

    /** Whether every node has filled in its entry. */
    static boolean isFull(CommitToken token) {
        return token.memberIndex() == token.addresses().size();
    }

    /**
     * Whether the token has been to every node twice. The last node of the first rotation may send its token again; that one is full, too, but says
     * nothing about who has seen it full.
     */
    static boolean isTwiceRound(CommitToken token) {
        return Integer.compareUnsigned(token.tokenSeq(), 2 * token.addresses().size()) >= 0;
    }

    /**
     * Fills in the next entry. Among the entries of one old ring, those that have received less than another cannot have everything.
     *
     * @param entry of the node whose turn it is
     */
    static CommitToken fill(CommitToken token, CommitEntry entry) {
        int index = token.memberIndex();
        List<CommitEntry> entries = new ArrayList<>(token.entries());
        entries.set(index, entry);
        int highest = entry.aru();
        for (CommitEntry other : entries.subList(0, index + 1))
            if (other.oldRing().equals(entry.oldRing()) && other.aru() - highest > 0) highest = other.aru();
        for (int i = 0; i <= index; i++) {
            CommitEntry other = entries.get(i);
            if (other.oldRing().equals(entry.oldRing()) && other.aru() - highest < 0)
                entries.set(i, new CommitEntry(other.oldRing(), other.aru(), other.highDelivered(), false));
        }
        return new CommitToken(
                token.nodeId(),
                token.target(),
                token.tokenSeq(),
                token.ringId(),
                token.retransFlag(),
                index + 1,
                token.addresses(),
                entries);
    }

    /** The token as {@code self} sends it to {@code next}. */
    static CommitToken sendOn(CommitToken token, int self, int next) {
        return new CommitToken(
                self,
                next,
                token.tokenSeq() + 1,
                token.ringId(),
                token.retransFlag(),
                token.memberIndex(),
                token.addresses(),
                token.entries());
    }
}
