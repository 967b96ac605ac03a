package org.quorate.core.join.auth;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * The one-time tokens of one member: the file {@code join.tokens}, 0400, which has no token in it but what one can be checked with. A token is
 * good until it ends; once used, it is good for the same joiner only, so that one whose join was undone can try again. Thread-safe; one object for
 * a file.
 */
public final class TokenFile {
    /** Name of the file. */
    public static final String NAME = "join.tokens";
    /** How long a token is good unless said otherwise. */
    public static final Duration USUAL_LIFE = Duration.ofMinutes(15);
    /** How long one can be good. */
    public static final Duration LONGEST_LIFE = Duration.ofDays(7);
    /** Most tokens at a time. */
    public static final int MAX_TOKENS = 64;

    static final String USER_PREFIX = "token-";
    /** Nobody guesses at 128 random bits. */
    static final int ITERATIONS = 4096;

    private final Path file;
    private final DurableFiles disk;
    private final Clock clock;
    private final SecureRandom random;

    /** Those of the member with this folder. */
    public TokenFile(Path folder, Disk disk, Clock clock, SecureRandom random) {
        this.file = folder.resolve(NAME);
        this.disk = new DurableFiles(disk);
        this.clock = clock;
        this.random = random;
    }

    private record Entry(String number, Instant end, String usedBy, Verifier verifier) {
        JsonObject json() {
            JsonObject out = new JsonObject().with("number", number).with("end", end.toEpochMilli());
            if (!usedBy.isEmpty()) out.with("usedBy", usedBy);
            return verifier.into(out);
        }

        static Entry read(JsonObject in) throws Malformed {
            return new Entry(
                    in.string("number", 16),
                    Instant.ofEpochMilli(in.number("end", 0, 1L << 50)),
                    in.stringOrEmpty("usedBy", 128),
                    Verifier.read(in));
        }
    }

    /**
     * A new token, on disk when this returns; the caller wipes it. Tokens that have ended are forgotten.
     *
     * @param life how long it is good, a second to {@link #LONGEST_LIFE}
     * @throws ClusterException if there are {@link #MAX_TOKENS}, or the disk fails
     */
    public synchronized JoinToken issue(Duration life) {
        if (life.compareTo(Duration.ofSeconds(1)) < 0 || life.compareTo(LONGEST_LIFE) > 0)
            throw new ClusterException(
                    Reason.REFUSED, "a token is good for 1 s to " + LONGEST_LIFE.toDays() + " days, not for " + life);
        List<Entry> all = current();
        if (all.size() >= MAX_TOKENS)
            throw new ClusterException(
                    Reason.REFUSED,
                    "there are " + MAX_TOKENS + " tokens that are still good, and no more are kept; use them, or wait"
                            + " until one ends, at "
                            + all.stream()
                                    .map(Entry::end)
                                    .min(Instant::compareTo)
                                    .orElseThrow());
        JoinToken token = JoinToken.create(random);
        char[] secret = token.secret();
        try {
            Verifier verifier = Verifier.of(secret, ITERATIONS, random);
            all.add(new Entry(token.number(), clock.instant().plus(life), "", verifier));
        } finally {
            Arrays.fill(secret, '\0');
        }
        write(all);
        return token;
    }

    /** How many tokens are good now. */
    public synchronized int count() {
        return current().size();
    }

    /** Makes all tokens void. */
    public synchronized void clear() {
        try {
            disk.delete(file);
        } catch (IOException failed) {
            throw unusable("cannot be removed (" + failed + "); check its folder", failed);
        }
    }

    synchronized Optional<Verifier> verifier(String number) {
        return find(current(), number).map(Entry::verifier);
    }

    /**
     * Uses a token up, on disk when this returns.
     *
     * @param number of the token
     * @param joiner the hash of the joiner's key
     * @return false if it has ended, or another joiner has used it
     * @throws ClusterException if the disk fails; it may be used up or not
     */
    public synchronized boolean use(String number, String joiner) {
        List<Entry> all = current();
        Optional<Entry> found = find(all, number);
        if (found.isEmpty()) return false;
        if (!found.get().usedBy().isEmpty()) return found.get().usedBy().equals(joiner);
        all.set(
                all.indexOf(found.get()),
                new Entry(number, found.get().end(), joiner, found.get().verifier()));
        write(all);
        return true;
    }

    /** Whether {@code joiner} could use it now. */
    public synchronized boolean isGoodFor(String number, String joiner) {
        return find(current(), number)
                .filter(entry -> entry.usedBy().isEmpty() || entry.usedBy().equals(joiner))
                .isPresent();
    }

    /** Forgets a token: nobody can use it again. */
    public synchronized void forget(String number) {
        List<Entry> all = current();
        if (all.removeIf(entry -> entry.number().equals(number))) write(all);
    }

    private static Optional<Entry> find(List<Entry> all, String number) {
        return all.stream().filter(entry -> entry.number().equals(number)).findFirst();
    }

    private List<Entry> current() {
        List<Entry> all = new ArrayList<>();
        byte[] text = {};
        try {
            text = PasswordFile.readSmall(file);
            for (JsonObject each : JsonObject.parse(text).objects("tokens", MAX_TOKENS)) {
                Entry entry = Entry.read(each);
                if (entry.end().isAfter(clock.instant())) all.add(entry);
            }
            return all;
        } catch (NoSuchFileException none) {
            return all;
        } catch (IOException | Malformed damaged) {
            throw unusable("is damaged or unreadable; remove it and make new tokens", damaged);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private void write(List<Entry> all) {
        byte[] text = new JsonObject()
                .with("format", 1)
                .withObjects("tokens", all.stream().map(Entry::json).toList())
                .text();
        try {
            disk.replace(file, text, PasswordFile.MODE);
        } catch (IOException failed) {
            throw unusable("cannot be written (" + failed + "); check its folder and the disk", failed);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private ClusterException unusable(String what, Exception cause) {
        return new ClusterException(Reason.DATA_FOLDER_UNUSABLE, file + " " + what, cause);
    }
}
