package org.quorate.core.conf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.ConfSection.ConfKey;

/**
 * A corosync.conf, read and checked: an immutable tree that keeps everything it does not know, and the {@link ClusterConfig} that
 * follows from it. Thread-safe.
 *
 * <pre>{@code
 * CorosyncConf conf = CorosyncConf.read(Path.of("/etc/corosync/corosync.conf"));
 * conf.warnings().forEach(System.err::println);
 * NodeId self = conf.localNode(LocalAddresses.ofThisHost());
 * ClusterManager node = ClusterManager.builder(conf.toClusterConfig(), self).key(conf.readKey()).build();
 * }</pre>
 *
 * <p>What is refused is refused with a {@link ClusterException} whose message has the file, the line, the key, its value and what would
 * be allowed; no other exception comes out of here. Source: corosync.conf(5), coroparse.c and totemconfig.c of corosync 3.1.7.
 */
public final class CorosyncConf {
    /** Shortest key in bytes. */
    public static final int MIN_KEY_BYTES = 128;
    /** Longest key in bytes; what a key file has beyond that is not used. */
    public static final int MAX_KEY_BYTES = 4096;

    private static final Path DEFAULT_KEY_FILE = Path.of("/etc/corosync/authkey");

    private final String sourceName;
    private final @Nullable Path folder;
    private final ConfSection tree;
    private final List<String> warnings;
    private final ConfValues totem;

    private CorosyncConf(String text, String sourceName, @Nullable Path folder) {
        this.sourceName = sourceName;
        this.folder = folder;
        this.tree = ConfText.parse(text, sourceName);
        this.totem = ConfValues.ofTop(sourceName, tree, "totem");
        this.warnings = collectWarnings();
    }

