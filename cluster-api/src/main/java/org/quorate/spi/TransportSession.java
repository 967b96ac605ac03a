package org.quorate.spi;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.quorate.CryptoConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.PeerStatus;

/**
 * A transport in use by one node. All methods but {@link #loop} and {@link #close} are to be called on the loop.
 *
 * <p>Sending never blocks and never fails visibly: a message that cannot go out is counted and dropped. The transport has read the
 * message when the call returns; position and limit of the buffer are left as they were. A node's messages to itself are delivered
 * through the same queue as those of others, never within the call.
 */
public interface TransportSession extends AutoCloseable {
    /** The loop on which everything of this node runs. */
    EventLoop loop();

    /** Sends to one node, which may be this one. */
    void send(NodeId target, ByteBuffer message);

    /** Sends to every reachable peer and to this node. */
    void sendToAll(ByteBuffer message);

    /** Sends to every reachable peer but not to this node. */
    void sendToOthers(ByteBuffer message);

    /**
     * Sends to one node what may have been lost before with a link that is not known to be down: over every link that is up. Receivers
     * deliver it once. The same as {@link #send} unless the transport has several links.
     */
    default void sendAgain(NodeId target, ByteBuffer message) {
        send(target, message);
    }

    /** The same to every reachable peer but not to this node. */
    default void sendToOthersAgain(ByteBuffer message) {
        sendToOthers(message);
    }

    /**
     * Sends to one node over those links that are up and do not carry its data now; not at all if there are none. For what is perhaps only
     * late.
     */
    default void sendElsewhere(NodeId target, ByteBuffer message) {}

    /**
     * Throws away everything that had been received but not delivered when this was called, and then reports how many messages that
     * were. Heartbeats are not affected. For a process that was asleep and must not act on stale input.
     */
    void discardPending(IntConsumer discarded);

    /** Adds a peer, or changes its links; links that stay the same are not disturbed. */
    void putPeer(TransportSettings.Peer peer);

    /** Forgets a peer and its links; unknown ids are ignored. */
    void removePeer(NodeId id);

    /**
     * Changes what is in force to {@code settings}: own addresses, peers and their links, link mode, path MTU settings, compression.
     * What is equal in both is not disturbed and loses nothing. {@code self}, {@code crypto} and {@code key} are ignored.
     *
     * <p>Where an address of a link changes, the old pair of addresses goes on carrying data until the new one has proved itself, for a
     * limited time; a link that is taken away is not sent on any more, but what still comes over it is heard for a while.
     *
     * @throws org.quorate.ClusterException if a setting contradicts another ({@link TransportSettings#problems}), an own address is not
     *     local, or a port is busy; then everything is as it was before
     */
    void reconfigure(TransportSettings settings);

    /** Every peer, by id. */
    List<PeerStatus> peers();

    /**
     * Begins a change of keys: from now on packets sealed with {@code key} are taken too; this node still seals with the present key.
     * {@link #useLoadedKey} and {@link #dropOldKey} follow, each when all nodes have taken the step before; in between both keys are good.
     * Clear text is taken as long as one of the two configurations is off.
     *
     * @param crypto cipher and hash that go with the key; may be off
     * @param key 128 to 4096 bytes, of which the transport takes a copy; not looked at if crypto is off
     * @throws org.quorate.ClusterException if the key cannot be used; nothing has changed then
     * @throws IllegalStateException if there are two keys already
     */
    void loadKey(CryptoConfig crypto, byte[] key);

    /**
     * Seals with the loaded key from now on, and still opens what is sealed with the one before.
     *
     * @throws IllegalStateException if no key is loaded, or the loaded one is in use already
     */
    void useLoadedKey();

    /**
     * Ends a change: forgets the key that is not in use, and wipes it. Before {@link #useLoadedKey} that is the loaded one, and the change
     * is called off.
     *
     * @throws IllegalStateException if there is only one key
     */
    void dropOldKey();

    /** State of every link, by peer and link number. */
    List<LinkStatus> links();

    /** Counters by name; those of dropped packets begin with {@code drop.}. */
    Map<String, Long> counters();

    /** Sends what is queued if that takes no waiting, then releases sockets and the loop's thread. Idempotent; any thread. */
    @Override
    void close();
}
