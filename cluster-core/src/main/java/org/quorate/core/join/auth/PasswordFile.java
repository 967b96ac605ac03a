package org.quorate.core.join.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * The password of one member: the file {@code join.password}, 0400, which has no password in it but what one can be checked with. The file is read
 * anew each time. Thread-safe.
 */
public final class PasswordFile {
    /** Name of the file. */
    public static final String NAME = "join.password";
    /** Iterations of PBKDF2-HMAC-SHA256: some tenths of a second for each guess. */
    public static final int ITERATIONS = 600_000;
    /** A joiner does not do more work than this for a member. */
    static final int MOST_ITERATIONS = 5_000_000;
    /** Shortest password in characters. */
    public static final int MIN_CHARS = 8;
    /** Longest password in characters. */
    public static final int MAX_CHARS = 128;

    static final String USER = "password";
    static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("r--------");
    static final int MAX_FILE_BYTES = 64 * 1024;

    private final Path file;
    private final DurableFiles disk;
    private final SecureRandom random;

    /** That of the member with this folder. */
    public PasswordFile(Path folder, Disk disk, SecureRandom random) {
        this.file = folder.resolve(NAME);
        this.disk = new DurableFiles(disk);
        this.random = random;
    }

    static void check(char[] password) {
        if (password.length < MIN_CHARS || password.length > MAX_CHARS)
            throw new ClusterException(
                    Reason.REFUSED, "a password for joins has " + MIN_CHARS + " to " + MAX_CHARS + " characters");
    }

    /**
     * Sets it; the array stays the caller's, who wipes it. Takes some tenths of a second.
     *
     * @throws ClusterException if it is too short or too long, or the disk fails
     */
    public synchronized void set(char[] password) {
        check(password);
        byte[] text = Verifier.of(password, ITERATIONS, random)
                .into(new JsonObject().with("format", 1))
                .text();
        try {
            disk.replace(file, text, MODE);
        } catch (IOException failed) {
            throw unusable("cannot be written (" + failed + "); check its folder and the disk", failed);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /** Takes it away: nobody can join this member with a password any more. */
    public synchronized void clear() {
        try {
            disk.delete(file);
        } catch (IOException failed) {
            throw unusable("cannot be removed (" + failed + "); check its folder", failed);
        }
    }

    /** Whether there is one. */
    public boolean isSet() {
        return Files.exists(file);
    }

    synchronized Optional<Verifier> verifier() {
        byte[] text = {};
        try {
            text = readSmall(file);
            return Optional.of(Verifier.read(JsonObject.parse(text)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | Malformed damaged) {
            throw unusable("is damaged or unreadable; set the password again", damaged);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    static byte[] readSmall(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) throw new IOException("it has " + Files.size(file) + " bytes");
        return Files.readAllBytes(file);
    }

    private ClusterException unusable(String what, Exception cause) {
        return new ClusterException(Reason.DATA_FOLDER_UNUSABLE, file + " " + what, cause);
    }
}
