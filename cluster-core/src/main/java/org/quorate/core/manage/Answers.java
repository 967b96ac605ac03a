package org.quorate.core.manage;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/** Waiting for what a node answers, by threads that may block. What it fails with is thrown as it is. */
final class Answers {
    private Answers() {}

    /** As long as it takes. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failure(failed);
        }
    }

    /** For {@code limit} at most; fails with {@link Reason#TIMEOUT} then, and with {@link Reason#CLOSED} if interrupted. */
    static <T> T await(CompletionStage<T> stage, Duration limit) {
        try {
            return stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failure(failed);
        } catch (TimeoutException late) {
            throw new ClusterException(Reason.TIMEOUT, "the cluster has not decided in time", late);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new ClusterException(Reason.CLOSED, "interrupted while the cluster decided", hurry);
        }
    }

    private static RuntimeException failure(Exception failed) {
        return cause(failed) instanceof RuntimeException clear ? clear : new IllegalStateException(failed);
    }

    /** The failure itself, without what a stage has wrapped around it. */
    static Throwable cause(Throwable failed) {
        boolean wrapped = failed instanceof CompletionException || failed instanceof ExecutionException;
        return wrapped && failed.getCause() != null ? failed.getCause() : failed;
    }
}
