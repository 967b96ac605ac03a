package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * The admissions of one member of which it is not known yet whether the joiner has everything on disk: one file each in the folder {@code admissions}.
 * A file is there before the cluster admits, and until the cluster has confirmed or withdrawn. Thread-safe.
 */
final class PendingAdmissions {
    static final int MAX_PENDING = 8;

    private static final String FOLDER = "admissions";
    private static final int NAME_CHARS = 16;

    private final Path folder;
    private final DurableFiles disk;
    private final Map<String, Pending> all = new HashMap<>();

    PendingAdmissions(Path dataFolder, Disk disk) {
        this.folder = dataFolder.resolve(FOLDER);
        this.disk = new DurableFiles(disk);
    }

    /**
     * An admission.
     *
     * @param fingerprint of the certificate
     * @param node its name
     * @param joiner hash of the joiner's key
     */
    record Pending(String fingerprint, String node, String joiner) {}

    /** Reads what a former life of this member has left. A file that is damaged was not whole when its member died: nothing was admitted, it goes. */
    synchronized List<Pending> load() {
        all.clear();
        try {
            if (!Files.isDirectory(folder)) return List.of();
            List<Path> files;
            try (Stream<Path> list = Files.list(folder)) {
                files = list.limit(64).toList();
            }
            for (Path file : files) {
                Optional<Pending> read = read(file);
                if (read.isPresent()) all.put(read.get().fingerprint(), read.get());
                else disk.delete(file);
            }
            return List.copyOf(all.values());
        } catch (IOException failed) {
            throw unusable(failed);
        }
    }

    private static Optional<Pending> read(Path file) throws IOException {
        if (file.getFileName().toString().startsWith(".")) return Optional.empty();
        try {
            JsonObject in = JsonObject.parse(Files.readAllBytes(file));
            return Optional.of(
                    new Pending(in.string("fingerprint", 95), in.string("node", 255), in.string("joiner", 64)));
        } catch (Malformed damaged) {
            return Optional.empty();
        }
    }

    /** Puts {@code pending} on disk. Throws a {@link ClusterException} if there are too many, or the disk fails. */
    synchronized void add(Pending pending) {
        if (all.size() >= MAX_PENDING)
            throw new ClusterException(
                    Reason.QUEUE_FULL,
                    all.size() + " nodes are about to join, and no more can at a time; try again in a minute");
        byte[] text = new JsonObject()
                .with("fingerprint", pending.fingerprint())
                .with("node", pending.node())
                .with("joiner", pending.joiner())
                .text();
        try {
            disk.replace(file(pending.fingerprint()), text, FolderFiles.PUBLIC);
        } catch (IOException failed) {
            throw unusable(failed);
        }
        all.put(pending.fingerprint(), pending);
    }

    /** Takes it off the disk; throws a {@link ClusterException} if the disk fails. */
    synchronized void remove(String fingerprint) {
        if (!all.containsKey(fingerprint)) return;
        try {
            disk.delete(file(fingerprint));
        } catch (IOException failed) {
            throw unusable(failed);
        }
        all.remove(fingerprint);
    }

    synchronized boolean has(String fingerprint) {
        return all.containsKey(fingerprint);
    }

    /** Those of one joiner. */
    synchronized List<Pending> of(String joiner) {
        List<Pending> found = new ArrayList<>();
        for (Pending each : all.values()) if (each.joiner().equals(joiner)) found.add(each);
        return found;
    }

    synchronized int count() {
        return all.size();
    }

    private Path file(String fingerprint) {
        String digits = fingerprint.replace(":", "").toLowerCase(Locale.ROOT);
        return folder.resolve(digits.substring(0, Math.min(NAME_CHARS, digits.length())));
    }

    private ClusterException unusable(IOException failed) {
        return new ClusterException(
                Reason.DATA_FOLDER_UNUSABLE,
                "the folder " + folder + " cannot be written (" + failed + "); check its permissions and the disk",
                failed);
    }
}
