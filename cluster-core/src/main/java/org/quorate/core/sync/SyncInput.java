package org.quorate.core.sync;

import java.util.List;
import org.quorate.RingId;
import org.quorate.core.sync.wire.SyncMessage;

/** What a {@link SyncEngine} is told. */
public sealed interface SyncInput {
    /** The old membership ends; a synchronisation under way is void. */
    record TransitionalConfiguration(List<Integer> members) implements SyncInput {}

    /** A new membership begins. */
    record RegularConfiguration(RingId ringId, List<Integer> members) implements SyncInput {}

    /** An ordered message of a member. */
    record Received(int node, SyncMessage message) implements SyncInput {}

    /** The service whose {@link SyncEffect.Turn} it is has said all that it has to say. */
    record TurnDone() implements SyncInput {}
}
