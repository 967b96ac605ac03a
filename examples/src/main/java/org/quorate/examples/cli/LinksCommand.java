package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D links}. */
@Command(
        name = "links",
        description = "Lists every link to every peer with its latency and MTU.",
        mixinStandardHelpOptions = true)
final class LinksCommand extends ListingCommand {}
