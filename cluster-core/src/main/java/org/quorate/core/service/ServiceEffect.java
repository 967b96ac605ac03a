package org.quorate.core.service;

import java.util.List;
import java.util.Optional;
import org.quorate.ClusterException;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.core.conf.ConfigDifference;

/** What a {@link Service} asks for. */
public sealed interface ServiceEffect {
    /** Multicast a message, header included, to the services of all members. */
    record Multicast(byte[] message) implements ServiceEffect {}

    /** The quorum decision or one of its numbers changed. */
    record QuorumDecided(QuorumState state) implements ServiceEffect {}

    /** The answer to a request that was given with {@code ticket}; done unless there is a {@code refusal}, one sentence. */
    record QuorumAnswered(long ticket, Optional<String> refusal) implements ServiceEffect {}

    /** Keep a value; durable before later effects. */
    record Persist(String name, byte[] value) implements ServiceEffect {}

    /** Members of a group with a local member came or went. */
    record GroupChanged(String group, Change change) implements ServiceEffect {}

    /** A message of a group with a local member; {@code ticket} as in the send, -1 if it is not from here. */
    record GroupMessage(String group, GroupMember sender, byte[] payload, long ticket) implements ServiceEffect {}

    /** A message that was not understood; counted. */
    record Dropped(String counter) implements ServiceEffect {}

    /** For the log. */
    record Note(boolean warning, String sentence) implements ServiceEffect {}

    /**
     * Read the configuration again, and the key; nothing may be sent meanwhile, if it does not take too long.
     *
     * @param number to be given back with the answer
     */
    record ReadConfiguration(long number) implements ServiceEffect {}

    /** Take frames under the key that was read too, then answer. */
    record LoadKey() implements ServiceEffect {}

    /** Go over to the links of the configuration that was read, then answer. */
    record ChangeLinks() implements ServiceEffect {}

    /** Seal with the loaded key. */
    record UseKey() implements ServiceEffect {}

    /** Forget the key that is not in use. */
    record DropKey() implements ServiceEffect {}

    /** Say when every member is known to have the message that is being delivered, or the membership has changed. */
    record AwaitReceivedByAll() implements ServiceEffect {}

    /** Go by another configuration from now on. */
    record ApplyConfiguration(ConfigDifference difference) implements ServiceEffect {}

    /**
     * A reload is over on this node.
     *
     * @param tickets of those who wait for it here
     * @param refusal why this node keeps what it has
     * @param report empty after a refusal
     */
    record ReloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report) implements ServiceEffect {
        /** Takes a copy. */
        public ReloadEnded {
            tickets = List.copyOf(tickets);
        }
    }

    /** The node has to leave in order, as far as the others let it, and to stop then. */
    record LeaveAndStop(ClusterException.Reason reason, String why) implements ServiceEffect {}

    /** The node has to stop. */
    record Stop(ClusterException.Reason reason, String why) implements ServiceEffect {}
}
