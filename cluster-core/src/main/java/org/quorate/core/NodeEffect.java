package org.quorate.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.View;

/** What a {@link NodeEngine} asks its host to do, in order. */
public sealed interface NodeEffect {
    /** Performs this effect on {@code host}. */
    void applyTo(Host host);

    /** To one node, which may be this one. */
    record Send(NodeId target, byte[] packet) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.send(target, packet);
        }
    }

    /** To one peer, over every link. */
    record SendAgain(NodeId target, byte[] packet) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.sendAgain(target, packet);
        }
    }

    /** To one peer over links that do not carry its data, if there are any. */
    record SendElsewhere(NodeId target, byte[] packet) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.sendElsewhere(target, packet);
        }
    }

    /** To every peer only, over every link. */
    record SendToOthersAgain(byte[] packet) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.sendToOthersAgain(packet);
        }
    }

    /** To every peer and, through the transport's own queue, to this node. */
    record SendToAll(byte[] packet) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.sendToAll(packet);
        }
    }

    /** To every peer only. */
    record SendToOthers(byte[] packet) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.sendToOthers(packet);
        }
    }

    /** Keep a value; no later effect may be performed before it is durable. */
    record Persist(String name, byte[] value) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.persist(name, value);
        }
    }

    /** Throw away what the transport has received but not delivered, then step {@link NodeInput.Discarded}. */
    record DiscardPending() implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.discardPending();
        }
    }

    /** A new membership, complete with its quorum decision. */
    record ViewInstalled(View view) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.viewInstalled(view);
        }
    }

    /** The decision changed within a membership. */
    record QuorumChanged(QuorumState quorum) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.quorumChanged(quorum);
        }
    }

    /** Members of a group came or went. Only for groups that this node is a member of. */
    record GroupChanged(String group, Change change) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.groupChanged(group, change);
        }
    }

    /**
     * An ordered message of a group that this node is a member of.
     *
     * @param group its name
     * @param sender who sent it
     * @param payload the receiver's own
     * @param ticket that of {@link NodeInput.Send} if this node sent it in this life, else -1
     */
    record GroupMessage(String group, GroupMember sender, byte[] payload, long ticket) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.groupMessage(group, sender, payload, ticket);
        }
    }

    /** A {@link NodeInput.Send} that was not taken. */
    record SendFailed(long ticket, ClusterException.Reason reason, String why) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.sendFailed(ticket, reason, why);
        }
    }

    /**
     * Read configuration and key again, then step {@link NodeInput.ConfigurationRead} or {@link NodeInput.ConfigurationRefused}. No later
     * effect may be performed before that, or before {@code holdNanos} are over.
     *
     * @param number to be given back
     * @param holdNanos how long this node may be silent at most
     */
    record ReadConfiguration(long number, long holdNanos) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.readConfiguration(number, holdNanos);
        }
    }

    /** Let the transport take frames under the key that was read too, then step {@link NodeInput.KeyLoaded} or {@link NodeInput.KeyRefused}. */
    record LoadKey() implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.loadKey();
        }
    }

    /**
     * Let the transport go over to the links of the configuration that was read, then step {@link NodeInput.LinksChanged} or {@link
     * NodeInput.LinksRefused}.
     */
    record ChangeLinks() implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.changeLinks();
        }
    }

    /** Let the transport seal with the loaded key. */
    record UseKey() implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.useKey();
        }
    }

    /** Let the transport forget the key that is not in use. */
    record DropKey() implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.dropKey();
        }
    }

    /**
     * The quorum provider's answer to a {@link NodeInput.QuorumRequest}.
     *
     * @param refusal why nothing has changed; empty if it is done
     * @param state the newest decision
     */
    record QuorumAnswered(long ticket, Optional<String> refusal, QuorumState state) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.quorumAnswered(ticket, refusal, state);
        }
    }

    /** This configuration is in force now. */
    record ConfigurationApplied(ClusterConfig config) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.configurationApplied(config);
        }
    }

    /**
     * A reload is over on this node; what was read for it is not needed any more.
     *
     * @param tickets of the {@link NodeInput.Reload}s that it answers
     * @param refusal why this node keeps what it has; empty if all went well
     * @param report empty after a refusal
     */
    record ReloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.reloadEnded(tickets, refusal, report);
        }
    }

    /** A sentence for the log: a change of state, once. */
    record Note(boolean warning, String sentence) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.note(warning, sentence);
        }
    }

    /** The leave message is out; nothing follows. */
    record Left() implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.left();
        }
    }

    /** The node has to stop at once; nothing follows. */
    record Stop(ClusterException.Reason reason, String why) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.stop(reason, why);
        }
    }

    /** This process did not run for at least that long. */
    record Paused(Duration atLeast) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.paused(atLeast);
        }
    }

    /** No token came for a token timeout; {@code phase} is where the node stood. */
    record TokenLost(RingId ringId, String phase) implements NodeEffect {
        @Override
        public void applyTo(Host host) {
            host.tokenLost(ringId, phase);
        }
    }

    /** One method per effect: a new effect does not compile until every host handles it. */
    interface Host {
        void send(NodeId target, byte[] packet);

        void sendToAll(byte[] packet);

        void sendToOthers(byte[] packet);

        /** As {@link #send} for hosts with one link to each peer. */
        default void sendAgain(NodeId target, byte[] packet) {
            send(target, packet);
        }

        /** Nothing for hosts with one link to each peer. */
        default void sendElsewhere(NodeId target, byte[] packet) {}

        /** As {@link #sendToOthers} for hosts with one link to each peer. */
        default void sendToOthersAgain(byte[] packet) {
            sendToOthers(packet);
        }

        void persist(String name, byte[] value);

        void discardPending();

        void viewInstalled(View view);

        void quorumChanged(QuorumState quorum);

        void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state);

        void groupChanged(String group, Change change);

        void groupMessage(String group, GroupMember sender, byte[] payload, long ticket);

        void sendFailed(long ticket, ClusterException.Reason reason, String why);

        void readConfiguration(long number, long holdNanos);

        void loadKey();

        void changeLinks();

        void useKey();

        void dropKey();

        void configurationApplied(ClusterConfig config);

        void reloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report);

        void note(boolean warning, String sentence);

        void paused(Duration atLeast);

        void tokenLost(RingId ringId, String phase);

        void left();

        void stop(ClusterException.Reason reason, String why);
    }
}
