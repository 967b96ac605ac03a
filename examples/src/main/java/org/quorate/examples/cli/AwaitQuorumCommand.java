package org.quorate.examples.cli;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D await-quorum}. */
@Command(
        name = "await-quorum",
        description = {
            "Waits until the node of a running agent is quorate; fails with the reason if it is not within the limit."
        },
        mixinStandardHelpOptions = true)
final class AwaitQuorumCommand implements Callable<Integer> {
    /** How much longer than the node itself the agent may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--limit",
            paramLabel = "S",
            defaultValue = "120",
            description = "seconds to wait; 120 unless given")
    private int limitSeconds;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() {
        return ChangeRequest.ask(
                Objects.requireNonNull(main),
                Objects.requireNonNull(spec),
                new JsonObject().put("command", "await-quorum").put("limitMillis", limitSeconds * 1000L),
                Duration.ofSeconds(limitSeconds).plus(PATIENCE),
                json);
    }
}
