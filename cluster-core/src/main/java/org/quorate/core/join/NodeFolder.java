package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.JoinInfo;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.ConfSection;
import org.quorate.core.conf.ConfSection.ConfKey;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.tls.Fingerprint;

/**
 * The folder of one node: {@code corosync.conf}, {@code authkey}, {@code node.pem}, {@code node.key}, {@code ca/}. Reads and checks, changes
 * nothing. Every method blocks; thread-safe.
 */
public final class NodeFolder {
    /** Keys of the totem section that are of no use to others, or secret. */
    private static final Set<String> NOT_TOLD = Set.of("key", "keyfile");

    private final Path folder;

    private NodeFolder(Path folder) {
        this.folder = folder;
    }

    /** The folder at {@code path}, which need not be there. */
    public static NodeFolder at(Path path) {
        return new NodeFolder(path.toAbsolutePath());
    }

    /** Where the configuration is. */
    public Path confFile() {
        return folder.resolve(FolderFiles.CONF);
    }

    /** Whether the folder counts as that of a node of a cluster: a configuration is there. */
    public boolean isInCluster() {
        return FolderFiles.isThere(folder, FolderFiles.CONF);
    }

    /** Whether the node can tell others who it is. */
    public boolean hasCertificate() {
        return isIdentified();
    }

    /** Whether a creation began here and did not come to its end. */
    public boolean isHalfWritten() {
        return !isInCluster() && FolderFiles.isThere(folder, FolderFiles.PENDING);
    }

    /**
     * Reads the configuration, after a check that everything that goes with it is there, sound, and unreadable for others.
     *
     * @throws ClusterException with {@link Reason#NOT_IN_CLUSTER} if there is no cluster here, else with {@link
     *     Reason#DATA_FOLDER_UNUSABLE}, {@link Reason#KEY_UNUSABLE} or {@link Reason#CONFIGURATION_INVALID} and what to do
     */
    public CorosyncConf readWhole() {
        checkInCluster();
        CorosyncConf conf = CorosyncConf.read(confFile());
        conf.toClusterConfig();
        checkKey(conf);
        checkIdentity();
        return conf;
    }

    /** Whether a join began here and it is not known yet how it ended. */
    public boolean isJoinPending() {
        return FolderFiles.isThere(folder, FolderFiles.JOIN_PENDING);
    }

    void checkInCluster() {
        if (isJoinPending())
            throw unusable("is that of a node whose join has not come to its end; join again, which asks the cluster"
                    + " first, or abandon the join");
        if (isHalfWritten())
            throw unusable(
                    "is half-written: the creation of a cluster in it was interrupted; create it again, which starts"
                            + " anew, or remove the folder");
        if (!isInCluster())
            throw new ClusterException(
                    Reason.NOT_IN_CLUSTER,
                    "the data folder " + folder + " has no " + FolderFiles.CONF
                            + ", so it is that of no node; make a cluster in it with create, or name a configuration");
    }

    private void checkKey(CorosyncConf conf) {
        if (conf.keyFile().filter(folder.resolve(FolderFiles.KEY)::equals).isPresent()) checkSecret(FolderFiles.KEY);
        Arrays.fill(conf.readKey(), (byte) 0);
    }

    /** Checks the certificates, of which a folder that was made by hand may have none. */
    private void checkIdentity() {
        List<String> all = List.of(FolderFiles.NODE_CERTIFICATE, FolderFiles.NODE_KEY, FolderFiles.CA_CERTIFICATE);
        List<String> missing =
                all.stream().filter(name -> !FolderFiles.isThere(folder, name)).toList();
        if (missing.size() == all.size()) return;
        if (!missing.isEmpty())
            throw unusable("lacks " + String.join(" and ", missing) + remedy(missing.get(missing.size() - 1)));
        X509Certificate authority = certificate(FolderFiles.CA_CERTIFICATE);
        X509Certificate own = certificate(FolderFiles.NODE_CERTIFICATE);
        checkSecret(FolderFiles.NODE_KEY);
        if (!belong(own.getPublicKey(), key(FolderFiles.NODE_KEY)))
            throw unusable("has a " + FolderFiles.NODE_CERTIFICATE + " that is not of the key " + FolderFiles.NODE_KEY
                    + remedy(FolderFiles.NODE_CERTIFICATE));
        if (!isSignedBy(own, authority))
            throw unusable("has a " + FolderFiles.NODE_CERTIFICATE + " that was not signed by "
                    + FolderFiles.CA_CERTIFICATE + remedy(FolderFiles.NODE_CERTIFICATE));
        if (FolderFiles.isThere(folder, FolderFiles.CA_KEY)) {
            checkSecret(FolderFiles.CA_KEY);
            if (!belong(authority.getPublicKey(), key(FolderFiles.CA_KEY)))
                throw unusable("has a " + FolderFiles.CA_CERTIFICATE + " that is not of the key " + FolderFiles.CA_KEY
                        + remedy(FolderFiles.CA_CERTIFICATE));
        }
    }

