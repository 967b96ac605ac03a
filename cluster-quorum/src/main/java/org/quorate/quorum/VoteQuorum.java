package org.quorate.quorum;

import java.util.List;
import org.quorate.quorum.vote.VoteEngine;
import org.quorate.quorum.vote.VoteOptions;
import org.quorate.quorum.vote.VoteWarnings;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;

/**
 * Quorum by counting votes, compatible with Corosync's provider of the same name: a partition may act when it holds more than half
 * of the expected votes.
 *
 * <p>Understands the options of votequorum(5): {@code expected_votes}, {@code votes}, {@code two_node}, {@code wait_for_all},
 * {@code last_man_standing}, {@code last_man_standing_window}, {@code auto_tie_breaker}, {@code auto_tie_breaker_node},
 * {@code allow_downscale}, {@code expected_votes_tracking} and the votes and timeouts of {@code device}. All members need the same options; nothing on the wire negotiates them.
 * Stateless and safe for any thread; the engines it makes are confined to their node's event loop.
 */
public final class VoteQuorum implements QuorumProvider {
    /** The name in the configuration. */
    public static final String NAME = "corosync_votequorum";

    /** For {@link java.util.ServiceLoader} and for users. */
    public VoteQuorum() {}

    @Override
    public String name() {
        return NAME;
    }

    /** {@inheritDoc} Combinations that Corosync only complains about start here as well: see {@link #warnings}. */
    @Override
    public QuorumEngine open(QuorumSettings settings) {
        return new VoteEngine(settings);
    }

    @Override
    public List<String> warnings(QuorumSettings settings) {
        return VoteWarnings.of(VoteOptions.of(settings), settings);
    }
}
