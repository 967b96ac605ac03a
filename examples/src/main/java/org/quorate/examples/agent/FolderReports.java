package org.quorate.examples.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.quorate.ClusterConfig;
import org.quorate.NodeConfig;
import org.quorate.core.conf.InitialConf;
import org.quorate.core.join.ClusterCreation.Created;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.manage.FolderJoin;
import org.quorate.examples.json.JsonObject;

/** What is said of a folder that has become that of a node, or has not. */
public final class FolderReports {
    private FolderReports() {}

    /** A cluster that was made. */
    public static JsonObject created(Created created, Path folder) {
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

    /**
     * The same for people.
     *
     * @param runs whether an agent runs the node already
     */
    public static String createdText(Created created, Path folder, boolean runs) {
        InitialConf conf = created.conf();
        StringBuilder text = new StringBuilder("Cluster " + conf.clusterName() + " is made, with node "
                + conf.nodeName() + " (" + conf.nodeId() + ") in " + folder + ".\n");
        conf.links()
                .forEach((number, link) ->
                        text.append("Link " + number + ": " + link.address()).append('\n'));
        text.append("Fingerprint: ").append(created.fingerprint()).append('\n');
        text.append(runs ? "The agent of the folder runs it.\n" : "Run it: quorate agent --data-dir " + folder + "\n");
        return text.toString();
    }

    /** A cluster that was joined. */
    public static JsonObject joined(JoinResult result, Path folder) {
        NodeConfig node = node(result);
        ClusterConfig config = result.conf().toClusterConfig();
        return JsonObject.withSchema()
                .put("cluster", config.clusterName())
                .put("configVersion", config.configVersion())
                .put("node", node.name())
                .put("nodeId", node.id().value())
                .put("votes", node.votes())
                .put("warnings", warnings(result))
                .put("dataDir", folder.toString());
    }

    /**
     * The same for people.
     *
     * @param runs whether an agent runs the node already
     */
    public static String joinedText(JoinResult result, Path folder, boolean runs) {
        NodeConfig node = node(result);
        StringBuilder text = new StringBuilder();
        for (String warning : warnings(result))
            text.append("Warning: ").append(warning).append(".\n");
        text.append("This is node " + node.name() + " (" + node.id() + ") of cluster "
                + result.conf().toClusterConfig().clusterName() + " now, in " + folder + ".\n");
        text.append(runs ? "The agent of the folder runs it.\n" : "Run it: quorate agent --data-dir " + folder + "\n");
        return text.append("Wait for quorum: quorate await-quorum --data-dir ")
                .append(folder)
                .append('\n')
                .toString();
    }

    /** A join that did not go well: the sentence, or every finding on a line of its own. */
    public static String refusal(JoinFailure failure) {
        if (failure.findings().isEmpty()) return String.valueOf(failure.getMessage());
        StringBuilder text = new StringBuilder("the join is refused, nothing has changed:");
        for (JoinFinding finding : failure.findings())
            text.append(finding.blocks() ? "\n  ! " : "\n  * ").append(finding.sentence());
        if (failure.isForceable()) text.append("\n--force makes warnings of these");
        return text.toString();
    }

    private static NodeConfig node(JoinResult result) {
        return result.conf().toClusterConfig().node(result.self()).orElseThrow();
    }

    private static List<String> warnings(JoinResult result) {
        List<String> all = new ArrayList<>(result.warnings());
        FolderJoin.offerForTwo(result.conf().toClusterConfig()).ifPresent(all::add);
        return all;
    }
}
