package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;
import org.quorate.core.conf.InitialConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.ClusterCreation;
import org.quorate.core.join.ClusterCreation.Created;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.agent.FolderReports;
import org.quorate.examples.agent.FolderRequests;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate create NAME --data-dir D}. What it does is said on standard error while it does it. */
@Command(
        name = "create",
        description =
                "Makes a cluster of one node in a folder, as pvecm create does; the agent of the folder then runs the node.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CreateCommand implements Callable<Integer> {
    private static final Duration AGENT_LIMIT = Duration.ofMinutes(2);

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "of the cluster: 1 to 15 letters, digits, hyphens; for ever")
    private String name = "";

    @Mixin
    private LinkOptions links = new LinkOptions();

    @Option(names = "--nodeid", paramLabel = "N", description = "id of the node, 1 to 65535; 1 unless given")
    private int nodeId = 1;

    @Option(names = "--votes", paramLabel = "N", description = "votes of the node; 1 unless given")
    private int votes = 1;

    @Option(
            names = "--token-coefficient",
            paramLabel = "MS",
            description = "added to the token timeout for each node beyond two; 125 unless given")
    private int tokenCoefficient = InitialConf.TOKEN_COEFFICIENT_MILLIS;

    @Option(names = "--node-name", paramLabel = "N", description = "of the node; that of this host unless given")
    private String nodeName = "";

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        Main top = Objects.requireNonNull(main);
        Path folder = top.requiredDataDir(self.commandLine(), "the folder of the new node");
        JsonObject request = request(self);
        if (AdminClient.isServing(folder)) return ChangeRequest.ask(top, self, request, AGENT_LIMIT, json);
        PrintWriter err = self.commandLine().getErr();
        Created created = ClusterCreation.create(
                folder, FolderRequests.create(request), LocalAddresses.ofThisHost(), Clock.systemUTC(), step -> {
                    err.println("quorate: " + step);
                    err.flush();
                });
        PrintWriter out = self.commandLine().getOut();
        if (json) out.println(FolderReports.created(created, folder));
        else out.print(FolderReports.createdText(created, folder, false));
        out.flush();
        return 0;
    }

    private JsonObject request(CommandSpec self) {
        if (nodeId < 1 || nodeId > NodeId.MAX)
            throw new ParameterException(self.commandLine(), "--nodeid " + nodeId + " is not in 1.." + NodeId.MAX);
        return new JsonObject()
                .put("command", "create")
                .put("name", name)
                .put("nodeName", nodeName)
                .put("links", FolderRequests.links(links.links()))
                .put("nodeId", nodeId)
                .put("votes", votes)
                .put("tokenCoefficient", tokenCoefficient);
    }
}
