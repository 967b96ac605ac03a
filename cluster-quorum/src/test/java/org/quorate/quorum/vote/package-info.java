/** Tests of the votequorum engine: recorded runs, single rules, small clusters exhaustively, hostile messages. */
@NullMarked
package org.quorate.quorum.vote;

import org.jspecify.annotations.NullMarked;
