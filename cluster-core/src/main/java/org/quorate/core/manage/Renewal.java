package org.quorate.core.manage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.core.change.Roster;
import org.quorate.core.change.shell.ChangeFiles;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinTimes;
import org.quorate.core.join.MembersAtJoin;
import org.quorate.core.join.NodeFolder;
import org.quorate.core.join.RenewClient;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.MemberAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that was away while the key or the configuration changed is not understood in the ring any more. It asks the members that it knew last,
 * over TLS and by its certificate, and puts what they answer into its folder. A node that has joined and was not started since knows those of that time.
 */
final class Renewal {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);
    private static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("r--------");
    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");
    /** A cold start must not wait long for hosts that are off. */
    private static final Duration CONNECT = Duration.ofMillis(700);

    private static final Duration TOTAL = Duration.ofSeconds(4);
    private static final JoinTimes TIMES = new JoinTimes(CONNECT, TOTAL, TOTAL, TOTAL, TOTAL, TOTAL, CONNECT);

    private final Path dataDir;
    private final LocalAddresses host;
    private final Clock clock;
    private final int port;

    Renewal(Path dataDir, LocalAddresses host, Clock clock, int port) {
        this.dataDir = dataDir;
        this.host = host;
        this.clock = clock;
        this.port = port;
    }

    /**
     * Asks, and writes what is newer. Blocks.
     *
     * @return whether something is new in the folder; false too if nobody could be asked
     * @throws ClusterException with {@link Reason#KILLED_BY_PEER} if this node was removed
     */
    boolean renew() {
        try {
            CorosyncConf stored = CorosyncConf.read(NodeFolder.at(dataDir).confFile());
            if (!NodeFolder.at(dataDir).hasCertificate()) return false;
            List<MemberAddress> members = members(stored);
            if (!members.isEmpty()) return take(stored, new RenewClient(dataDir, host, TIMES).renew(members, port));
            MembersAtJoin first = MembersAtJoin.of(dataDir);
            return !first.members().isEmpty()
                    && take(stored, new RenewClient(dataDir, host, TIMES).renew(first.members(), first.port()));
        } catch (JoinFailure failure) {
            if (failure.problem() == JoinFailure.Problem.NOT_A_MEMBER)
                throw new ClusterException(
                        Reason.KILLED_BY_PEER,
                        "this node was removed from the cluster while it was away; join again, or remove the folder "
                                + dataDir,
                        failure);
            LOG.debug("{}: nobody says what is new: {}", dataDir, failure.getMessage());
            return false;
        } catch (IOException failed) {
            LOG.warn("{}: what is new could not be written: {}", dataDir, failed.toString());
            return false;
        }
    }

    /** The others of whom the certificate is known. */
    private List<MemberAddress> members(CorosyncConf stored) throws IOException {
        NodeFolder folder = NodeFolder.at(dataDir);
        Roster roster = new ChangeFiles(dataDir, HostDisk.of(dataDir), clock).roster();
        int self = folder.self(stored, host).value();
        List<MemberAddress> members = new ArrayList<>();
        for (NodeConfig node : stored.toClusterConfig().nodes()) {
            Roster.Entry entry = roster.nodes().get(node.id().value());
            if (entry != null && node.id().value() != self)
                members.add(new MemberAddress(
                        node.name(),
                        entry.fingerprint(),
                        List.copyOf(node.addresses().values())));
        }
        return members;
    }

    private boolean take(CorosyncConf stored, JoinMessage.Current current) throws IOException {
        byte[] key = current.key().copy();
        byte[] own = stored.readKey();
        try {
            CorosyncConf fresh = CorosyncConf.parse(current.conf(), "the configuration of the others");
            long ours = stored.toClusterConfig().configVersion();
            long theirs = fresh.toClusterConfig().configVersion();
            boolean otherKey = !Arrays.equals(key, own);
            if (theirs < ours || (theirs == ours && !otherKey)) return false;
            DurableFiles files = new DurableFiles(HostDisk.of(dataDir));
            if (otherKey) files.replace(dataDir.resolve("authkey"), key, SECRET);
            files.replace(NodeFolder.at(dataDir).confFile(), current.conf().getBytes(StandardCharsets.UTF_8), PUBLIC);
            LOG.info(
                    "{}: the others have configuration version {} (here: {}){}; it is taken over",
                    dataDir,
                    theirs,
                    ours,
                    otherKey ? " and another key" : "");
            return true;
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(own, (byte) 0);
            current.key().close();
        }
    }
}
