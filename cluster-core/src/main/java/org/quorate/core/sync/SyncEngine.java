package org.quorate.core.sync;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.quorate.RingId;
import org.quorate.core.sync.wire.Barrier;
import org.quorate.core.sync.wire.ServiceBuild;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/**
 * Brings the services of all members into step after a membership change.
 *
 * <p>Rule: every member says which services it has; then, for each service of the union in ascending order, every member multicasts
 * that service's state and a barrier, and when the barriers of all are in, the service takes over. A member sends barriers also for
 * services that it does not have, and keeps back its barrier for one that is not ready: all members wait then. There is no time limit: only
 * the next membership change ends an unfinished synchronisation.
 * Source: totem.md section 7.
 */
public final class SyncEngine implements Engine<SyncInput, SyncEffect> {
    private enum Phase {
        IDLE,
        BUILD,
        TURNS
    }

    private final TreeSet<Integer> ownServices;
    private Phase phase = Phase.IDLE;
    private RingId ringId = RingId.NONE;
    private List<Integer> members = List.of();
    private List<Integer> transitional = List.of();
    private final Set<Integer> heard = new HashSet<>();
    private final TreeSet<Integer> union = new TreeSet<>();
    private List<Integer> turns = List.of();
    private int turn;
    private boolean ownTurn;

    /** An engine for a node with these services. */
    public SyncEngine(Set<Integer> ownServices) {
        this.ownServices = new TreeSet<>(ownServices);
    }

    /** The service whose turn it is here, until {@link SyncInput.TurnDone}; empty if it is none's. */
    public OptionalInt turn() {
        return ownTurn ? OptionalInt.of(turns.get(turn)) : OptionalInt.empty();
    }

    /** Whether a synchronisation is under way. */
    public boolean isBusy() {
        return phase != Phase.IDLE;
    }

    @Override
    public void step(long nowNanos, SyncInput input, Effects<SyncEffect> out) {
        if (input instanceof SyncInput.TransitionalConfiguration change) {
            abort(out);
            transitional = List.copyOf(change.members());
        } else if (input instanceof SyncInput.RegularConfiguration change) {
            abort(out);
            begin(change, out);
        } else if (input instanceof SyncInput.Received received) {
            if (received.message() instanceof ServiceBuild build) onBuild(received.node(), build, out);
            else if (received.message() instanceof Barrier barrier) onBarrier(received.node(), barrier, out);
        } else if (input instanceof SyncInput.TurnDone && ownTurn) {
            ownTurn = false;
            out.add(new SyncEffect.Multicast(new Barrier(ringId)));
        }
    }

    private void abort(Effects<SyncEffect> out) {
        if (phase == Phase.TURNS && ownServices.contains(turns.get(turn)))
            out.add(new SyncEffect.Abort(turns.get(turn)));
        phase = Phase.IDLE;
        ringId = RingId.NONE;
        ownTurn = false;
    }

    private void begin(SyncInput.RegularConfiguration change, Effects<SyncEffect> out) {
        phase = Phase.BUILD;
        ringId = change.ringId();
        members = List.copyOf(change.members());
        heard.clear();
        union.clear();
        union.addAll(ownServices);
        out.add(new SyncEffect.Multicast(new ServiceBuild(ringId, List.copyOf(ownServices))));
        List<Integer> stayed = transitional.stream().filter(members::contains).toList();
        out.add(new SyncEffect.Begin(ringId, members, stayed));
    }

    private void onBuild(int node, ServiceBuild build, Effects<SyncEffect> out) {
        if (phase != Phase.BUILD || !build.ringId().equals(ringId) || !members.contains(node)) return;
        union.addAll(build.services());
        heard.add(node);
        if (!heard.containsAll(members)) return;
        phase = Phase.TURNS;
        turns = List.copyOf(union);
        turn = -1;
        nextTurn(out);
    }

    private void onBarrier(int node, Barrier barrier, Effects<SyncEffect> out) {
        if (phase != Phase.TURNS || !barrier.ringId().equals(ringId) || !members.contains(node)) return;
        heard.add(node);
        if (!heard.containsAll(members)) return;
        if (ownServices.contains(turns.get(turn))) out.add(new SyncEffect.Activate(turns.get(turn)));
        nextTurn(out);
    }

    private void nextTurn(Effects<SyncEffect> out) {
        heard.clear();
        ownTurn = false;
        turn++;
        if (turn == turns.size()) {
            phase = Phase.IDLE;
            out.add(new SyncEffect.Complete());
            return;
        }
        ownTurn = ownServices.contains(turns.get(turn));
        if (ownTurn) out.add(new SyncEffect.Turn(turns.get(turn)));
        else out.add(new SyncEffect.Multicast(new Barrier(ringId)));
    }

    @Override
    public void tick(long nowNanos, Effects<SyncEffect> out) {}

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }
}
