package org.quorate.core.manage;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterChanges;
import org.quorate.ClusterLinks;
import org.quorate.CryptoConfig;
import org.quorate.core.change.shell.ChangeService;
import org.quorate.core.conf.ConfEdit;

/** What applications can change, as edits of the configuration. */
final class NodeChanges implements ClusterChanges, ClusterLinks {
    private final Supplier<ChangeService> service;
    private final Function<ChangeOptions, CompletableFuture<ChangeReport>> leaving;

    /**
     * @param service of the running node; throws if there is none
     * @param leaving takes this node out of the cluster
     */
    NodeChanges(Supplier<ChangeService> service, Function<ChangeOptions, CompletableFuture<ChangeReport>> leaving) {
        this.service = service;
        this.leaving = leaving;
    }

    private CompletableFuture<ChangeReport> change(ConfEdit edit, ChangeOptions options) {
        return service.get().change(edit, options);
    }

    @Override
    public CompletableFuture<ChangeReport> removeNode(String node, ChangeOptions options) {
        return service.get().removeNode(node, options);
    }

    @Override
    public CompletableFuture<ChangeReport> leaveCluster(ChangeOptions options) {
        return leaving.apply(options);
    }

    @Override
    public CompletableFuture<ChangeReport> votes(String node, int votes, ChangeOptions options) {
        return change(new ConfEdit.Votes(node, votes), options);
    }

    @Override
    public CompletableFuture<ChangeReport> token(Duration timeout, ChangeOptions options) {
        return change(new ConfEdit.Token(millis(timeout)), options);
    }

    @Override
    public CompletableFuture<ChangeReport> tokenCoefficient(Duration coefficient, ChangeOptions options) {
        return change(new ConfEdit.TokenCoefficient(millis(coefficient)), options);
    }

    @Override
    public CompletableFuture<ChangeReport> crypto(CryptoConfig crypto, ChangeOptions options) {
        return change(new ConfEdit.Crypto(crypto), options);
    }

    @Override
    public CompletableFuture<ChangeReport> twoNode(boolean on, ChangeOptions options) {
        return change(new ConfEdit.TwoNode(on), options);
    }

    @Override
    public CompletableFuture<ChangeReport> rotateKey(ChangeOptions options) {
        return change(new ConfEdit.RotateKey(), options);
    }

    @Override
    public CompletableFuture<ConfigComparison> compare() {
        return service.get().compare();
    }

    @Override
    public CompletableFuture<ChangeReport> add(int number, Map<String, String> addresses, ChangeOptions options) {
        return change(new ConfEdit.AddLink(number, new TreeMap<>(addresses), OptionalInt.empty()), options);
    }

    @Override
    public CompletableFuture<ChangeReport> change(int number, String node, String address, ChangeOptions options) {
        return change(new ConfEdit.ChangeLink(number, new TreeMap<>(Map.of(node, address))), options);
    }

    @Override
    public CompletableFuture<ChangeReport> remove(int number, ChangeOptions options) {
        return change(new ConfEdit.RemoveLink(number), options);
    }

    @Override
    public CompletableFuture<ChangeReport> priority(int number, int priority, ChangeOptions options) {
        return change(new ConfEdit.LinkPriority(number, priority), options);
    }

    private static int millis(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 0 || millis > Integer.MAX_VALUE)
            throw new IllegalArgumentException("a time of " + duration + " cannot be set");
        return (int) millis;
    }
}
