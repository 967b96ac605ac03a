/** The quorum provider {@code corosync_votequorum}: {@link org.quorate.quorum.VoteQuorum} is all that users and cores see of it. */
@NullMarked
package org.quorate.quorum;

import org.jspecify.annotations.NullMarked;
