/** Tests of the votequorum message layouts: captured messages, round trips, damaged messages. */
@NullMarked
package org.quorate.quorum.vote.wire;

import org.jspecify.annotations.NullMarked;
