package org.quorate;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The cluster's links, changed on all nodes at once while they run. Thread-safe. Each stage fails with a {@link ChangeException} that has
 * every objection of every member; nothing has changed then. A node that is in no cluster throws a {@link ClusterException} at once.
 */
public interface ClusterLinks {
    /**
     * Adds link {@code number}, 0 to 7, with an address for every node of the cluster by its name. All members that are online try it first,
     * between each two and in both directions, for five seconds at most; what does not carry datagrams of 1200 bytes is an objection, as is an
     * address that is not local or a port that is taken. Members that cannot try it, such as Corosync daemons, are warned of. Undone by itself
     * if the link does not come up between all members afterwards. {@link ChangeOptions#force} makes warnings of links that carry nothing,
     * and leaves a link that does not come up.
     */
    CompletableFuture<ChangeReport> add(int number, Map<String, String> addresses, ChangeOptions options);

    /** The same with {@link ChangeOptions#DEFAULT}. */
    default CompletableFuture<ChangeReport> add(int number, Map<String, String> addresses) {
        return add(number, addresses, ChangeOptions.DEFAULT);
    }

    /** Gives {@code node} another address on link {@code number}; tried first, and undone by itself, as {@link #add(int, Map, ChangeOptions)} says. */
    CompletableFuture<ChangeReport> change(int number, String node, String address, ChangeOptions options);

    /** Takes link {@code number} away; the last one stays. */
    CompletableFuture<ChangeReport> remove(int number, ChangeOptions options);

    /** Gives link {@code number} another priority, 0 to 255; the usable link with the highest one carries the data. */
    CompletableFuture<ChangeReport> priority(int number, int priority, ChangeOptions options);
}
