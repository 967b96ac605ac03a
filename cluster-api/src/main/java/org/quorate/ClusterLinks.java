package org.quorate;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The cluster's links, changed on all nodes at once while they run. Thread-safe. Each stage fails with a {@link ChangeException} that has
 * every objection of every member; nothing has changed then. A node that is in no cluster throws a {@link ClusterException} at once.
 */
public interface ClusterLinks {
    /**
     * Adds link {@code number}, 0 to 7, with an address for every node of the cluster by its name. Undone by itself if the link does not come
     * up between all members.
     */
    CompletableFuture<ChangeReport> add(int number, Map<String, String> addresses, ChangeOptions options);

    /** The same with {@link ChangeOptions#DEFAULT}. */
    default CompletableFuture<ChangeReport> add(int number, Map<String, String> addresses) {
        return add(number, addresses, ChangeOptions.DEFAULT);
    }

    /** Gives {@code node} another address on link {@code number}. Undone by itself if the link does not come up. */
    CompletableFuture<ChangeReport> change(int number, String node, String address, ChangeOptions options);

    /** Takes link {@code number} away; the last one stays. */
    CompletableFuture<ChangeReport> remove(int number, ChangeOptions options);

    /** Gives link {@code number} another priority, 0 to 255; the usable link with the highest one carries the data. */
    CompletableFuture<ChangeReport> priority(int number, int priority, ChangeOptions options);
}
