package org.quorate.examples.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D join-password}. */
@Command(
        name = "join-password",
        description = {
            "Sets the password with which machines may join by this node; what is kept is a slow salted hash.",
            "It is asked for, or read from a file; never given on the command line, where others see it."
        },
        mixinStandardHelpOptions = true)
final class JoinPasswordCommand implements Callable<Integer> {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private PasswordInput input = new PasswordInput();

    @Option(names = "--clear", description = "take the password away: only tokens are good then")
    private boolean clear;

    @Override
    public Integer call() {
        JsonObject request = new JsonObject().put("command", "join-password");
        if (!clear) {
            char[] password = input.read("Password for joiners: ");
            request.put("password", new String(password));
            Arrays.fill(password, '\0');
        }
        return ChangeRequest.ask(
                Objects.requireNonNull(main), Objects.requireNonNull(spec), request, ANSWER_LIMIT, false);
    }
}
