package org.quorate.examples.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.quickstart.Quickstart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code quorate quickstart}. */
@Command(
        name = "quickstart",
        description = "Runs three nodes in this process, lets a link and a node fail, and shows what happens.",
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Quickstart.run(Objects.requireNonNull(spec).commandLine().getOut());
        return 0;
    }
}