    /**
     * The own node: the one whose name the certificate bears, else the one that has addresses of {@code host}.
     *
     * @throws ClusterException with {@link Reason#NODE_NOT_LISTED} if it is not in the configuration
     */
    public NodeId self(CorosyncConf conf, LocalAddresses host) {
        String name = isIdentified() ? CertificateAuthority.nodeName(certificate(FolderFiles.NODE_CERTIFICATE)) : "";
        if (name.isEmpty()) return conf.localNode(host);
        ClusterConfig config = conf.toClusterConfig();
        return config.nodes().stream()
                .filter(node -> node.name().equals(name))
                .map(NodeConfig::id)
                .findFirst()
                .orElseThrow(() -> new ClusterException(
                        Reason.NODE_NOT_LISTED,
                        confFile() + ": the certificate in the folder is that of " + name + ", but listed are "
                                + config.nodes().stream()
                                        .map(NodeConfig::displayName)
                                        .collect(Collectors.joining(", "))
                                + "; list it, or say which node this is"));
    }

    private boolean isIdentified() {
        return FolderFiles.isThere(folder, FolderFiles.NODE_CERTIFICATE);
    }

    /** What is odd but does not keep the node from running, one sentence each. */
    public List<String> warnings(Clock clock) {
        if (!isIdentified()) return List.of();
        Instant end = certificate(FolderFiles.NODE_CERTIFICATE).getNotAfter().toInstant();
        if (end.isAfter(clock.instant().plus(CertificateAuthority.LAST_DAYS))) return List.of();
        return List.of(folder.resolve(FolderFiles.NODE_CERTIFICATE) + ": this certificate ends on " + end
                + "; renew it with updatecerts");
    }

    /**
     * What another machine has to know to join by this node.
     *
     * @throws ClusterException if there is no whole node here, or it has no certificate
     */
    public JoinInfo joinInfo(LocalAddresses host) {
        CorosyncConf conf = readWhole();
        if (!isIdentified())
            throw unusable(
                    "has no certificate, and nobody could tell this node from another one; make one with updatecerts");
        NodeId self = self(conf, host);
        NodeConfig node = conf.toClusterConfig().node(self).orElseThrow();
        TreeMap<String, String> totem = new TreeMap<>();
        TreeMap<Integer, SortedMap<String, String>> interfaces = new TreeMap<>();
        for (ConfSection section : conf.tree().sections("totem")) {
            values(section, totem);
            for (ConfSection link : section.sections("interface")) {
                int number = Integer.parseInt(
                        link.key("linknumber").map(ConfKey::value).orElse("0"));
                values(link, interfaces.computeIfAbsent(number, n -> new TreeMap<>()));
            }
        }
        return new JoinInfo(
                node.addresses().values().iterator().next(),
                fingerprint(certificate(FolderFiles.NODE_CERTIFICATE)),
                node.name(),
                node.addresses(),
                totem,
                interfaces);
    }

    private static void values(ConfSection section, SortedMap<String, String> values) {
        for (ConfKey key : section.keys()) if (!NOT_TOLD.contains(key.name())) values.put(key.name(), key.value());
    }

    /** SHA-256 of a certificate: 32 pairs of upper-case hexadecimal digits with colons between. */
    static String fingerprint(X509Certificate certificate) {
        return Fingerprint.of(certificate);
    }

    static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException foreign) {
            return false;
        }
    }

    /** Whether both are halves of one pair. */
    static boolean belong(PublicKey open, PrivateKey secret) {
        byte[] probe = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(secret);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException foreign) {
            return false;
        }
    }

    X509Certificate certificate(String name) {
        try {
            return Pem.certificate(FolderFiles.read(folder, name));
        } catch (IOException | GeneralSecurityException damaged) {
            throw unusable("has a damaged " + name + remedy(name));
        }
    }

    PrivateKey key(String name) {
        byte[] text = {};
        try {
            text = FolderFiles.read(folder, name);
            return Pem.key(text);
        } catch (IOException | GeneralSecurityException damaged) {
            throw unusable("has a damaged or unreadable " + name + remedy(name));
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private static String remedy(String name) {
        if (name.startsWith("ca/")) return "; take the folder ca from a backup or from another node";
        return "; make it anew with updatecerts";
    }

    /** Refuses a secret that others than its owner can read. */
    private void checkSecret(String name) {
        Path file = folder.resolve(name);
        try {
            if (!Files.exists(file) || !Files.getFileStore(file).supportsFileAttributeView("posix")) return;
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (mode.stream().anyMatch(p -> !p.name().startsWith("OWNER_")))
                throw new ClusterException(
                        Reason.KEY_UNUSABLE,
                        file + " is secret and others may use it (" + PosixFilePermissions.toString(mode)
                                + "); make it the owner's with chmod 400, and a new one if somebody has read it");
        } catch (IOException refused) {
            throw new ClusterException(
                    Reason.DATA_FOLDER_UNUSABLE, file + " cannot be looked at (" + refused + ")", refused);
        }
    }

    private ClusterException unusable(String what) {
        return new ClusterException(Reason.DATA_FOLDER_UNUSABLE, "the data folder " + folder + " " + what);
    }
}
