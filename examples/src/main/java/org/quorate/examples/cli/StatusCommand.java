package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D status}. */
@Command(
        name = "status",
        description = "Shows cluster, quorum and membership as the node sees them.",
        mixinStandardHelpOptions = true)
final class StatusCommand extends ListingCommand {}