    /**
     * Reads a file. Blocks.
     *
     * @throws ClusterException if it cannot be read or has a wrong line or value
     */
    public static CorosyncConf read(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(ConfText.MAX_TEXT_CHARS + 1);
        } catch (NoSuchFileException missing) {
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    file + ": there is no such file; say where corosync.conf is",
                    missing);
        } catch (IOException unreadable) {
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    file + ": cannot be read (" + unreadable + "); check its permissions",
                    unreadable);
        }
        ConfText.checkSize(bytes.length, file.toString());
        Path parent = file.toAbsolutePath().getParent();
        return new CorosyncConf(new String(bytes, StandardCharsets.UTF_8), file.toString(), parent);
    }

    /**
     * Reads a text; {@code sourceName} stands where a file name would stand in messages.
     *
     * @throws ClusterException if it has a wrong line or value
     */
    public static CorosyncConf parse(String text, String sourceName) {
        return new CorosyncConf(text, sourceName, null);
    }

    /** Everything that is written in it. */
    public ConfSection tree() {
        return tree;
    }

    /** What is written but has no effect, one sentence each with file and line. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * What the cluster is made of. Keys that are not set have Corosync's defaults: no encryption, version check off.
     *
     * @throws ClusterException if something is missing or two keys contradict each other
     */
    public ClusterConfig toClusterConfig() {
        return new ConfTranslation(sourceName, tree).config();
    }

    /** The node of this host. Looks up names, so it may block. Throws a {@link ClusterException} if it is none or more than one. */
    public NodeId localNode(LocalAddresses host) {
        return new LocalNodeFinder(new ConfTranslation(sourceName, tree).nodes(), host, sourceName).find();
    }

    /** The node {@code id}, if it is listed. Throws a {@link ClusterException} that lists the nodes if it is not. */
    public NodeId localNode(int id) {
        List<NodeConfig> nodes = new ConfTranslation(sourceName, tree).nodes();
        return nodes.stream()
                .map(NodeConfig::id)
                .filter(n -> n.value() == id)
                .findFirst()
                .orElseThrow(() -> new ClusterException(
                        Reason.NODE_NOT_LISTED,
                        sourceName + ": node " + id + " is not in the node list, which has "
                                + nodes.stream().map(n -> n.id().toString()).collect(Collectors.joining(", "))
                                + "; list it, or choose one of these"));
    }

    /** Whether packets are authenticated, so that a key is needed. */
    public boolean needsKey() {
        return new ConfTranslation(sourceName, tree).crypto().isOn();
    }

    /**
     * The file that holds the secret key: as configured, else {@code authkey} beside the configuration. Empty if the key is written in
     * the configuration itself. A relative path counts from the configuration's folder.
     */
    public Optional<Path> keyFile() {
        Optional<ConfKey> configured = totem.key("keyfile");
        if (configured.isPresent()) return Optional.of(path("totem.keyfile", configured.get()));
        if (totem.key("key").isPresent()) return Optional.empty();
        return Optional.of(folder == null ? DEFAULT_KEY_FILE : folder.resolve("authkey"));
    }

    /** The secret key, if it is written in the configuration and no key file is named. */
    public Optional<byte[]> inlineKey() {
        if (totem.key("keyfile").isPresent()) return Optional.empty();
        return totem.key("key").map(key -> {
            byte[] bytes = key.value().getBytes(StandardCharsets.UTF_8);
            checkKeyLength(sourceName + ":" + key.line() + ": totem.key", bytes.length);
            return bytes;
        });
    }

    /**
     * The secret key, 128 to 4096 bytes, from wherever it is; empty if packets are not authenticated. Blocks. The array is the
     * caller's, to be wiped after use.
     *
     * @throws ClusterException with {@link Reason#KEY_UNUSABLE} if the key is missing, unreadable or too short
     */
    public byte[] readKey() {
        if (!needsKey()) return new byte[0];
        Optional<byte[]> inline = inlineKey();
        if (inline.isPresent()) return inline.get();
        Path file = keyFile().orElseThrow();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_KEY_BYTES);
        } catch (NoSuchFileException missing) {
            throw new ClusterException(
                    Reason.KEY_UNUSABLE, file + ": there is no such key file; copy it from another node", missing);
        } catch (IOException unreadable) {
            throw new ClusterException(
                    Reason.KEY_UNUSABLE,
                    file + ": the key cannot be read (" + unreadable + "); check its permissions",
                    unreadable);
        }
        try {
            checkKeyLength(file.toString() + ": the key", bytes.length);
        } catch (ClusterException tooShort) {
            Arrays.fill(bytes, (byte) 0);
            throw tooShort;
        }
        return bytes;
    }

    /** The folder for ring ids that is configured for Corosync; empty if none is. */
    public Optional<Path> stateDir() {
        return ConfValues.ofTop(sourceName, tree, "system").key("state_dir").map(key -> path("system.state_dir", key));
    }

    private List<String> collectWarnings() {
        List<String> all = new ArrayList<>(ConfCheck.warnings(tree, sourceName));
        if (ConfValues.ofTop(sourceName, tree, "quorum").key("provider").isEmpty())
            all.add(sourceName
                    + ": quorum.provider is not set, with which Corosync runs without quorum; this node uses "
                    + ConfCheck.VOTEQUORUM);
        Set<Integer> addressed = new TreeSet<>();
        for (ConfSection node : ConfValues.ofTop(sourceName, tree, "nodelist").inner("node"))
            for (int link = 0; link < 8; link++)
                if (node.key("ring" + link + "_addr").isPresent()) addressed.add(link);
        for (ConfSection link : totem.inner("interface")) {
            int number =
                    link.key("linknumber").map(k -> Integer.parseInt(k.value())).orElse(0);
            if (!addressed.isEmpty() && !addressed.contains(number))
                all.add(sourceName + ":" + link.line() + ": link " + number
                        + " has settings but no node has an address for it; they are ignored");
        }
        return List.copyOf(all);
    }

    private Path path(String name, ConfKey key) {
        try {
            Path path = Path.of(key.value());
            return folder == null ? path : folder.resolve(path);
        } catch (InvalidPathException wrong) {
            throw totem.refused(key.line(), name + " is " + key.value() + "; allowed: the path of a file");
        }
    }

    private static void checkKeyLength(String what, int bytes) {
        if (bytes < MIN_KEY_BYTES || bytes > MAX_KEY_BYTES)
            throw new ClusterException(
                    Reason.KEY_UNUSABLE,
                    what + " has " + bytes + " bytes; " + MIN_KEY_BYTES + ".." + MAX_KEY_BYTES
                            + " are needed, so make a new one");
    }
}
