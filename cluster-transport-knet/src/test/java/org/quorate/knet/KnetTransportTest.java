package org.quorate.knet;

import org.quorate.spi.LinkTransport;
import org.quorate.spi.contract.LinkTransportContract;

/** The contract of transports, for knet on one link without encryption. */
class KnetTransportTest extends LinkTransportContract {
    @Override
    protected LinkTransport transport() {
        return new KnetTransport();
    }
}
