package org.quorate.core.join;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.conf.NameRule;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.disk.HostDisk;

/**
 * Makes what certificates of a node's folder are missing, or renews the node's. The key of the node is made if it is missing, and kept else; so
 * is the authority, which only a cluster of one node can make anew. A node may run meanwhile. Source: pvecm.md 12.2.
 */
public final class CertificateUpdate {
    private final Path folder;
    private final NodeFolder files;
    private final LocalAddresses host;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    private CertificateUpdate(Path folder, LocalAddresses host, Clock clock) {
        this.folder = folder;
        this.files = NodeFolder.at(folder);
        this.host = host;
        this.clock = clock;
    }

    /**
     * What was done.
     *
     * @param authorityMade whether the cluster has a new authority
     * @param certificateMade whether the node has a new certificate
     * @param notAfter when its certificate ends
     * @param fingerprint of its certificate
     */
    public record Result(boolean authorityMade, boolean certificateMade, Instant notAfter, String fingerprint) {}

    /**
     * Updates {@code folder}. Blocks.
     *
     * @param force whether the node gets a new certificate even if the present one is good
     * @throws ClusterException if there is no cluster in the folder, this node cannot sign, or the disk fails
     */
    public static Result run(Path folder, boolean force, LocalAddresses host, Clock clock) {
        try {
            return new CertificateUpdate(folder, host, clock).run(force);
        } catch (IOException refused) {
            throw new ClusterException(
                    Reason.DATA_FOLDER_UNUSABLE,
                    "the certificates in " + folder + " cannot be written (" + refused
                            + "); check its permissions and the disk",
                    refused);
        }
    }

    private Result run(boolean force) throws IOException {
        files.checkInCluster();
        CorosyncConf conf = CorosyncConf.read(files.confFile());
        ClusterConfig config = conf.toClusterConfig();
        Optional<X509Certificate> present = present();
        NodeConfig self = self(conf, config, present);
        DurableFiles disk = new DurableFiles(HostDisk.of(folder));
        boolean newAuthority = !isThere(FolderFiles.CA_KEY) || !isThere(FolderFiles.CA_CERTIFICATE);
        CertificateAuthority authority = newAuthority ? newAuthority(config, disk) : authority();

        boolean keep = !force && present.filter(own -> isGood(own, authority)).isPresent();
        X509Certificate own = keep ? present.get() : renewed(authority, self, present, disk);
        return new Result(newAuthority, !keep, own.getNotAfter().toInstant(), NodeFolder.fingerprint(own));
    }

    /** The certificate that goes with the key, if both are sound. */
    private Optional<X509Certificate> present() {
        if (!isThere(FolderFiles.NODE_CERTIFICATE) || !isThere(FolderFiles.NODE_KEY)) return Optional.empty();
        try {
            X509Certificate own = files.certificate(FolderFiles.NODE_CERTIFICATE);
            PrivateKey key = files.key(FolderFiles.NODE_KEY);
            return NodeFolder.belong(own.getPublicKey(), key) ? Optional.of(own) : Optional.empty();
        } catch (ClusterException damaged) {
            return Optional.empty();
        }
    }

    private NodeConfig self(CorosyncConf conf, ClusterConfig config, Optional<X509Certificate> present) {
        NodeId id = present.isPresent() ? files.self(conf, host) : conf.localNode(host);
        NodeConfig self = config.node(id).orElseThrow();
        NameRule.NODE.checked(self.name());
        return self;
    }

    private CertificateAuthority authority() {
        X509Certificate certificate = files.certificate(FolderFiles.CA_CERTIFICATE);
        PrivateKey key = files.key(FolderFiles.CA_KEY);
        if (!NodeFolder.belong(certificate.getPublicKey(), key))
            throw new ClusterException(
                    Reason.DATA_FOLDER_UNUSABLE,
                    folder.resolve(FolderFiles.CA_CERTIFICATE) + " is not of the key " + FolderFiles.CA_KEY
                            + "; take the folder ca from a backup or from another node");
        return new CertificateAuthority(certificate, key, random);
    }

    private CertificateAuthority newAuthority(ClusterConfig config, DurableFiles disk) throws IOException {
        if (config.nodes().size() > 1)
            throw new ClusterException(
                    Reason.REFUSED,
                    "this node has no " + FolderFiles.CA_KEY
                            + " and no other than the cluster's own authority can sign for "
                            + config.nodes().size() + " nodes; copy the folder ca from the node that has it to "
                            + folder);
        CertificateAuthority authority = CertificateAuthority.create(config.clusterName(), clock.instant(), random);
        byte[] key = Pem.of(authority.key());
        try {
            disk.replace(folder.resolve(FolderFiles.CA_KEY), key, FolderFiles.SECRET);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        disk.replace(folder.resolve(FolderFiles.CA_CERTIFICATE), Pem.of(authority.certificate()), FolderFiles.PUBLIC);
        return authority;
    }

    private boolean isGood(X509Certificate own, CertificateAuthority authority) {
        return NodeFolder.isSignedBy(own, authority.certificate())
                && own.getNotAfter().toInstant().isAfter(clock.instant().plus(CertificateAuthority.LAST_DAYS));
    }

    private X509Certificate renewed(
            CertificateAuthority authority, NodeConfig self, Optional<X509Certificate> present, DurableFiles disk)
            throws IOException {
        PublicKey key = present.map(X509Certificate::getPublicKey).orElse(null);
        if (key == null) {
            KeyPair pair = CertificateAuthority.newKey(random);
            byte[] text = Pem.of(pair.getPrivate());
            try {
                disk.replace(folder.resolve(FolderFiles.NODE_KEY), text, FolderFiles.SECRET);
            } finally {
                Arrays.fill(text, (byte) 0);
            }
            key = pair.getPublic();
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (String address : self.addresses().values())
            host.resolve(address).stream().findFirst().ifPresent(addresses::add);
        String hostName = host.hostName();
        List<String> fullNames = hostName.startsWith(self.name() + ".") ? List.of(hostName) : List.of();
        X509Certificate made = authority.issue(key, self.name(), addresses, fullNames, clock.instant());
        disk.replace(folder.resolve(FolderFiles.NODE_CERTIFICATE), Pem.of(made), FolderFiles.PUBLIC);
        return made;
    }

    private boolean isThere(String name) {
        return FolderFiles.isThere(folder, name);
    }
}
