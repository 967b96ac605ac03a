package org.quorate;

import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * How a change of the cluster's configuration is made.
 *
 * @param force does what would be refused otherwise, where a method says so
 * @param prepared nodes that are not of this kind, such as Corosync daemons, whose corosync.conf was replaced by hand before, by the text of
 *     {@link ChangeException#configuration}; they follow the reload
 * @param limit how long the members may take to agree
 * @param progress hears of each step
 */
public record ChangeOptions(boolean force, SortedSet<NodeId> prepared, Duration limit, Consumer<Progress> progress) {
    /** Nothing is forced, all members are of this kind, 30 s. */
    public static final ChangeOptions DEFAULT =
            new ChangeOptions(false, new TreeSet<>(), Duration.ofSeconds(30), step -> {});

    /** Takes a copy. */
    public ChangeOptions {
        prepared = Collections.unmodifiableSortedSet(new TreeSet<>(prepared));
    }

    /** The same, forced. */
    public ChangeOptions forced() {
        return new ChangeOptions(true, prepared, limit, progress);
    }

    /** The same with nodes that are prepared. */
    public ChangeOptions withPrepared(Set<NodeId> nodes) {
        return new ChangeOptions(force, new TreeSet<>(nodes), limit, progress);
    }

    /** The same with another limit. */
    public ChangeOptions withLimit(Duration newLimit) {
        return new ChangeOptions(force, prepared, newLimit, progress);
    }

    /** The same with a listener. */
    public ChangeOptions withProgress(Consumer<Progress> listener) {
        return new ChangeOptions(force, prepared, limit, listener);
    }
}
