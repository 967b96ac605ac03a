package org.quorate.core.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.ConfWriter;
import org.quorate.core.conf.InitialConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.disk.FolderLock;
import org.quorate.core.disk.HostDisk;

/**
 * Makes a cluster of one node in a folder: key, authority, certificate, configuration. The configuration comes last and makes it a cluster,
 * so a crash at any point leaves a folder that is none or one that is whole; the next creation takes the rest away and starts anew. If the
 * disk fails, what was made is taken away at once. Source: pvecm.md 4. Differs: a key that is there is refused, not used, and names are
 * resolved once.
 */
public final class ClusterCreation {
    /** Length of a new key in bytes: 2048 bit. */
    public static final int KEY_BYTES = 256;

    private final Path folder;
    private final LocalAddresses host;
    private final Clock clock;
    private final SecureRandom random;
    private final Disk disk;
    private final DurableFiles files;
    private final Consumer<String> progress;

    ClusterCreation(
            Path folder, LocalAddresses host, Clock clock, SecureRandom random, Disk disk, Consumer<String> progress) {
        this.folder = folder;
        this.host = host;
        this.clock = clock;
        this.random = random;
        this.disk = disk;
        this.files = new DurableFiles(disk);
        this.progress = progress;
    }

    /**
     * What was made.
     *
     * @param conf the configuration
     * @param fingerprint of the node's certificate
     */
    public record Created(InitialConf conf, String fingerprint) {}

    /**
     * Makes a cluster in {@code folder} on this host. Blocks.
     *
     * @param progress hears of each step, one phrase each
     * @throws ClusterException if a name, address or option cannot be, or there is a cluster or a key in the folder, or the disk fails; the
     *     folder is as it was then
     */
    public static Created create(
            Path folder, CreateOptions options, LocalAddresses host, Clock clock, Consumer<String> progress) {
        try {
            return new ClusterCreation(folder, host, clock, new SecureRandom(), HostDisk.of(folder), progress)
                    .create(options);
        } catch (IOException refused) {
            throw unwritable(folder, refused);
        }
    }

    Created create(CreateOptions options) {
        OwnAddresses own = OwnAddresses.of(options, host);
        InitialConf conf = new InitialConf(
                options.clusterName(),
                own.nodeName(),
                options.nodeId(),
                options.votes(),
                options.tokenCoefficientMillis(),
                own.links());
        String text = ConfWriter.text(conf.tree());
        checkFolder();
        boolean fresh = !Files.exists(folder);
        try {
            files.makeFolders(folder);
            FolderLock lock = FolderLock.take(folder.toRealPath());
            try {
                checkFolder();
                return make(conf, text, own);
            } finally {
                lock.close();
            }
        } catch (IOException refused) {
            if (fresh && !FolderFiles.isThere(folder, FolderFiles.PENDING)) removeEmpty();
            throw unwritable(folder, refused);
        }
    }

    private void checkFolder() {
        NodeFolder present = NodeFolder.at(folder);
        if (present.isInCluster())
            throw new ClusterException(
                    Reason.ALREADY_IN_CLUSTER,
                    "the data folder " + folder + " is that of a node of a cluster already (" + FolderFiles.CONF
                            + " is there); choose another folder");
        if (present.isJoinPending())
            throw new ClusterException(
                    Reason.ALREADY_IN_CLUSTER,
                    "a join in the data folder " + folder + " has not come to its end; join again or abandon it first,"
                            + " or choose another folder");
        if (present.isHalfWritten()) return;
        for (String name : FolderFiles.CREATED)
            if (FolderFiles.isThere(folder, name))
                throw new ClusterException(
                        Reason.ALREADY_IN_CLUSTER,
                        folder.resolve(name) + " is there already; a new cluster makes its own, so move it away or"
                                + " choose another folder");
    }

    private Created make(InitialConf conf, String text, OwnAddresses own) throws IOException {
        if (NodeFolder.at(folder).isHalfWritten()) {
            progress.accept("removing what an interrupted creation left");
            undo();
        }
        replace(FolderFiles.PENDING, (conf.clusterName() + "\n").getBytes(StandardCharsets.UTF_8), false);
        boolean done = false;
        try {
            Created created = write(conf, text, own);
            done = true;
            return created;
        } finally {
            if (!done) undoQuietly();
        }
    }

    private Created write(InitialConf conf, String text, OwnAddresses own) throws IOException {
        progress.accept("making the key, " + KEY_BYTES + " bytes");
        byte[] secret = new byte[KEY_BYTES];
        random.nextBytes(secret);
        replaceSecret(FolderFiles.KEY, secret);

        progress.accept("making the cluster's authority");
        CertificateAuthority authority = CertificateAuthority.create(conf.clusterName(), clock.instant(), random);
        replaceSecret(FolderFiles.CA_KEY, Pem.of(authority.key()));
        replace(FolderFiles.CA_CERTIFICATE, Pem.of(authority.certificate()), false);

        progress.accept("making the certificate of node " + conf.nodeName());
        KeyPair pair = CertificateAuthority.newKey(random);
        X509Certificate certificate =
                authority.issue(pair.getPublic(), conf.nodeName(), own.addresses(), own.fullNames(), clock.instant());
        replaceSecret(FolderFiles.NODE_KEY, Pem.of(pair.getPrivate()));
        replace(FolderFiles.NODE_CERTIFICATE, Pem.of(certificate), false);

        progress.accept("writing the configuration");
        replace(FolderFiles.CONF, text.getBytes(StandardCharsets.UTF_8), false);
        removeMark();
        return new Created(conf, NodeFolder.fingerprint(certificate));
    }

    /** The cluster is whole now, with the mark or without. */
    private void removeMark() {
        try {
            files.delete(folder.resolve(FolderFiles.PENDING));
        } catch (IOException harmless) {
            progress.accept("the file " + FolderFiles.PENDING + " may stay, which does no harm");
        }
    }

    private void replaceSecret(String name, byte[] secret) throws IOException {
        try {
            replace(name, secret, true);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private void replace(String name, byte[] content, boolean secret) throws IOException {
        files.replace(folder.resolve(name), content, secret ? FolderFiles.SECRET : FolderFiles.PUBLIC);
    }

    /** Takes everything away that a creation makes: the configuration first, the mark of the creation last. */
    private void undo() throws IOException {
        List<String> all = new ArrayList<>(FolderFiles.CREATED);
        Collections.reverse(all);
        all.add("ca");
        all.add(FolderFiles.PENDING);
        for (String name : all) files.delete(folder.resolve(name));
    }

    private void undoQuietly() {
        try {
            undo();
        } catch (IOException stillFailing) {
            progress.accept("what was made could not be taken away (" + stillFailing
                    + "); create again, which does it, or remove the folder " + folder);
        }
    }

    private void removeEmpty() {
        try {
            disk.delete(folder.resolve("node.lock"));
            disk.delete(folder);
        } catch (IOException harmless) {
            progress.accept("the empty folder " + folder + " stays");
        }
    }

    private static ClusterException unwritable(Path folder, IOException cause) {
        return new ClusterException(
                Reason.DATA_FOLDER_UNUSABLE,
                "the data folder " + folder + " cannot be written (" + cause + "); check its permissions and the disk",
                cause);
    }
}
