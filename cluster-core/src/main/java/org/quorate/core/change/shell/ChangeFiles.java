package org.quorate.core.change.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.QuorumState;
import org.quorate.core.change.ChangeInput;
import org.quorate.core.change.ChangeInput.Lock;
import org.quorate.core.change.ChangeMessage.Share;
import org.quorate.core.change.ChangeText;
import org.quorate.core.change.Digests;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.Roster;
import org.quorate.core.change.Standing;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.join.KeyEnvelope;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * The files of a node's folder that changes are about. Every method blocks. One thread changes; any may read.
 *
 * <p>Order of a change: {@code change.promised} becomes {@code change.applying}, then the key (the former one is kept beside it), the roster,
 * corosync.conf, and {@code change.applying} goes. A crash anywhere is mended by {@link #finish}, at the latest before the node starts again:
 * that it was being applied means that all members had promised it.
 */
public final class ChangeFiles {
    /** The roster's name. */
    public static final String ROSTER = "roster.json";

    static final String CONF = "corosync.conf";
    static final String PROMISED = "change.promised";
    static final String APPLYING = "change.applying";
    static final String FORMER_KEY = "authkey.former";
    static final String BACKUP = "backup";

    private static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("r--------");
    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int MAX_FILE_BYTES = 4 << 20;
    private static final int KEPT_BACKUPS = 10;

    private final Path folder;
    private final DurableFiles files;
    private final Disk disk;
    private final Clock clock;

    /** Those of {@code folder}. */
    public ChangeFiles(Path folder, Disk disk, Clock clock) {
        this.folder = folder.toAbsolutePath();
        this.files = new DurableFiles(disk);
        this.disk = disk;
        this.clock = clock;
    }

    /** What is on disk. */
    record Stored(CorosyncConf conf, String text, String rosterText, Roster roster, String keyId) {
        String digest() {
            return Standing.digest(text, rosterText);
        }

        /** Votes of the nodes that have certificates, guests excepted, by id. */
        SortedMap<Integer, Integer> takingPart() {
            TreeMap<Integer, Integer> votes = new TreeMap<>();
            for (NodeConfig each : conf.toClusterConfig().nodes()) {
                int id = each.id().value();
                if (roster.nodes().containsKey(id) && !roster.provisional().contains(id)) votes.put(id, each.votes());
            }
            return votes;
        }

        Standing standing(long running) {
            boolean edited = !rosterText.isEmpty() && !roster.digest().equals(Digests.of(text));
            long version = conf.toClusterConfig().configVersion();
            return new Standing(version, roster.revision(), digest(), edited, keyId, running, 0);
        }
    }

    /**
     * Reads configuration, roster and what tells the key apart.
     *
     * @throws ClusterException with the sentence that says what is wrong
     */
    Stored read() {
        Path conf = folder.resolve(CONF);
        CorosyncConf read = CorosyncConf.read(conf);
        try {
            String text = new String(bytes(conf), StandardCharsets.UTF_8);
            String rosterText =
                    isThere(ROSTER) ? new String(bytes(folder.resolve(ROSTER)), StandardCharsets.UTF_8) : "";
            Roster roster = rosterText.isEmpty()
                    ? Roster.none(read.toClusterConfig().configVersion(), text)
                    : Roster.parse(rosterText.getBytes(StandardCharsets.UTF_8));
            byte[] key = read.readKey();
            try {
                return new Stored(read, text, rosterText, roster, Digests.ofKey(key));
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        } catch (Malformed wrong) {
            throw unusable(ROSTER + " cannot be read: " + wrong.getMessage() + "; take it from another node", wrong);
        } catch (IOException failed) {
            throw unusable("the files in it cannot be read (" + failed + "); check its permissions", failed);
        }
    }

    /**
     * Two things make the stored configuration count in place of the one that the node works by: a guest, and a node of one vote that was removed
     * and has gone before the others have reloaded. With one vote of difference two rings cannot both have quorum, one by either of them.
     *
     * @param nodes those of the ring
     */
    ChangeInput.Quorum quorum(QuorumState state, SortedSet<Integer> nodes) {
        if (state.quorate()) return new ChangeInput.Quorum(true, true);
        try {
            Stored stored = read();
            SortedSet<Integer> guests = stored.roster().provisional();
            int all = 0;
            int here = 0;
            int guestVotes = 0;
            for (NodeConfig each : stored.conf().toClusterConfig().nodes()) {
                int id = each.id().value();
                if (guests.contains(id)) guestVotes += each.votes();
                else all += each.votes();
                if (!guests.contains(id) && nodes.contains(id)) here += each.votes();
            }
            boolean guest = guests.size() == 1 && guestVotes <= 1;
            boolean removal = guests.isEmpty() && all == state.expectedVotes() - 1;
            return new ChangeInput.Quorum(false, (guest || removal) && here * 2 > all);
        } catch (ClusterException unreadable) {
            return new ChangeInput.Quorum(false, false);
        }
    }

    /** The roster in the folder; that of a cluster without certificates if there is none. */
    public Roster roster() {
        return read().roster();
    }

    Optional<Lock> promised() {
        if (!isThere(PROMISED)) return Optional.empty();
        return Optional.of(lock(PROMISED));
    }

    private Lock lock(String name) {
        try {
            return ChangeText.lock(bytes(folder.resolve(name)));
        } catch (Malformed wrong) {
            throw unusable(name + " cannot be read: " + wrong.getMessage() + "; remove it", wrong);
        } catch (IOException failed) {
            throw unusable(name + " cannot be read (" + failed + ")", failed);
        }
    }

    void promise(Lock lock) throws IOException {
        files.replace(folder.resolve(PROMISED), ChangeText.encode(lock), SECRET);
    }

    void forget() throws IOException {
        files.delete(folder.resolve(PROMISED));
    }

    /** Puts what was promised in place. */
    void apply(Proposal proposal) throws IOException {
        if (isThere(PROMISED)) {
            disk.rename(folder.resolve(PROMISED), folder.resolve(APPLYING));
            disk.force(folder);
        }
        place(proposal.text(), proposal.roster(), proposal.keyId(), proposal.sealedKey());
        files.delete(folder.resolve(APPLYING));
    }

    /**
     * Ends a change that a crash has interrupted after all members had promised it. To be called before the configuration is read for a start.
     *
     * @return whether there was one
     */
    public boolean finish() throws IOException {
        if (!isThere(APPLYING)) return false;
        Proposal proposal = lock(APPLYING).proposal();
        place(proposal.text(), proposal.roster(), proposal.keyId(), proposal.sealedKey());
        files.delete(folder.resolve(APPLYING));
        return true;
    }

    private void place(String text, String roster, String keyId, String sealedKey) throws IOException {
        if (!keyId.isEmpty()) placeKey(keyId, sealedKey);
        Path rosterFile = folder.resolve(ROSTER);
        if (roster.isEmpty()) files.delete(rosterFile);
        else files.replace(rosterFile, roster.getBytes(StandardCharsets.UTF_8), PUBLIC);
        byte[] conf = text.getBytes(StandardCharsets.UTF_8);
        if (!Arrays.equals(conf, bytes(folder.resolve(CONF)))) files.replace(folder.resolve(CONF), conf, PUBLIC);
    }

    private void placeKey(String keyId, String envelope) throws IOException {
        CorosyncConf present = CorosyncConf.read(folder.resolve(CONF));
        Path place = present.keyFile().orElse(folder.resolve("authkey"));
        byte[] former = Files.exists(place) ? bytes(place) : new byte[0];
        byte[] fresh = {};
        try {
            if (Digests.ofKey(former).equals(keyId)) return;
            fresh = opened(keyId, envelope);
            if (former.length > 0) files.replace(folder.resolve(FORMER_KEY), former, SECRET);
            files.replace(place, fresh, SECRET);
        } finally {
            Arrays.fill(former, (byte) 0);
            Arrays.fill(fresh, (byte) 0);
        }
    }

    /** Opens a sealed key and makes sure that it is the one that was meant; the array is the caller's. */
    byte[] opened(String keyId, String base64) {
        byte[] envelope;
        try {
            envelope = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException wrong) {
            throw new ClusterException(Reason.KEY_UNUSABLE, "the sealed key is not Base64", wrong);
        }
        byte[] key = KeyEnvelope.open(envelope, folder);
        if (Digests.ofKey(key).equals(keyId)) return key;
        Arrays.fill(key, (byte) 0);
        throw new ClusterException(Reason.KEY_UNUSABLE, "the sealed key is another one than was announced");
    }

    /** The key in the folder; the array is the caller's. */
    byte[] key() {
        return CorosyncConf.read(folder.resolve(CONF)).readKey();
    }

    /** The former key is not needed any more: overwritten, taken away. */
    void forgetFormerKey() throws IOException {
        Path former = folder.resolve(FORMER_KEY);
        if (!Files.isRegularFile(former, LinkOption.NOFOLLOW_LINKS)) return;
        files.replace(former, new byte[(int) Math.min(Files.size(former), MAX_FILE_BYTES)], SECRET);
        files.delete(former);
    }

    /**
     * Writes what is in force, after a backup of what was there.
     *
     * @return the folder of the backup; empty if nothing was replaced: the node has just joined, with this configuration, and had no roster yet
     */
    Optional<Path> take(Share share, int self) throws IOException {
        Stored here = read();
        String envelope = share.keys().getOrDefault(self, "");
        if (envelope.isEmpty() && !here.keyId().equals(share.keyId()))
            throw new ClusterException(
                    Reason.KEY_UNUSABLE,
                    "the key in " + folder + " is another one than that of the others, who know no certificate of this"
                            + " node that they could give it to; copy it by hand");
        boolean isNew = here.rosterText().isEmpty() && here.text().equals(share.text());
        Optional<Path> backup = isNew ? Optional.empty() : Optional.of(keep());
        place(share.text(), share.roster(), envelope.isEmpty() ? "" : share.keyId(), envelope);
        forget();
        return backup;
    }

    private Path keep() throws IOException {
        Path backup = newBackup();
        for (String name : List.of(CONF, ROSTER))
            if (isThere(name)) files.replace(backup.resolve(name), bytes(folder.resolve(name)), PUBLIC);
        prune();
        return backup;
    }

    /**
     * Makes the folder that of no cluster: everything of one is moved into {@code backup/<time>}, the configuration first. The node must
     * have ended.
     *
     * @return the folder of the backup
     */
    public Path setAside() throws IOException {
        Path backup = newBackup();
        files.makeFolders(backup);
        files.makeFolders(backup.resolve("ca"));
        files.makeFolders(backup.resolve("quorum"));
        for (String name : List.of(
                CONF,
                PROMISED,
                APPLYING,
                FORMER_KEY,
                "authkey",
                ROSTER,
                "node.pem",
                "node.key",
                "join.members",
                "ca/ca.key",
                "ca/ca.pem")) move(name, backup);
        for (String name : names("", "ringid_.*")) move(name, backup);
        for (String name : names("quorum/", ".*")) move(name, backup);
        disk.force(folder);
        prune();
        return backup;
    }

    private void move(String name, Path backup) throws IOException {
        Path from = folder.resolve(name);
        if (!Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) return;
        disk.rename(from, backup.resolve(name));
        if (name.equals(CONF)) {
            disk.force(backup);
            disk.force(folder); // from here on it is no node's
        }
    }

    private List<String> names(String prefix, String pattern) throws IOException {
        Path where = folder.resolve(prefix);
        if (!Files.isDirectory(where)) return List.of();
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.list(where)) {
            all.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.matches(pattern))
                    .sorted()
                    .forEach(name -> names.add(prefix + name));
        }
        return names;
    }

    private Path newBackup() {
        Instant now = clock.instant();
        Path place = folder.resolve(BACKUP).resolve(TIME.format(now));
        for (int more = 2; Files.exists(place); more++)
            place = folder.resolve(BACKUP).resolve(TIME.format(now) + "-" + more);
        return place;
    }

    /** Takes the oldest backups of configurations away. Those with keys in them, which a leave made, stay. */
    private void prune() throws IOException {
        Path top = folder.resolve(BACKUP);
        if (!Files.isDirectory(top)) return;
        List<Path> small = new ArrayList<>();
        try (Stream<Path> all = Files.list(top)) {
            for (Path each : all.sorted().toList())
                if (Files.isDirectory(each) && !Files.exists(each.resolve("ca"))) small.add(each);
        }
        for (Path each : small.subList(0, Math.max(0, small.size() - KEPT_BACKUPS))) {
            for (String name : List.of(CONF, ROSTER)) disk.delete(each.resolve(name));
            if (isEmpty(each)) disk.delete(each);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.findAny().isEmpty();
        }
    }

    private boolean isThere(String name) {
        return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) throw new IOException(file + " has " + Files.size(file) + " bytes");
        return Files.readAllBytes(file);
    }

    private ClusterException unusable(String what, Exception cause) {
        return new ClusterException(Reason.DATA_FOLDER_UNUSABLE, "the data folder " + folder + ": " + what, cause);
    }
}
