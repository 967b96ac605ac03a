package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D links}. */
@Command(
        name = "links",
        description = {
            "Says which peers are reached over which link, since when and why; how each link fares: what is lost, round trips,",
            "MTU and where it comes from, what is the matter with it; and what was dropped for which reason."
        },
        mixinStandardHelpOptions = true)
final class LinksCommand extends ListingCommand {}
