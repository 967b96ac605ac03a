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

/** {@code quorate --data-dir D join-token}. */
@Command(
        name = "join-token",
        description = {
            "Makes a token with which one machine may join by this node, once.",
            "It is a secret: whoever has it can join. Nothing but its hash is kept."
        },
        mixinStandardHelpOptions = true)
final class JoinTokenCommand implements Callable<Integer> {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "15",
            description = "how long it is good for; 15 unless given")
    private int minutes;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() {
        return ChangeRequest.ask(
                Objects.requireNonNull(main),
                Objects.requireNonNull(spec),
                new JsonObject().put("command", "join-token").put("seconds", minutes * 60L),
                ANSWER_LIMIT,
                json);
    }
}
