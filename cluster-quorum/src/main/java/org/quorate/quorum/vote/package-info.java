/**
 * The rules of votequorum as a pure engine. {@link org.quorate.quorum.vote.VoteEngine} follows the order of events: new ring,
 * exchange, decision, messages, requests, time. {@link org.quorate.quorum.vote.Ballot} holds the votes and computes.
 * {@link org.quorate.quorum.vote.VoteOptions} is the checked configuration, {@code Verdict} turns numbers into a
 * {@link org.quorate.QuorumState} with its sentence. Rules: {@code docs/protocol/votequorum.md}, why and when:
 * {@code docs/internals/quorum.md}.
 */
@NullMarked
package org.quorate.quorum.vote;

import org.jspecify.annotations.NullMarked;
