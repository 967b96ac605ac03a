package org.quorate.core.change.shell;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.LinkStatus;
import org.quorate.NodeId;

/** Waits until a link to every member of the ring is up, or for a while. */
final class LinkWatch {
    private static final long PERIOD_MILLIS = 100;

    private final ClusterManager node;
    private final int link;
    private final long endNanos;
    private final ScheduledExecutorService thread;
    private final Consumer<String> then;

    private LinkWatch(
            ClusterManager node, int link, Duration limit, ScheduledExecutorService thread, Consumer<String> then) {
        this.node = node;
        this.link = link;
        this.endNanos = System.nanoTime() + limit.toNanos();
        this.thread = thread;
        this.then = then;
    }

    /** Watches; {@code then} gets an empty text if the link is up, else a sentence. */
    static void start(
            ClusterManager node, int link, Duration limit, ScheduledExecutorService thread, Consumer<String> then) {
        new LinkWatch(node, link, limit, thread, then).look();
    }

    private void look() {
        node.status().whenComplete((status, failed) -> thread.execute(() -> seen(status, failed)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what it does is said to "then"
    private void seen(ClusterStatus status, Throwable failed) {
        String missing = failed != null ? "node " + node + " is over" : missing(status);
        if (missing.isEmpty() || failed != null || System.nanoTime() >= endNanos) then.accept(missing);
        else thread.schedule(this::look, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private String missing(ClusterStatus status) {
        List<NodeId> members = status.view().map(view -> view.members()).orElse(List.of());
        List<LinkStatus> links = status.links().stream()
                .filter(each -> each.link() == link && members.contains(each.peer()))
                .toList();
        String down = links.stream()
                .filter(each -> !each.up())
                .map(each -> "link " + link + " from node " + status.self() + " to node " + each.peer() + " is not up: "
                        + each.why())
                .collect(Collectors.joining("; "));
        boolean lacks = links.size() < members.size() - 1;
        return lacks && down.isEmpty()
                ? "node " + status.self() + " does not use link " + link + " to all members"
                : down;
    }
}
