package org.quorate.core.service;

import org.quorate.ClusterException;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.QuorumState;

/** What a {@link Service} asks for. */
public sealed interface ServiceEffect {
    /** Multicast a message, header included, to the services of all members. */
    record Multicast(byte[] message) implements ServiceEffect {}

    /** The quorum decision or one of its numbers changed. */
    record QuorumDecided(QuorumState state) implements ServiceEffect {}

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

    /** The node has to stop. */
    record Stop(ClusterException.Reason reason, String why) implements ServiceEffect {}
}
