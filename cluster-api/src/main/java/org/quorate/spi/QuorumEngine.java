package org.quorate.spi;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.engine.Engine;

/**
 * A quorum provider at work on one node: a pure engine, confined to the node's event loop.
 *
 * <p>Order of inputs for each membership: {@link Input.ViewStarted} on every member; {@link Input.SyncTurn}, at which the engine
 * broadcasts what its peers have to know; the {@link Input.Message}s of all members; {@link Input.SyncDone}, at which it decides. If
 * the membership changes before that, the next thing is another {@code ViewStarted}.
 */
public interface QuorumEngine extends Engine<QuorumEngine.Input, QuorumEngine.Effect> {
    /**
     * Service number of this engine's messages on the ring, 5 for votequorum, 32..63 for others; empty if it sends none (then it gets no
     * {@link Input.SyncTurn}). All members of a ring must use the same engine.
     */
    OptionalInt service();

    /** The newest decision. */
    QuorumState state();

    /**
     * Whether the core may tell the other members that this engine has had its turn. Asked after {@link Input.SyncTurn} and, while false,
     * after every further input and tick; the whole cluster's synchronisation waits meanwhile. Without a quorum device always true.
     */
    default boolean isReadyForDecision() {
        return true;
    }

    /** What the engine counts, by name, for the node's counters: what it drops as {@code drop.quorum.REASON}. Never decreasing. */
    default Map<String, Long> counters() {
        return Map.of();
    }

    /** What an engine is told. */
    sealed interface Input {
        /**
         * A new membership was formed; nobody has exchanged anything yet.
         *
         * @param ringId its name
         * @param members ascending
         * @param transitional those that came along from this node's previous membership, ascending
         */
        record ViewStarted(RingId ringId, List<NodeId> members, List<NodeId> transitional) implements Input {
            /** Takes copies. */
            public ViewStarted {
                members = List.copyOf(members);
                transitional = List.copyOf(transitional);
            }
        }

        /** Now is the time to broadcast what the peers need for their decision. */
        record SyncTurn() implements Input {}

        /** All members' messages of this membership have been delivered: decide. */
        record SyncDone() implements Input {}

        /**
         * An ordered message of a member, possibly of this node itself.
         *
         * @param from who sent it
         * @param function 0..65535
         * @param body without the service header; little-endian numbers by convention. Not to be changed
         */
        record Message(NodeId from, int function, byte[] body) implements Input {}

        /** The node list or the options changed. */
        record SettingsChanged(QuorumSettings settings) implements Input {}

        /** This node is about to leave in order. */
        record Leaving() implements Input {}

        /**
         * Something that an operator asked of this node. Each is answered once: with {@link Effect.Refused}, or with {@link Effect.Done}
         * when it has taken effect here, which is usually when the message that it caused is delivered. An engine that knows no such
         * thing refuses it.
         */
        sealed interface Request extends Input {}

        /** Let all members expect that many votes from now on. */
        record SetExpectedVotes(int votes) implements Request {}

        /** Give a node another number of votes, until it restarts. */
        record SetNodeVotes(NodeId node, int votes) implements Request {}

        /** Let all members stop waiting for absent nodes. */
        record CancelWaitForAll() implements Request {}

        /**
         * A quorum device on this node begins. It may take a round of messages until it is registered; a refusal may come that late.
         *
         * @param name at most 254 characters of one octet; the same on all nodes
         */
        record RegisterDevice(String name) implements Request {}

        /**
         * The device is alive. To be repeated more often than its timeout, and at once after each new membership.
         *
         * @param name as registered
         * @param ringId the membership that the device voted for; another than the present one is refused
         * @param castsVote whether it gives its votes to this node's partition
         */
        record PollDevice(String name, RingId ringId, boolean castsVote) implements Request {}

        /** Whether the device's votes alone are enough for its partition. */
        record AllowMasterWins(String name, boolean allowed) implements Request {}

        /** The device ends. */
        record UnregisterDevice(String name) implements Request {}
    }

    /** What an engine asks for. */
    sealed interface Effect {
        /**
         * Send an ordered message to all members, this node included.
         *
         * @param function 0..65535
         * @param body without the service header, at most {@link #MAX_BODY_BYTES}. Not to be changed
         */
        record Broadcast(int function, byte[] body) implements Effect {
            /** The longest body. */
            public static final int MAX_BODY_BYTES = 65_536;

            private static final int MAX_FUNCTION = 65_535;

            /** Refuses what the ring cannot carry, here where the engine's author sees it. */
            public Broadcast {
                if (function < 0 || function > MAX_FUNCTION)
                    throw new IllegalArgumentException("function " + function + " is not in 0.." + MAX_FUNCTION);
                if (body.length > MAX_BODY_BYTES)
                    throw new IllegalArgumentException(
                            "a quorum message of " + body.length + " bytes; at most " + MAX_BODY_BYTES);
            }
        }

        /** The decision or one of its numbers changed. */
        record Decided(QuorumState state) implements Effect {}

        /**
         * Keep a value for later lives of this node; durable before any later effect is performed.
         *
         * @param name letters, digits, underscore
         * @param value at most 4096 bytes
         */
        record Remember(String name, byte[] value) implements Effect {}

        /** A request has taken effect on this node, and does at the same place in the order on all others that it concerns. */
        record Done(Input.Request request) implements Effect {}

        /**
         * A request was refused; nothing changed.
         *
         * @param reason one sentence
         */
        record Refused(Input.Request request, String reason) implements Effect {}

        /** A sentence for the log. */
        record Note(String sentence) implements Effect {}
    }
}
