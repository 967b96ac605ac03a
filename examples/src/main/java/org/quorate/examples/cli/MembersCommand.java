package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D members}. */
@Command(
        name = "members",
        description = "Lists every node of the node list, present or missing, and why there is quorum or not.",
        mixinStandardHelpOptions = true)
final class MembersCommand extends ListingCommand {}
