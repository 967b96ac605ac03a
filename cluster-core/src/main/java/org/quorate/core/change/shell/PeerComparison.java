package org.quorate.core.change.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.quorate.ClusterChanges.ConfigComparison;
import org.quorate.ClusterException;
import org.quorate.ClusterManager;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.RequestGroup.Replies;
import org.quorate.RequestGroup.Reply;
import org.quorate.core.change.Standing;
import org.quorate.core.conf.ConfComparison;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/** Says what differs between what a node works by, what is in its folder, and what the others have; answers the others that ask the same. */
final class PeerComparison implements AutoCloseable {
    private static final String NAME = "quorate/configuration";
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MAX_TEXT = 900_000;

    private final ClusterManager node;
    private final ChangeFiles files;
    private final RequestGroup group;

    PeerComparison(ClusterManager node, ChangeFiles files) {
        this.node = node;
        this.files = files;
        this.group =
                node.requests(NAME, (asker, request) -> node.status().thenApply(status -> own(status.configVersion())));
    }

    private byte[] own(long running) {
        ChangeFiles.Stored stored = files.read();
        boolean tells = stored.conf().inlineKey().isEmpty();
        return new JsonObject()
                .with("version", stored.standing(running).version())
                .with("running", running)
                .with("digest", stored.digest())
                .with("key_id", stored.keyId())
                .with("text", tells ? stored.text() : "")
                .text();
    }

    CompletableFuture<ConfigComparison> compare() {
        CompletionStage<Replies> asked = group.askAll(new byte[0], LIMIT);
        return node.status()
                .thenCombine(asked, (status, replies) -> {
                    SortedSet<NodeId> silent = new TreeSet<>();
                    status.view().ifPresent(view -> silent.addAll(view.members()));
                    return comparison(status.configVersion(), replies, silent);
                })
                .toCompletableFuture();
    }

    private ConfigComparison comparison(long running, Replies replies, SortedSet<NodeId> silent) {
        ChangeFiles.Stored stored = files.read();
        Standing own = stored.standing(running);
        List<String> lines = new ArrayList<>();
        if (own.running() != own.version())
            lines.add("this node works by version " + own.running() + ", and " + own.version() + " is in its folder");
        if (own.edited())
            lines.add("corosync.conf of this node was edited by hand after the last change of the cluster");
        for (Reply each : replies.answered()) {
            silent.remove(each.member().node());
            if (!each.member().equals(group.self())) lines.addAll(peer(stored, each));
        }
        for (GroupMember each : replies.silent()) silent.add(each.node());
        for (NodeId each : silent) lines.add("node " + each + " does not say which configuration it has");
        return new ConfigComparison(lines.isEmpty(), running, own.version(), lines);
    }

    private List<String> peer(ChangeFiles.Stored stored, Reply reply) {
        String who = "node " + reply.member().node();
        List<String> lines = new ArrayList<>();
        try {
            if (!reply.ok()) return List.of(who + ": " + reply.error());
            JsonObject theirs = JsonObject.parse(reply.payload(), RequestGroup.MAX_BYTES);
            long version = theirs.number("version", 0, Long.MAX_VALUE);
            long running = theirs.number("running", 0, Long.MAX_VALUE);
            if (running != version)
                lines.add(who + " works by version " + running + ", and " + version + " is in its folder");
            if (!theirs.string("key_id", 64).equals(stored.keyId())) lines.add(who + " has another key");
            String text = theirs.string("text", MAX_TEXT);
            if (!text.isEmpty()) {
                CorosyncConf conf = CorosyncConf.parse(text, who);
                for (String line : ConfComparison.lines(stored.conf().tree(), conf.tree()))
                    lines.add(who + ": " + line);
            }
            if (lines.isEmpty() && !theirs.string("digest", 64).equals(stored.digest()))
                lines.add(who + " has the same configuration in other words, or other certificates");
        } catch (Malformed | ClusterException wrong) {
            lines.add(who + ": its answer makes no sense (" + wrong.getMessage() + ")");
        }
        return lines;
    }

    @Override
    public void close() {
        group.close();
    }
}
