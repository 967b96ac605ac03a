package org.quorate.core.shell;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.TransportSession;

/** What a running node's own sockets are asked to try. Thread-safe; answers come as callbacks. */
final class OwnProbes {
    private static final long LIMIT_MILLIS = 2000;

    private final NodeId self;
    private final Supplier<@Nullable TransportSession> session;
    private final LoopMailbox mailbox;
    private final CallbackQueue callbacks;

    /** Of the node whose session is given as long as it runs. */
    OwnProbes(NodeId self, Supplier<@Nullable TransportSession> session, LoopMailbox mailbox, CallbackQueue callbacks) {
        this.self = self;
        this.session = session;
        this.mailbox = mailbox;
        this.callbacks = callbacks;
    }

    boolean isThere() {
        return session.get() instanceof LinkProbes;
    }

    <T> CompletionStage<T> ask(Function<LinkProbes, T> question) {
        TransportSession present = session.get();
        if (present == null)
            return CompletableFuture.failedStage(new ClusterException(Reason.CLOSED, "node " + self + " does not run"));
        if (!(present instanceof LinkProbes probes))
            return CompletableFuture.failedStage(
                    new ClusterException(Reason.REFUSED, "the transport of node " + self + " cannot try links"));
        CompletableFuture<T> answer = new CompletableFuture<>();
        mailbox.post(() -> {
            try {
                T found = question.apply(probes);
                callbacks.postAlways(() -> answer.complete(found));
            } catch (ClusterException refused) {
                callbacks.postAlways(() -> answer.completeExceptionally(refused));
            }
        });
        return answer.orTimeout(LIMIT_MILLIS, TimeUnit.MILLISECONDS).minimalCompletionStage();
    }

    void tell(Consumer<LinkProbes> order) {
        if (session.get() instanceof LinkProbes probes) mailbox.post(() -> order.accept(probes));
    }
}
