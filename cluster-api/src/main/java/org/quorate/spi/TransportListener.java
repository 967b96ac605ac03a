package org.quorate.spi;

import java.nio.ByteBuffer;
import org.quorate.LinkStatus;
import org.quorate.NodeId;

/** Hears a transport; called on its loop only. */
public interface TransportListener {
    /**
     * A message of {@code from}, or of this node itself, from the position of the buffer to its limit. The buffer is big-endian, read-only in
     * spirit, and valid only during the call.
     */
    void received(NodeId from, ByteBuffer message);

    /** A link went up or down. */
    default void linkChanged(LinkStatus link) {}

    /** Trouble with a link began, changed its kind or ended; {@link LinkStatus#diagnosis} says which. */
    default void linkDiagnosed(LinkStatus link) {}

    /** The MTU of a link that is up changed. */
    default void mtuChanged(LinkStatus link) {}

    /** A peer became reachable over at least one link, or lost the last one. */
    default void peerChanged(NodeId peer, boolean reachable, String why) {}

    /**
     * The process of a peer has ended: its host says that nobody listens at its port, no link to it is up, and nothing comes from it. It is
     * not said of a peer that is merely silent. It may be started again at any time, also before this is said.
     */
    default void peerGone(NodeId peer) {}

    /** A peer seals with the key that was loaded here and is not in use here yet; once for each {@link TransportSession#loadKey}. */
    default void loadedKeySeen(NodeId peer) {}

    /** Someone else uses this node's id: an authenticated packet came that claims to be from it. */
    default void nodeIdClash(String evidence) {}

    /** The transport cannot go on. */
    default void failed(Throwable cause) {}
}
