/**
 * The four messages that votequorum nodes exchange (service 5), as bodies without the 16-octet service header.
 * {@link org.quorate.quorum.vote.wire.VoteMessage#decode} answers with {@link org.quorate.quorum.vote.wire.Decoded} and never throws.
 */
@NullMarked
package org.quorate.quorum.vote.wire;

import org.jspecify.annotations.NullMarked;
