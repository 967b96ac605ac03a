package org.quorate.examples.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.core.conf.NodeAddition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code quorate apiver}. */
@Command(
        name = "apiver",
        description = "Prints the version of the protocol by which nodes join.",
        mixinStandardHelpOptions = true)
final class ApiverCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Objects.requireNonNull(spec).commandLine().getOut().println(NodeAddition.API_VERSION);
        return 0;
    }
}
