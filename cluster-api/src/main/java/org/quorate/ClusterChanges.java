package org.quorate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Changes of the one configuration of the cluster, on all nodes at once while they run. Any node may ask for one; of two at the same time
 * one is made and the other refused. Thread-safe. Each stage fails with a {@link ChangeException} that has every objection of every member.
 * A node that is in no cluster, or takes part in no changes, throws a {@link ClusterException} at once.
 */
public interface ClusterChanges {
    /**
     * Takes a node off the list: its certificate is revoked, its id retired, the key replaced by one that it does not get. One that is online is
     * refused unless forced; it is told to stop then. Source: pvecm delnode.
     */
    CompletableFuture<ChangeReport> removeNode(String node, ChangeOptions options);

    /**
     * Takes this node out of the cluster: the others remove it, its files are set aside in a backup, and it is standalone afterwards. With {@link
     * ChangeOptions#force} also if the others do not answer, who have to remove it then.
     */
    CompletableFuture<ChangeReport> leaveCluster(ChangeOptions options);

    /** Gives a node another number of votes, 0 or more, for good. */
    CompletableFuture<ChangeReport> votes(String node, int votes, ChangeOptions options);

    /** Changes the token timeout for two nodes. */
    CompletableFuture<ChangeReport> token(Duration timeout, ChangeOptions options);

    /** Changes what each node beyond two adds to the token timeout. */
    CompletableFuture<ChangeReport> tokenCoefficient(Duration coefficient, ChangeOptions options);

    /** Changes cipher and hash of all links. */
    CompletableFuture<ChangeReport> crypto(CryptoConfig crypto, ChangeOptions options);

    /** Switches two-node mode: both are quorate alone, and each waits for the other after a start. */
    CompletableFuture<ChangeReport> twoNode(boolean on, ChangeOptions options);

    /**
     * Replaces the key by a new one. Both are accepted until everybody uses the new one; a node that is absent gets it when it comes back, by its
     * certificate.
     */
    CompletableFuture<ChangeReport> rotateKey(ChangeOptions options);

    /** Whether what runs, what is stored and what the other members have is the same. */
    CompletableFuture<ConfigComparison> compare();

    /**
     * Running, stored and others' configuration.
     *
     * @param equal whether all is the same
     * @param running version that this node works by
     * @param stored version in its folder
     * @param lines one for each difference, for people
     */
    record ConfigComparison(boolean equal, long running, long stored, List<String> lines) {
        /** Takes a copy. */
        public ConfigComparison {
            lines = List.copyOf(lines);
        }
    }
}
