package org.quorate.examples.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.quorate.ChangeException;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterChanges;
import org.quorate.ClusterLinks;
import org.quorate.CryptoConfig;
import org.quorate.Progress;

/** Remembers what it was asked for, tells of one step, and does it, or refuses. */
public final class FakeChanges implements ClusterChanges, ClusterLinks {
    public final List<String> asked = new CopyOnWriteArrayList<>();
    public volatile @Nullable ChangeException refusal;

    private CompletableFuture<ChangeReport> ask(String what, ChangeOptions options) {
        asked.add(
                what + (options.force() ? " forced" : "") + (options.prepared().isEmpty() ? "" : options.prepared())
                        + " " + options.limit().toSeconds());
        options.progress().accept(new Progress("AGREEING", "asking all members", 0.5));
        ChangeException refused = refusal;
        return refused != null
                ? CompletableFuture.failedFuture(refused)
                : CompletableFuture.completedFuture(new ChangeReport(what, 7, List.of("mind the gap")));
    }

    @Override
    public CompletableFuture<ChangeReport> removeNode(String node, ChangeOptions options) {
        return ask("remove " + node, options);
    }

    @Override
    public CompletableFuture<ChangeReport> leaveCluster(ChangeOptions options) {
        return ask("leave", options);
    }

    @Override
    public CompletableFuture<ChangeReport> votes(String node, int votes, ChangeOptions options) {
        return ask("votes " + node + " " + votes, options);
    }

    @Override
    public CompletableFuture<ChangeReport> token(Duration timeout, ChangeOptions options) {
        return ask("token " + timeout, options);
    }

    @Override
    public CompletableFuture<ChangeReport> tokenCoefficient(Duration coefficient, ChangeOptions options) {
        return ask("coefficient " + coefficient, options);
    }

    @Override
    public CompletableFuture<ChangeReport> crypto(CryptoConfig crypto, ChangeOptions options) {
        return ask("crypto " + crypto.cipher() + " " + crypto.hash(), options);
    }

    @Override
    public CompletableFuture<ChangeReport> twoNode(boolean on, ChangeOptions options) {
        return ask("two-node " + on, options);
    }

    @Override
    public CompletableFuture<ChangeReport> rotateKey(ChangeOptions options) {
        return ask("rotate", options);
    }

    @Override
    public CompletableFuture<ConfigComparison> compare() {
        return CompletableFuture.completedFuture(new ConfigComparison(false, 6, 7, List.of("pear has version 5")));
    }

    @Override
    public CompletableFuture<ChangeReport> add(int number, Map<String, String> addresses, ChangeOptions options) {
        return ask("add " + number + " " + new TreeMap<>(addresses), options);
    }

    @Override
    public CompletableFuture<ChangeReport> change(int number, String node, String address, ChangeOptions options) {
        return ask("change " + number + " " + node + " " + address, options);
    }

    @Override
    public CompletableFuture<ChangeReport> remove(int number, ChangeOptions options) {
        return ask("remove " + number, options);
    }

    @Override
    public CompletableFuture<ChangeReport> priority(int number, int priority, ChangeOptions options) {
        return ask("priority " + number + " " + priority, options);
    }
}
