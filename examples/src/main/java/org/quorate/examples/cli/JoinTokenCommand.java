package org.quorate.examples.cli;

import java.time.Duration;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate --data-dir D join-token}. */
@Command(
        name = "join-token",
        description = {
            "Makes a token with which one machine may join by this node, once.",
            "It is a secret: whoever has it can join. Nothing but its hash is kept."
        },
        mixinStandardHelpOptions = true)
final class JoinTokenCommand extends AgentQuestion {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "15",
            description = "how long it is good for; 15 unless given")
    private int minutes;

    @Override
    void describe(JsonObject request) {
        request.put("seconds", minutes * 60L);
    }

    @Override
    Duration limit() {
        return Duration.ofSeconds(30);
    }
}
