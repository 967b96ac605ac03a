package org.quorate.examples.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.quorate.ChangeException;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterChanges.ConfigComparison;
import org.quorate.ClusterManager;
import org.quorate.CryptoConfig;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;

/**
 * Changes of the cluster that clients of the admin socket ask for. Each answers with lines of kind {@code progress}, then with the report;
 * a refusal has every objection. What blocks is done by one thread of its own, for eight that wait at most. Thread-safe.
 */
final class ChangeDesk implements AutoCloseable {
    private static final int MAX_WAITING = 8;
    private static final int MAX_LIMIT_MILLIS = 600_000;
    private static final int MAX_TOKEN_SECONDS = 7 * 24 * 3600;

    private final ClusterManager node;
    private final List<Runnable> whenIdle = new ArrayList<>(); // guarded by itself
    private int underWay; // guarded by whenIdle
    private final ThreadPoolExecutor worker =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                Thread thread = new Thread(task, "agent-changes");
                thread.setDaemon(true);
                return thread;
            });

    ChangeDesk(ClusterManager node) {
        this.node = node;
        worker.allowCoreThreadTimeOut(true);
    }

    /** The requests that it takes, by command. */
    Map<String, Function<Fields, CompletionStage<ChangeReport>>> changes() {
        Map<String, Function<Fields, CompletionStage<ChangeReport>>> all = new TreeMap<>();
        all.put("delnode", f -> node.changes().removeNode(f.text("node"), f.options()));
        all.put("leave", f -> node.changes().leaveCluster(f.options()));
        all.put("set votes", f -> node.changes().votes(f.text("node"), f.number("votes"), f.options()));
        all.put("set token", f -> node.changes().token(f.millis("millis"), f.options()));
        all.put("set coefficient", f -> node.changes().tokenCoefficient(f.millis("millis"), f.options()));
        all.put("set crypto", f -> node.changes().crypto(f.crypto(), f.options()));
        all.put("set two-node", f -> node.changes().twoNode(f.request().isTrue("on"), f.options()));
        all.put("rotate-key", f -> node.changes().rotateKey(f.options()));
        all.put("link add", f -> node.links().add(f.number("link"), f.addresses(), f.options()));
        all.put(
                "link change",
                f -> node.links().change(f.number("link"), f.text("node"), f.text("address"), f.options()));
        all.put("link remove", f -> node.links().remove(f.number("link"), f.options()));
        all.put("link priority", f -> node.links().priority(f.number("link"), f.number("priority"), f.options()));
        return all;
    }

    /** Makes a change and answers. */
    void change(AdminRequest request, Function<Fields, CompletionStage<ChangeReport>> change) {
        work(request, () -> make(request, change));
    }

    private void make(AdminRequest request, Function<Fields, CompletionStage<ChangeReport>> change) {
        boolean begun = false;
        begin();
        try {
            change.apply(new Fields(request)).whenComplete((report, failure) -> {
                if (failure != null) fail(request, failure);
                else
                    request.succeed(new JsonObject()
                            .put("what", report.what())
                            .put("configVersion", report.configVersion())
                            .put("warnings", report.warnings())
                            .put("text", text(report)));
                end();
            });
            begun = true;
        } finally {
            if (!begun) end();
        }
    }

    /** Runs {@code task} when no change is under way: a node that leaves its cluster has ended before the one who asked knows that it has left. */
    void whenIdle(Runnable task) {
        synchronized (whenIdle) {
            if (underWay > 0) {
                whenIdle.add(task);
                return;
            }
        }
        task.run();
    }

    private void begin() {
        synchronized (whenIdle) {
            underWay++;
        }
    }

    private void end() {
        List<Runnable> ready = List.of();
        synchronized (whenIdle) {
            if (--underWay == 0) {
                ready = List.copyOf(whenIdle);
                whenIdle.clear();
            }
        }
        ready.forEach(Runnable::run);
    }

    /** Compares the configurations. */
    void compare(AdminRequest request) {
        work(
                request,
                () -> node.changes().compare().minimalCompletionStage().whenComplete((comparison, failure) -> {
                    if (failure != null) fail(request, failure);
                    else
                        request.succeed(new JsonObject()
                                .put("equal", comparison.equal())
                                .put("running", comparison.running())
                                .put("stored", comparison.stored())
                                .put("differences", comparison.lines())
                                .put("text", text(comparison)));
                }));
    }

    /** Makes a token for one joiner. */
    void token(AdminRequest request) {
        int seconds = new Fields(request).number("seconds");
        if (seconds < 1 || seconds > MAX_TOKEN_SECONDS)
            throw new AdminException("a token is good for 1.." + MAX_TOKEN_SECONDS + " seconds, not " + seconds);
        work(request, () -> {
            String token = node.createJoinToken(Duration.ofSeconds(seconds));
            request.succeed(new JsonObject().put("token", token).put("text", token + "\n"));
        });
    }

    /** Sets the password for joiners, or takes it away. */
    void password(AdminRequest request) {
        char[] password = request.body().text("password").orElse("").toCharArray();
        work(request, () -> {
            node.setJoinPassword(password);
            request.succeed(new JsonObject()
                    .put(
                            "text",
                            password.length == 0
                                    ? "There is no password for joiners any more.\n"
                                    : "The password for joiners is set at this node.\n"));
        });
    }

    private void work(AdminRequest request, Runnable task) {
        try {
            worker.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException refused) {
                    fail(request, refused);
                }
            });
        } catch (RejectedExecutionException full) {
            request.fail(MAX_WAITING + " changes wait already; try again when they are done");
        }
    }

    private static void fail(AdminRequest request, Throwable failure) {
        String configuration =
                AdminCommands.cause(failure) instanceof ChangeException refused ? refused.configuration() : "";
        request.fail(
                AdminCommands.sentence(failure)
                        + (configuration.isEmpty() ? "" : "\nThe file that it would have made:\n" + configuration),
                AdminCommands.reason(failure));
    }

    private static String text(ChangeReport report) {
        StringBuilder text = new StringBuilder("Done: ")
                .append(report.what())
                .append("; the configuration has version ")
                .append(report.configVersion())
                .append(".\n");
        for (String warning : report.warnings())
            text.append("Warning: ").append(warning).append(".\n");
        return text.toString();
    }

    private static String text(ConfigComparison comparison) {
        StringBuilder text = new StringBuilder("Running: version ")
                .append(comparison.running())
                .append("\nStored:  version ")
                .append(comparison.stored())
                .append('\n');
        if (comparison.equal()) text.append("All members have the same.\n");
        for (String line : comparison.lines()) text.append(line).append('\n');
        return text.toString();
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }

    /**
     * What a request says.
     *
     * @param whole the request, to which progress is told
     */
    record Fields(AdminRequest whole) {
        JsonObject request() {
            return whole.body();
        }

        String text(String name) {
            return request()
                    .text(name)
                    .orElseThrow(() -> new AdminException("the request has no text field '" + name + "'"));
        }

        int number(String name) {
            return AdminCommands.number(whole, name);
        }

        Duration millis(String name) {
            return Duration.ofMillis(number(name));
        }

        CryptoConfig crypto() {
            return new CryptoConfig(
                    word(CryptoConfig.Cipher.class, text("cipher")), word(CryptoConfig.Hash.class, text("hash")));
        }

        private static <E extends Enum<E>> E word(Class<E> all, String text) {
            for (E each : all.getEnumConstants()) if (each.name().equals(text.toUpperCase(Locale.ROOT))) return each;
            List<String> names = new ArrayList<>();
            for (E each : all.getEnumConstants()) names.add(each.name().toLowerCase(Locale.ROOT));
            throw new AdminException("'" + text + "' is none of " + String.join(", ", names));
        }

        Map<String, String> addresses() {
            Map<String, String> addresses = new TreeMap<>();
            for (JsonObject each : request().objects("addresses"))
                addresses.put(each.text("node").orElse(""), each.text("address").orElse(""));
            return addresses;
        }

        ChangeOptions options() {
            TreeSet<NodeId> prepared = new TreeSet<>();
            for (JsonObject each : request().objects("prepared"))
                prepared.add(NodeId.of((int) each.number("node").orElse(0)));
            long limit = request()
                    .number("limitMillis")
                    .orElse(ChangeOptions.DEFAULT.limit().toMillis());
            if (limit < 1 || limit > MAX_LIMIT_MILLIS)
                throw new AdminException("limitMillis is " + limit + "; 1.." + MAX_LIMIT_MILLIS + " is allowed");
            return new ChangeOptions(
                    request().isTrue("force"),
                    prepared,
                    Duration.ofMillis(limit),
                    progress -> whole.line(new JsonObject()
                            .put("kind", "progress")
                            .put("step", progress.step())
                            .put("sentence", progress.sentence())
                            .put("fraction", progress.fraction())));
        }
    }
}
