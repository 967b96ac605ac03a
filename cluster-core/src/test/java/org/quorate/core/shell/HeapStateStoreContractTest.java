package org.quorate.core.shell;

import org.quorate.spi.StateStore;
import org.quorate.spi.contract.StateStoreContract;

/** The heap keeps every promise of a store within one process. */
class HeapStateStoreContractTest extends StateStoreContract {
    private final HeapStateStore store = new HeapStateStore();

    @Override
    protected StateStore open() {
        return store;
    }

    @Override
    protected boolean isExclusive() {
        return false;
    }
}
