package org.quorate.core.shell;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.NodeId;
import org.quorate.spi.StateStore;
import org.quorate.spi.contract.StateStoreContract;

/** A folder keeps every promise of a store. */
class FolderStateStoreContractTest extends StateStoreContract {
    @TempDir
    private Path folder;

    @Override
    protected StateStore open() {
        return FolderStateStore.open(folder, NodeId.of(1));
    }
}
