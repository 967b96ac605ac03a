/**
 * What a knet node decides about its links and peers. Per source host: {@code SequenceWindow} tells new messages from repeated ones,
 * {@code Reassembler} puts fragments together, {@code PeerInbox} joins the two and hears the peer's pings.
 */
@NullMarked
package org.quorate.knet.link;

import org.jspecify.annotations.NullMarked;
