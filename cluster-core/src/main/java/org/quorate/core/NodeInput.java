package org.quorate.core;

import java.util.List;
import org.quorate.ClusterConfig;
import org.quorate.NodeId;
import org.quorate.spi.QuorumEngine;

/** What a {@link NodeEngine} is told. */
public sealed interface NodeInput {
    /**
     * The transport is open: begin. Once, first.
     *
     * @param savedRingSequence from the state store, 0 if there is none
     */
    record Start(long savedRingSequence) implements NodeInput {}

    /** A message from the transport; the engine owns the array from now on. */
    record Packet(byte[] bytes) implements NodeInput {}

    /** The transport can reach a peer that it could not reach before. */
    record PeerReachable(NodeId peer) implements NodeInput {}

    /** The process of a peer has ended, says the transport. */
    record PeerGone(NodeId peer) implements NodeInput {}

    /** Answer to {@link NodeEffect.DiscardPending}: this many messages were thrown away. */
    record Discarded(int messages) implements NodeInput {}

    /**
     * Become a member of a group.
     *
     * @param group its name
     * @param member number of the member, counted by this node from 0, never used again; its id is as much above the process id
     */
    record JoinGroup(String group, int member) implements NodeInput {
        /** The first member that this node ever has. */
        public JoinGroup(String group) {
            this(group, 0);
        }
    }

    /**
     * Leave a group.
     *
     * @param group its name
     * @param member number of the member
     */
    record LeaveGroup(String group, int member) implements NodeInput {}

    /**
     * Multicast to a group as a member, or one that is about to be.
     *
     * @param group its name
     * @param member number of the member
     * @param payload at most {@link org.quorate.Group#MAX_MESSAGE_BYTES}; the engine owns it from now on
     * @param ticket the sender's number for the answer: {@link NodeEffect.GroupMessage} or {@link NodeEffect.SendFailed}; not negative
     */
    record Send(String group, int member, byte[] payload, long ticket) implements NodeInput {
        /** As the first member that this node ever had. */
        public Send(String group, byte[] payload, long ticket) {
            this(group, 0, payload, ticket);
        }
    }

    /**
     * The application's callbacks are that far behind, or it has just finished one while they are; counts for {@link Brake#LIMIT_NANOS}.
     *
     * @param eighths 0 for not at all, 8 for so far that nothing more should come
     */
    record Behind(int eighths) implements NodeInput {}

    /** Ask the quorum provider for something; answered by {@link NodeEffect.QuorumAnswered} with this ticket, which is not negative. */
    record QuorumRequest(long ticket, QuorumEngine.Input.Request request) implements NodeInput {}

    /** Ask every node to reload its configuration; answered by {@link NodeEffect.ReloadEnded} with this ticket, which is not negative. */
    record Reload(long ticket) implements NodeInput {}

    /**
     * Answer to {@link NodeEffect.ReadConfiguration}.
     *
     * @param number of the effect
     * @param config what was read
     * @param keyChanged whether the key read with it is another than the one in use
     */
    record ConfigurationRead(long number, ClusterConfig config, boolean keyChanged) implements NodeInput {}

    /** The other answer to {@link NodeEffect.ReadConfiguration}: one sentence. */
    record ConfigurationRefused(long number, String why) implements NodeInput {}

    /** A third answer to {@link NodeEffect.ReadConfiguration}: what was read does not list this node, and one sentence says so. */
    record NotListedAnyMore(long number, String why) implements NodeInput {}

    /** Answer to {@link NodeEffect.LoadKey}. */
    record KeyLoaded() implements NodeInput {}

    /** The other answer to {@link NodeEffect.LoadKey}: one sentence. */
    record KeyRefused(String why) implements NodeInput {}

    /** Answer to {@link NodeEffect.ChangeLinks}: what has changed, one phrase each; empty if nothing was different. */
    record LinksChanged(List<String> changes) implements NodeInput {
        /** Takes a copy. */
        public LinksChanged {
            changes = List.copyOf(changes);
        }
    }

    /** The other answer to {@link NodeEffect.ChangeLinks}: the links are as they were, and one sentence says why. */
    record LinksRefused(String why) implements NodeInput {}

    /** Somebody seals with the key that was loaded here and is not in use here yet. */
    record LoadedKeySeen() implements NodeInput {}

    /** Leave the cluster in order; answered by {@link NodeEffect.Left}. */
    record Leave() implements NodeInput {}
}
