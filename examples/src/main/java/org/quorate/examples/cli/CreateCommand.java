package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;
import org.quorate.core.conf.InitialConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.ClusterCreation;
import org.quorate.core.join.ClusterCreation.Created;
import org.quorate.core.join.CreateOptions;
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
        description = "Makes a cluster of one node in a folder, as pvecm create does; an agent then runs the node.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CreateCommand implements Callable<Integer> {
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
        Path folder = Objects.requireNonNull(main).requiredDataDir(self.commandLine(), "the folder of the new node");
        PrintWriter err = self.commandLine().getErr();
        Created created =
                ClusterCreation.create(folder, options(self), LocalAddresses.ofThisHost(), Clock.systemUTC(), step -> {
                    err.println("quorate: " + step);
                    err.flush();
                });
        PrintWriter out = self.commandLine().getOut();
        if (json) out.println(report(created, folder));
        else print(created, folder, out);
        out.flush();
        return 0;
    }

    private CreateOptions options(CommandSpec self) {
        if (nodeId < 1 || nodeId > NodeId.MAX)
            throw new ParameterException(self.commandLine(), "--nodeid " + nodeId + " is not in 1.." + NodeId.MAX);
        return new CreateOptions(name, nodeName, links.links(), NodeId.of(nodeId), votes, tokenCoefficient);
    }

    private static void print(Created created, Path folder, PrintWriter out) {
        InitialConf conf = created.conf();
        out.println("Cluster " + conf.clusterName() + " is made, with node " + conf.nodeName() + " (" + conf.nodeId()
                + ") in " + folder + ".");
        conf.links().forEach((number, link) -> out.println("Link " + number + ": " + link.address()));
        out.println("Fingerprint: " + created.fingerprint());
        out.println("Run it: quorate agent --data-dir " + folder);
    }

    private static JsonObject report(Created created, Path folder) {
        InitialConf conf = created.conf();
        List<JsonObject> links = new ArrayList<>();
        conf.links()
                .forEach((number, link) -> links.add(new JsonObject()
                        .put("link", number)
                        .put("address", link.address())
                        .put("priority", link.priority())));
        return JsonObject.withSchema()
                .put("cluster", conf.clusterName())
                .put("node", conf.nodeName())
                .put("nodeId", conf.nodeId().value())
                .put("votes", conf.votes())
                .put("links", links)
                .put("fingerprint", created.fingerprint())
                .put("dataDir", folder.toString());
    }
}
