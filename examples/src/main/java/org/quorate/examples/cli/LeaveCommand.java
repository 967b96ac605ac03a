package org.quorate.examples.cli;

import picocli.CommandLine.Command;

/** {@code quorate --data-dir D leave}. */
@Command(
        name = "leave",
        description = {
            "Takes this node out of its cluster: the others remove it, and its files are set aside in a backup.",
            "Forced, it goes even if the others do not answer; they have to remove it then."
        },
        mixinStandardHelpOptions = true)
final class LeaveCommand extends AgentChange {}
