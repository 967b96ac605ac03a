package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D reload}. */
@Command(
        name = "reload",
        description = {
            "Tells all nodes of the cluster to read their configuration and key again, as corosync-cfgtool -R does.",
            "Ends when this node works by it, and says what has changed here; the other nodes say it in their logs."
        },
        mixinStandardHelpOptions = true)
final class ReloadCommand extends ListingCommand {}
