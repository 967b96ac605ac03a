package org.quorate.core.sim;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.QuorumState;
import org.quorate.View;

/** Passes on what nodes hear, but spoils some of it at the first node that hears anything. */
final class SabotagedEars implements NodeObserver {
    private static final int SPOIL_EVERY = 50;
    private static final int SKIP_EVERY = 3;

    private record Delivery(int node, String group, GroupMember sender, byte[] payload, long ticket) {}

    private final NodeObserver ears;
    private final Sabotage sabotage;
    private int victim;
    private int heard;
    private int writes;
    private @Nullable Delivery kept;
    private final Set<Long> heardEarly = new HashSet<>();
    private final Set<String> heardOwnIn = new HashSet<>();
    private final Map<String, GroupMember> own = new TreeMap<>();
    private final Set<String> stayedIn = new TreeSet<>();

    SabotagedEars(NodeObserver ears, Sabotage sabotage) {
        this.ears = ears;
        this.sabotage = sabotage;
    }

    @Override
    public void delivered(int node, String group, GroupMember sender, byte[] payload, long ticket) {
        if (victim == 0) victim = node;
        if (node != victim) {
            ears.delivered(node, group, sender, payload, ticket);
            return;
        }
        Delivery now = new Delivery(node, group, sender, payload, ticket);
        boolean own = ticket >= 0;
        switch (sabotage) {
            case DELIVER_IN_NEXT_VIEW -> {
                release();
                kept = now;
            }
            case DELIVER_BEFORE_ORDER -> {
                if (own) heardOwnIn.add(group);
                if (!own || !heardEarly.remove(ticket)) pass(now);
            }
            case DROP_OWN_DELIVERY -> {
                if (!own || ++heard % SPOIL_EVERY != 0) pass(now);
            }
            // the victim's own messages are not spoilt: their loss would show too easily
            case DELIVER_TWICE, DROP_DELIVERY, SWAP_DELIVERIES -> {
                if (own) pass(now);
                else spoil(now);
            }
            default -> pass(now);
        }
    }

    private void spoil(Delivery now) {
        heard++;
        if (kept != null && !kept.sender.equals(now.sender)) {
            Delivery late = kept;
            kept = null;
            pass(now);
            pass(late);
            return;
        }
        release();
        if (heard % SPOIL_EVERY != 0) {
            pass(now);
        } else if (sabotage == Sabotage.DELIVER_TWICE) {
            pass(now);
            pass(now);
        } else if (sabotage == Sabotage.SWAP_DELIVERIES) {
            kept = now;
        }
    }

    private void pass(Delivery delivery) {
        ears.delivered(delivery.node, delivery.group, delivery.sender, delivery.payload, delivery.ticket);
    }

    /** A message that found none to change places with is heard in its place. */
    private void release() {
        Delivery late = kept;
        kept = null;
        if (late != null) pass(late);
    }

    @Override
    public void started(int node, int newLife) {
        ears.started(node, newLife);
    }

    @Override
    public void joins(int node, String group, GroupMember self) {
        own.put(node + "/" + group, self);
        ears.joins(node, group, self);
    }

    @Override
    public void ended(int node) {
        if (node == victim) {
            release();
            heardEarly.clear();
            heardOwnIn.clear();
        }
        ears.ended(node);
    }

    @Override
    public void sent(int node, String group, long number, byte[] payload) {
        ears.sent(node, group, number, payload);
        boolean early = sabotage == Sabotage.DELIVER_BEFORE_ORDER && node == victim && heardOwnIn.contains(group);
        if (!early || !own.containsKey(node + "/" + group) || ++heard % SKIP_EVERY != 0) return;
        heardEarly.add(number);
        GroupMember self = own.get(node + "/" + group);
        if (self != null) ears.delivered(node, group, self, payload, number);
    }

    @Override
    public void refused(int node, long number) {
        ears.refused(node, number);
    }

    @Override
    public void groupChanged(int node, String group, Change change) {
        if (node == victim) {
            release();
            GroupMember self = own.get(node + "/" + group);
            boolean gone = self != null && change.left().contains(self);
            if (gone) heardOwnIn.remove(group);
            if (gone && sabotage == Sabotage.STAY_IN_GROUP && stayedIn.add(group)) return;
        }
        ears.groupChanged(node, group, change);
    }

    @Override
    public void viewInstalled(int node, View view, long durableSequence) {
        boolean late = sabotage == Sabotage.DELIVER_IN_NEXT_VIEW;
        if (node == victim && !late) release();
        ears.viewInstalled(node, view, durableSequence);
        if (node == victim && late) release();
    }

    @Override
    public void quorumChanged(int node, QuorumState quorum) {
        ears.quorumChanged(node, quorum);
    }

    @Override
    public boolean persists(int node, String name) {
        boolean skipped = sabotage == Sabotage.SKIP_PERSIST
                && node == 1
                && name.startsWith("ringid_")
                && ++writes % SKIP_EVERY == 0;
        return !skipped && ears.persists(node, name);
    }
}
