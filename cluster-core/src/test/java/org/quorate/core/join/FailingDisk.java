package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.quorate.core.disk.Disk;

/** A disk whose host is killed at one step, or which is full from one step on, or whose host loses power so that nothing is kept that was not forced. */
public final class FailingDisk implements Disk {
    /** The process is no more: nothing further is done. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(String step) {
            super(step);
        }
    }

    /** How the step fails. */
    public enum Fault {
        /** Not at all. */
        NONE,
        /** Killed before it is done. */
        KILL_BEFORE,
        /** Killed when it is done. */
        KILL_AFTER,
        /** Power is lost when it is done: renames, new and deleted entries of folders that were not forced are undone. */
        POWER_LOSS,
        /** Power is lost in the middle of it: a file has half its content. */
        POWER_LOSS_WITHIN,
        /** It and every later one that needs space fails. */
        FULL
    }

    private interface Undo {
        void run() throws IOException;
    }

    private record Pending(Path folder, Undo undo) {}

    private final Disk disk;
    private final Fault fault;
    private final int at;
    private final List<String> steps = new ArrayList<>();
    private final Deque<Pending> unforced = new ArrayDeque<>();
    private boolean dead;

    /** Fails at step {@code at}, the first being 1. */
    public FailingDisk(Disk disk, Fault fault, int at) {
        this.disk = disk;
        this.fault = fault;
        this.at = at;
    }

    /** Every step so far, in words. */
    public List<String> steps() {
        return steps;
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        step("make folder " + folder.getFileName(), true, () -> {
            disk.makeFolder(folder);
            unforced.push(new Pending(folder.getParent(), () -> Files.delete(folder)));
        });
    }

    @Override
    public void write(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        if (fault == Fault.POWER_LOSS_WITHIN && steps.size() + 1 == at) {
            byte[] half = new byte[content.length / 2];
            System.arraycopy(content, 0, half, 0, half.length);
            disk.write(file, half, mode);
        }
        step("write " + file.getFileName(), true, () -> {
            disk.write(file, content, mode);
            unforced.push(new Pending(file.getParent(), () -> Files.deleteIfExists(file)));
        });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        boolean there = Files.isRegularFile(from);
        byte[] content = there ? Files.readAllBytes(from) : new byte[0];
        Set<PosixFilePermission> mode = there ? Files.getPosixFilePermissions(from) : Set.of();
        boolean replaced = Files.isRegularFile(to);
        byte[] old = replaced ? Files.readAllBytes(to) : new byte[0];
        Set<PosixFilePermission> oldMode = replaced ? Files.getPosixFilePermissions(to) : Set.of();
        step("rename to " + to.getFileName(), true, () -> {
            disk.rename(from, to);
            unforced.push(new Pending(to.getParent(), () -> {
                Files.deleteIfExists(to);
                if (replaced) disk.write(to, old, oldMode);
                if (!Files.exists(from)) disk.write(from, content, mode);
            }));
        });
    }

    @Override
    public void delete(Path file) throws IOException {
        boolean there = Files.isRegularFile(file);
        byte[] content = there ? Files.readAllBytes(file) : new byte[0];
        Set<PosixFilePermission> mode = there ? Files.getPosixFilePermissions(file) : Set.of();
        step("delete " + file.getFileName(), false, () -> {
            disk.delete(file);
            if (there)
                unforced.push(new Pending(file.getParent(), () -> {
                    Files.deleteIfExists(file); // half of a new one
                    disk.write(file, content, mode);
                }));
        });
    }

    @Override
    public void force(Path folder) throws IOException {
        step("force " + folder.getFileName(), true, () -> {
            disk.force(folder);
            unforced.removeIf(pending -> pending.folder.equals(folder));
        });
    }

    /** Something else than the disk that a dead process does not do: a step like any other. */
    void outside(String what, Runnable action) {
        try {
            step(what, false, action::run);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private synchronized void step(String what, boolean needsSpace, Undo action) throws IOException {
        if (dead) throw new Killed(what);
        steps.add(what);
        boolean now = steps.size() == at;
        if (fault == Fault.FULL && steps.size() >= at && needsSpace) throw new IOException("No space left on device");
        if (now && (fault == Fault.KILL_BEFORE || fault == Fault.POWER_LOSS_WITHIN)) die(what);
        action.run();
        if (now && (fault == Fault.KILL_AFTER || fault == Fault.POWER_LOSS)) die(what);
    }

    private void die(String what) throws IOException {
        dead = true;
        if (fault != Fault.POWER_LOSS && fault != Fault.POWER_LOSS_WITHIN) throw new Killed(what);
        while (!unforced.isEmpty()) unforced.pop().undo().run();
        throw new Killed(what);
    }
}
