package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D nodes}. */
@Command(
        name = "nodes",
        description = "Lists the members of the current membership by name.",
        mixinStandardHelpOptions = true)
final class NodesCommand extends ListingCommand {}
