package org.quorate.core.ring.wire;

/**
 * One message of the single ring. Every message starts with the same 13 octets:
 *
 * <table>
 * <caption>Common header</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>0xC070 in the sender's byte order</td></tr>
 * <tr><td>2</td><td>1</td><td>version, 3</td></tr>
 * <tr><td>3</td><td>1</td><td>type, 0 to 5</td></tr>
 * <tr><td>4</td><td>1</td><td>encapsulated: of a {@link Mcast} 1 or 2, else 0</td></tr>
 * <tr><td>5</td><td>4</td><td>node id of the node that made the message; 0 in a leave</td></tr>
 * <tr><td>9</td><td>4</td><td>target: 0 for all, else the only node that shall process it</td></tr>
 * </table>
 *
 * <p>Immutable, apart from the packet inside a {@link Mcast}. The constructors refuse with {@link IllegalArgumentException} what a peer would take amiss.
 */
public sealed interface RingMessage permits Token, Mcast, MergeDetect, Join, CommitToken, HoldCancel {
    /** Who made the message; unsigned; of a token the last hop, of a leave 0. */
    int nodeId();

    /** 0 for all, else the only node that shall process it; unsigned. */
    int target();

    /** The octets for the transport, little-endian. A new array, except from {@link Mcast#encode()}. */
    byte[] encode();
}
