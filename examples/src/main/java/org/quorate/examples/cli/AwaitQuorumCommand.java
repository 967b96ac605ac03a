package org.quorate.examples.cli;

import java.time.Duration;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate --data-dir D await-quorum}. */
@Command(
        name = "await-quorum",
        description = {
            "Waits until the node of a running agent is quorate; fails with the reason if it is not within the limit."
        },
        mixinStandardHelpOptions = true)
final class AwaitQuorumCommand extends AgentQuestion {
    /** How much longer than the node itself the agent may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Option(
            names = "--limit",
            paramLabel = "S",
            defaultValue = "120",
            description = "seconds to wait; 120 unless given")
    private int limitSeconds;

    @Override
    void describe(JsonObject request) {
        request.put("limitMillis", limitSeconds * 1000L);
    }

    @Override
    Duration limit() {
        return Duration.ofSeconds(limitSeconds).plus(PATIENCE);
    }
}
