package org.quorate.quorum;

import org.quorate.spi.QuorumProvider;
import org.quorate.spi.contract.QuorumProviderContract;

/** Votequorum does what every provider does. */
class VoteQuorumContractTest extends QuorumProviderContract {
    @Override
    protected QuorumProvider provider() {
        return new VoteQuorum();
    }
}
