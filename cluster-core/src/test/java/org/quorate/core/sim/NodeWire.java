package org.quorate.core.sim;

import org.quorate.NodeId;

/** A simulated node's half of the transport. Times are the node's own. What arrives is passed to the node as inputs. */
interface NodeWire {
    /** To one node, which may be the own one. */
    void send(long nowNanos, NodeId target, byte[] packet);

    /** To every other node. */
    void sendToOthers(long nowNanos, byte[] packet);

    /** To every node. */
    void sendToAll(long nowNanos, byte[] packet);

    /** Takes what came over the network. */
    void received(long nowNanos, int from, int path, byte[] message);

    /** Fires what is due. */
    void tick(long nowNanos);

    /** The next instant at which {@link #tick} has work. */
    long deadlineNanos();

    /** From now on messages are counted instead of passed on. */
    void beginDiscard();

    /** Passes on again; returns how many were counted. */
    int endDiscard();

    /** The process is gone. */
    void close();
}
