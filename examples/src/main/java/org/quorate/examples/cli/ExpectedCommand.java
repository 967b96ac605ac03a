package org.quorate.examples.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D expected VOTES}. */
@Command(
        name = "expected",
        description = {
            "Lets all members expect that many votes until they restart, as pvecm expected and corosync-quorumtool -e do.",
            "Two partitions that are both told so can both act: be sure that the missing nodes are off."
        },
        mixinStandardHelpOptions = true)
final class ExpectedCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "VOTES", description = "at least the votes that are present")
    private int votes;

    @Override
    public Integer call() {
        return ListingCommand.ask(Objects.requireNonNull(main), Objects.requireNonNull(spec), request(votes), false);
    }

    static JsonObject request(int votes) {
        return new JsonObject().put("command", "expected").put("votes", votes);
    }
}
