package org.quorate.core.sim;

import org.jspecify.annotations.Nullable;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.QuorumState;
import org.quorate.View;

/** Passes on what nodes hear, but spoils one delivery in a hundred at the node with the lowest id that hears any. */
final class SabotagedEars implements NodeObserver {
    private static final int SPOIL_EVERY = 100;

    private record Delivery(int node, GroupMember sender, byte[] payload, long ticket) {}

    private final NodeObserver ears;
    private final Sabotage sabotage;
    private int victim;
    private int heard;
    private @Nullable Delivery kept;

    SabotagedEars(NodeObserver ears, Sabotage sabotage) {
        this.ears = ears;
        this.sabotage = sabotage;
    }

    @Override
    public void delivered(int node, GroupMember sender, byte[] payload, long ticket) {
        if (victim == 0) victim = node;
        // the victim's own messages are not spoilt: their loss would show too easily
        if (node != victim || ticket >= 0) {
            ears.delivered(node, sender, payload, ticket);
            return;
        }
        heard++;
        Delivery now = new Delivery(node, sender, payload, ticket);
        if (kept != null && !kept.sender.equals(sender)) {
            Delivery late = kept;
            kept = null;
            pass(now);
            pass(late);
            return;
        }
        release();
        if (heard % SPOIL_EVERY != 0) {
            pass(now);
            return;
        }
        switch (sabotage) {
            case DELIVER_TWICE -> {
                pass(now);
                pass(now);
            }
            case DROP_DELIVERY -> {}
            case SWAP_DELIVERIES -> kept = now;
            default -> pass(now);
        }
    }

    private void pass(Delivery delivery) {
        ears.delivered(delivery.node, delivery.sender, delivery.payload, delivery.ticket);
    }

    /** A message that found none to change places with is heard in its place. */
    private void release() {
        Delivery late = kept;
        kept = null;
        if (late != null) pass(late);
    }

    @Override
    public void started(int node, int life) {
        ears.started(node, life);
    }

    @Override
    public void ended(int node) {
        if (node == victim) release();
        ears.ended(node);
    }

    @Override
    public void sent(int node, long number) {
        ears.sent(node, number);
    }

    @Override
    public void refused(int node, long number) {
        ears.refused(node, number);
    }

    @Override
    public void groupChanged(int node, Change change) {
        if (node == victim) release();
        ears.groupChanged(node, change);
    }

    @Override
    public void viewInstalled(int node, View view, long durableSequence) {
        if (node == victim) release();
        ears.viewInstalled(node, view, durableSequence);
    }

    @Override
    public void quorumChanged(int node, QuorumState quorum) {
        ears.quorumChanged(node, quorum);
    }
}
