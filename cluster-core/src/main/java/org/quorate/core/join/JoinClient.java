package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.disk.FolderLock;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.JoinMark.Phase;
import org.quorate.core.join.Resolution.Asked;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;
import org.quorate.core.join.wire.MemberAddress;

/**
 * Makes the node of a folder a member of a cluster, or leaves everything as it was. Every method blocks and holds the folder's lock; the node is
 * not started. A join that was interrupted is brought to its end by the next one, by {@link #resume} or by {@link #abandon}; until then {@link
 * NodeFolder#readWhole} refuses the folder.
 */
public final class JoinClient {
    private final Path folder;
    private final JoinerHost joiner;
    private final JoiningFolder files;

    JoinClient(Path folder, JoinerHost joiner) {
        this.folder = folder;
        this.joiner = joiner;
        this.files = new JoiningFolder(folder, joiner.disk());
    }

    /**
     * One for {@code folder}, which need not be there.
     *
     * @param probe tries the links; empty if nothing can, which is warned of
     */
    public static JoinClient of(Path folder, Clock clock, Optional<LinkProbe> probe, JoinListener listener) {
        Path path = folder.toAbsolutePath();
        try {
            return new JoinClient(
                    path,
                    new JoinerHost(
                            LocalAddresses.ofThisHost(),
                            clock,
                            new SecureRandom(),
                            HostDisk.of(path),
                            probe,
                            JoinTimes.USUAL,
                            listener));
        } catch (IOException refused) {
            throw unusable(path, refused);
        }
    }

    /**
     * Joins. An earlier join of this folder is brought to its end first; if it turns out to have gone well, its result is returned.
     *
     * @param credential stays the caller's
     * @throws JoinFailure with everything that stands against it, or what went wrong
     */
    public JoinResult join(JoinOptions options, Credential credential) {
        try (Hold hold = new Hold()) {
            hold.takeIfThere();
            List<String> warnings = new ArrayList<>();
            if (hold.isHeld()) {
                Optional<JoinResult> earlier = resolve(asked(options), warnings);
                if (earlier.isPresent()) return earlier.get();
            }
            return new JoinAttempt(folder, joiner, files, options, credential, hold, warnings).run();
        } catch (IOException refused) {
            throw unusable(folder, refused);
        }
    }

    /** The member that a new join is to go by may know how the earlier one ended. */
    private static List<Asked> asked(JoinOptions options) {
        MemberAddress member = new MemberAddress("", options.fingerprint(), List.of(options.member()));
        return options.fingerprint().isEmpty() ? List.of() : List.of(new Asked(member, options.port()));
    }

    /**
     * Brings a join that was interrupted to its end.
     *
     * @return its result, if it has gone well; empty if it was undone, or there was none
     * @throws JoinFailure with {@link Problem#IN_DOUBT} if nobody knows how it ended
     */
    public Optional<JoinResult> resume() {
        try (Hold hold = new Hold()) {
            hold.takeIfThere();
            hold.check();
            return hold.isHeld() ? resolve(List.of(), new ArrayList<>()) : Optional.empty();
        } catch (IOException refused) {
            throw unusable(folder, refused);
        }
    }

    /**
     * Undoes a join that was interrupted without asking anybody. If the cluster has confirmed it, the cluster lists a node that is no more, which
     * has to be removed there.
     *
     * @return whether there was one
     */
    public boolean abandon() {
        try (Hold hold = new Hold()) {
            hold.takeIfThere();
            hold.check();
            Optional<JoinMark> mark = hold.isHeld() ? files.mark() : Optional.empty();
            if (mark.isPresent()) files.undo(mark.get());
            return mark.isPresent();
        } catch (IOException refused) {
            throw unusable(folder, refused);
        }
    }

    private Optional<JoinResult> resolve(List<Asked> more, List<String> warnings) throws IOException {
        Optional<JoinMark> found = files.mark();
        if (found.isEmpty()) return Optional.empty();
        JoinMark mark = found.get();
        if (mark.phase() != Phase.WRITTEN) {
            joiner.step(JoinStep.UNDOING, "taking back what an interrupted join left");
            files.undo(mark);
            return Optional.empty();
        }
        joiner.step(JoinStep.RESOLVING, "asking how the interrupted join of " + mark.node() + " ended");
        List<Asked> members = new ArrayList<>(Asked.all(mark.members(), mark.port()));
        members.addAll(more);
        if (isMember(joiner, files, mark, members)) {
            warnings.add("an earlier join of this node had gone well but for its last step");
            return Optional.of(finish(folder, joiner, files, mark, warnings));
        }
        joiner.step(JoinStep.UNDOING, "the cluster has withdrawn the node; taking back what was done");
        files.undo(mark);
        return Optional.empty();
    }

    /** Asks until somebody knows; throws that it is in doubt if nobody does. */
    static boolean isMember(JoinerHost joiner, JoiningFolder files, JoinMark mark, List<Asked> members) {
        try {
            return new Resolution(joiner.host(), joiner.times(), joiner.random())
                    .isMember(files.identity(), members)
                    .orElseThrow(
                            () -> new JoinFailure(
                                    Problem.IN_DOUBT,
                                    "node " + mark.node()
                                            + " has everything on disk, but no member could be asked whether the"
                                            + " cluster has confirmed it; join again when one can be reached, which asks again"));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new JoinFailure(
                    Problem.IN_DOUBT, "interrupted while asking whether " + mark.node() + " is a member", interrupted);
        }
    }

    static JoinResult finish(Path folder, JoinerHost joiner, JoiningFolder files, JoinMark mark, List<String> warnings)
            throws IOException {
        files.finish();
        CorosyncConf conf = NodeFolder.at(folder).readWhole();
        ClusterConfig config = conf.toClusterConfig();
        NodeId self = config.nodes().stream()
                .filter(node -> node.name().equals(mark.node()))
                .map(NodeConfig::id)
                .findFirst()
                .orElseThrow();
        joiner.step(JoinStep.JOINED, "node " + mark.node() + " is a member of " + config.clusterName());
        return new JoinResult(conf, self, warnings);
    }

    static JoinFailure unusable(Path folder, IOException cause) {
        return new JoinFailure(
                Problem.FOLDER_UNUSABLE,
                "the data folder " + folder + " cannot be used (" + cause + "); check its permissions and the disk",
                cause);
    }

    /** The folder's lock, if it could be had. */
    final class Hold implements AutoCloseable {
        private @Nullable FolderLock lock;
        private @Nullable ClusterException inUse;

        void takeIfThere() throws IOException {
            if (!Files.isDirectory(folder)) return;
            try {
                lock = FolderLock.take(folder.toRealPath());
            } catch (ClusterException refused) {
                inUse = refused;
            }
        }

        /** Makes the folder if it is not there; throws if another node has it. */
        void take() throws IOException {
            if (lock == null) {
                new DurableFiles(joiner.disk()).makeFolders(folder);
                takeIfThere();
            }
            check();
        }

        void check() {
            if (inUse != null) throw inUse;
        }

        boolean isHeld() {
            return lock != null;
        }

        Optional<JoinFinding> finding() {
            return Optional.ofNullable(inUse)
                    .map(refused -> JoinFinding.of(Kind.NODE_RUNNING, false, String.valueOf(refused.getMessage())));
        }

        @Override
        public void close() throws IOException {
            if (lock != null) lock.close();
        }
    }
}
