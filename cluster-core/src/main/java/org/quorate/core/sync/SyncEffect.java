package org.quorate.core.sync;

import java.util.List;
import org.quorate.RingId;
import org.quorate.core.sync.wire.SyncMessage;

/** What a {@link SyncEngine} asks for. */
public sealed interface SyncEffect {
    /** Multicast to the group of synchronisers, in the sync lane. */
    record Multicast(SyncMessage message) implements SyncEffect {}

    /** A new membership: every own service prepares. */
    record Begin(RingId ringId, List<Integer> members, List<Integer> transitional) implements SyncEffect {}

    /** It is the turn of an own service to multicast its state. */
    record Turn(int service) implements SyncEffect {}

    /** Every member has had its turn: the service takes over what it heard. */
    record Activate(int service) implements SyncEffect {}

    /** The membership changed in the turn of an own service: it forgets what it heard. */
    record Abort(int service) implements SyncEffect {}

    /** All services are in step. */
    record Complete() implements SyncEffect {}
}
