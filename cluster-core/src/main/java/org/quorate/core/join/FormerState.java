package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.DurableFiles;

/** What a former cluster left in a folder: kept in {@code backup/<time>} before a join replaces it, and put back if the join is undone. */
final class FormerState {
    static final int KEPT_BACKUPS = 10;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int MOST_FILES = 256;
    private static final String CA = "ca";

    private final Path folder;
    private final Disk disk;
    private final DurableFiles files;

    FormerState(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
        this.files = new DurableFiles(disk);
    }

    /** Every file of a cluster that is there, the configuration first. */
    List<String> present() throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : List.of(
                FolderFiles.CONF,
                FolderFiles.KEY,
                FolderFiles.NODE_CERTIFICATE,
                FolderFiles.NODE_KEY,
                FolderFiles.JOIN_MEMBERS)) if (isFile(folder.resolve(name))) names.add(name);
        list(folder, "", names, "ringid_.*");
        list(folder.resolve(CA), CA + "/", names, ".*");
        list(folder.resolve("quorum"), "quorum/", names, ".*");
        return names;
    }

    private static void list(Path where, String prefix, List<String> names, String pattern) throws IOException {
        if (!Files.isDirectory(where)) return;
        try (Stream<Path> all = Files.list(where)) {
            for (Path each : all.limit(MOST_FILES).sorted().toList()) {
                String name = String.valueOf(each.getFileName());
                if (isFile(each) && !name.startsWith(".") && name.matches(pattern)) names.add(prefix + name);
            }
        }
    }

    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** A name for a backup made now. */
    String newBackup(Instant now) {
        String name = TIME.format(now);
        for (int more = 2; Files.exists(backup(name)); more++) name = TIME.format(now) + "-" + more;
        return name;
    }

    private Path backup(String name) {
        return folder.resolve(FolderFiles.BACKUP).resolve(name);
    }

    /** Copies everything into the backup {@code name}. */
    void keep(String name) throws IOException {
        for (String each : present()) copy(folder.resolve(each), backup(name).resolve(each));
    }

    /** Takes everything away, the configuration first, and what a crash left of files that were about to be written. */
    void remove() throws IOException {
        LinkedHashSet<String> names = new LinkedHashSet<>(List.of(FolderFiles.CONF));
        names.addAll(FolderFiles.CREATED);
        names.addAll(present());
        for (String each : names) files.delete(folder.resolve(each));
        removeEmpty(CA);
        removeEmpty("quorum");
    }

    /** Puts everything of the backup {@code name} back, the configuration last. */
    void restore(String name) throws IOException {
        List<String> names = new ArrayList<>(new FormerState(backup(name), disk).present());
        names.sort(Comparator.comparing(FolderFiles.CONF::equals));
        for (String each : names) copy(backup(name).resolve(each), folder.resolve(each));
    }

    private void copy(Path from, Path to) throws IOException {
        byte[] content = Files.readAllBytes(from);
        try {
            files.replace(to, content, mode(from));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static Set<PosixFilePermission> mode(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("posix")
                ? Files.getPosixFilePermissions(file)
                : FolderFiles.SECRET;
    }

    private void removeEmpty(String name) throws IOException {
        try {
            files.delete(folder.resolve(name));
        } catch (DirectoryNotEmptyException others) {
            // what is in it is none of a cluster's
        }
    }

    /** Takes the oldest backups away, so that {@link #KEPT_BACKUPS} stay. */
    void prune() throws IOException {
        Path top = folder.resolve(FolderFiles.BACKUP);
        if (!Files.isDirectory(top)) return;
        List<Path> oldestFirst;
        try (Stream<Path> all = Files.list(top)) {
            oldestFirst = all.filter(Files::isDirectory).sorted().toList();
        }
        for (Path each : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - KEPT_BACKUPS))) {
            List<Path> deepestFirst;
            try (Stream<Path> all = Files.walk(each)) {
                deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : deepestFirst) disk.delete(path);
            disk.force(top);
        }
    }
}
