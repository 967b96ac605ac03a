package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D rotate-key}. */
@Command(
        name = "rotate-key",
        description = {
            "Replaces the cluster's key by a new one while everything runs.",
            "A node that is absent gets it when it comes back, by its certificate."
        },
        mixinStandardHelpOptions = true)
final class RotateKeyCommand extends AgentChange {}
