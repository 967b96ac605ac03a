package org.quorate.knet;

import org.quorate.CryptoConfig;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.contract.LinkTransportContract;

/** The contract of transports, for knet on two links with AES-256 and SHA-256. */
class EncryptedKnetTransportTest extends LinkTransportContract {
    @Override
    protected LinkTransport transport() {
        return new KnetTransport();
    }

    @Override
    protected CryptoConfig crypto() {
        return CryptoConfig.DEFAULT;
    }

    @Override
    protected byte[] key() {
        byte[] key = new byte[256];
        for (int i = 0; i < key.length; i++) key[i] = (byte) (i * 7);
        return key;
    }

    @Override
    protected int links() {
        return 2;
    }
}
