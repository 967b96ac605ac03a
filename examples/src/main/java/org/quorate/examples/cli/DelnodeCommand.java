package org.quorate.examples.cli;

import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quorate --data-dir D delnode NODE}. */
@Command(
        name = "delnode",
        description = {
            "Removes another node from the cluster: takes it off the list, revokes its certificate, retires its id, replaces the key.",
            "One that is online is refused unless forced; it is told to stop then."
        },
        mixinStandardHelpOptions = true)
final class DelnodeCommand extends AgentChange {
    @Parameters(paramLabel = "NODE", description = "name of the node")
    private String node = "";

    @Override
    void describe(JsonObject request) {
        request.put("node", node);
    }
}
