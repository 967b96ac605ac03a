package org.quorate.examples.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D quorum ...}. */
@Command(
        name = "quorum",
        description = "Explains the quorum of a running agent's node, or changes its numbers.",
        mixinStandardHelpOptions = true)
final class QuorumCommand implements Runnable {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec().commandLine(), "Missing command of quorum: explain, expected, votes or cancel-wait");
    }

    @Command(
            name = "explain",
            description =
                    "Why the node is quorate or not, who is missing, what would bring quorum back, what is dangerous.",
            mixinStandardHelpOptions = true)
    int explain(@Option(names = "--json", description = "print a JSON object instead of text") boolean json) {
        return ListingCommand.ask(main(), spec(), new JsonObject().put("command", "explain"), json);
    }

    @Command(name = "expected", description = "The same as quorate expected.", mixinStandardHelpOptions = true)
    int expected(@Parameters(paramLabel = "VOTES", description = "at least the votes that are present") int votes) {
        return ListingCommand.ask(main(), spec(), ExpectedCommand.request(votes), false);
    }

    @Command(
            name = "votes",
            description = "Gives a node another number of votes until it restarts, as corosync-quorumtool -v does.",
            mixinStandardHelpOptions = true)
    int votes(
            @Parameters(paramLabel = "NODE", description = "node id") int node,
            @Parameters(paramLabel = "VOTES", description = "0 or more") int votes) {
        JsonObject request =
                new JsonObject().put("command", "votes").put("node", node).put("votes", votes);
        return ListingCommand.ask(main(), spec(), request, false);
    }

    @Command(
            name = "cancel-wait",
            description =
                    "Lets all nodes stop waiting for absent ones, which wait_for_all makes them do after a start.",
            mixinStandardHelpOptions = true)
    int cancelWait() {
        return ListingCommand.ask(main(), spec(), new JsonObject().put("command", "cancel-wait"), false);
    }

    private Main main() {
        return Objects.requireNonNull(main);
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }
}
