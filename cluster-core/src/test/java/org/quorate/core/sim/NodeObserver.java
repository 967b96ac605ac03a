package org.quorate.core.sim;

import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.QuorumState;
import org.quorate.View;

/** Hears what the applications on the simulated nodes hear and do, in the order in which it happens. */
interface NodeObserver {
    /** A node's process begins its life number {@code life}, from 1. */
    default void started(int node, int life) {}

    /** A process ended. */
    default void ended(int node) {}

    /** The application joins a group as that member. */
    default void joins(int node, String group, GroupMember self) {}

    /** A message was handed to the node. */
    default void sent(int node, String group, long number, byte[] payload) {}

    /** The node did not take it. */
    default void refused(int node, long number) {}

    /** A message was delivered; {@code ticket} is -1 unless this life sent it. */
    default void delivered(int node, String group, GroupMember sender, byte[] payload, long ticket) {}

    /** A group changed. */
    default void groupChanged(int node, String group, Change change) {}

    /** A view was installed; {@code durableSequence} is the ring sequence on the node's disk. */
    default void viewInstalled(int node, View view, long durableSequence) {}

    /** The decision changed within a view. */
    default void quorumChanged(int node, QuorumState quorum) {}

    /** Something is to be kept; false if the disk only says that it does so. */
    default boolean persists(int node, String name) {
        return true;
    }
}
