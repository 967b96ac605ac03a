package org.quorate.spi.contract;

import org.quorate.NodeConfig;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;

/** A rule without messages, here the plain majority, does what every provider does. */
class RuleProviderTest extends QuorumProviderContract {
    @Override
    protected QuorumProvider provider() {
        return QuorumProvider.of("majority", input -> {
            int all = input.settings().nodes().stream()
                    .mapToInt(NodeConfig::votes)
                    .sum();
            int present = input.present().stream().mapToInt(NodeConfig::votes).sum();
            return present > all / 2
                    ? RuleDecision.quorate(present + " of " + all + " votes are here")
                    : RuleDecision.inquorate("only " + present + " of " + all + " votes are here");
        });
    }
}
