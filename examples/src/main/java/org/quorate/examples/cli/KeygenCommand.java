package org.quorate.examples.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.core.join.KeyFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quorate keygen FILE}. */
@Command(
        name = "keygen",
        description = "Makes a key file for nodes that are set up by hand, as pvecm keygen and corosync-keygen do.",
        mixinStandardHelpOptions = true)
final class KeygenCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "is made for its owner only; must not be there")
    private @Nullable Path file;

    @Override
    public Integer call() {
        if (file != null) KeyFile.create(file);
        return 0;
    }
}
