package org.quorate.examples.cli;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D config diff}. */
@Command(name = "config", description = "Looks at the cluster's configuration.", mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Missing command of config: diff");
    }

    @Command(
            name = "diff",
            description = "How what runs, what is stored and what the other members have differ.",
            mixinStandardHelpOptions = true)
    int diff(@Option(names = "--json", description = "print a JSON object instead of text") boolean json) {
        return ChangeRequest.ask(
                Objects.requireNonNull(main),
                Objects.requireNonNull(spec),
                new JsonObject().put("command", "config diff"),
                ANSWER_LIMIT,
                json);
    }
}
