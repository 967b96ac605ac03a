package org.quorate.core.join;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.quorate.ClusterException;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.tls.Identity;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.MemberAddress;

/** Gets configuration and key for a node that was away while they changed, by its certificate. Changes nothing on disk. */
public final class RenewClient {
    private final Path folder;
    private final LocalAddresses host;
    private final JoinTimes times;

    /** For the node with this folder. */
    public RenewClient(Path folder, LocalAddresses host, JoinTimes times) {
        this.folder = folder;
        this.host = host;
        this.times = times;
    }

    /**
     * Asks {@code members} one after the other until one answers. Blocks. The caller closes the answer's key.
     *
     * @param members with the fingerprints that the node knew last; nobody else is trusted
     * @param port their join port
     * @throws JoinFailure with {@link Problem#NOT_A_MEMBER} if the node was removed, {@link Problem#UNREACHABLE} if nobody answers
     * @throws ClusterException if the folder has no certificate
     */
    public JoinMessage.Current renew(List<MemberAddress> members, int port) {
        NodeFolder node = NodeFolder.at(folder);
        Identity own = new Identity(node.certificate(FolderFiles.NODE_CERTIFICATE), node.key(FolderFiles.NODE_KEY));
        List<JoinFailure> failures = new ArrayList<>();
        return new Resolution(host, times, new SecureRandom())
                .first(
                        own,
                        Resolution.Asked.all(members, port),
                        new JoinMessage.Renew(),
                        JoinMessage.Current.class,
                        failures)
                .orElseThrow(() -> failure(failures));
    }

    /** That the node was removed counts more than that somebody did not answer. */
    private static JoinFailure failure(List<JoinFailure> failures) {
        for (JoinFailure each : failures) if (each.problem() == Problem.NOT_A_MEMBER) return each;
        return new JoinFailure(
                Problem.UNREACHABLE,
                failures.isEmpty()
                        ? "no other member is known, so nobody can be asked for configuration and key"
                        : "no member can be asked for configuration and key: "
                                + failures.stream().map(JoinFailure::getMessage).collect(Collectors.joining("; ")));
    }
}
