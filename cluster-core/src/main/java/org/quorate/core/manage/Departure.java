package org.quorate.core.manage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.Progress;
import org.quorate.core.change.shell.ChangeService;

/** A node leaves its cluster: the others take it off their list, then it ends, and its files are set aside. */
final class Departure {
    private static final String WHAT = "leaving the cluster";

    private final RunningNode node;
    private final ChangeOptions options;
    private final Ending ending;
    private final CompletableFuture<ChangeReport> left = new CompletableFuture<>();

    /** How the node ends. */
    interface Ending {
        /** Ends the node, sets its files aside, and returns where they are now. Blocks. */
        Path endAndSetAside(RunningNode node) throws IOException;
    }

    private Departure(RunningNode node, ChangeOptions options, Ending ending) {
        this.node = node;
        this.options = options;
        this.ending = ending;
    }

    /** Begins; completes when the node has ended, or has stayed because the others do not agree. Forced, it goes in any case. */
    static CompletableFuture<ChangeReport> begin(RunningNode node, ChangeOptions options, Ending ending) {
        Departure departure = new Departure(node, options, ending);
        ChangeService changes = node.services().changes();
        node.setLeaving(true);
        departure
                .askOthers(changes)
                .whenComplete(
                        (report, refusal) -> node.onThread("leave", () -> departure.othersAnswered(report, refusal)));
        return departure.left;
    }

    private CompletionStage<ChangeReport> askOthers(ChangeService changes) {
        return node.inner()
                .status()
                .thenCompose(
                        status -> status.members().size() + status.missing().size() <= 1
                                ? CompletableFuture.completedFuture(new ChangeReport(WHAT, 0, List.of()))
                                : changes.leave(options));
    }

    private void othersAnswered(@Nullable ChangeReport report, @Nullable Throwable refusal) {
        if (refusal != null && !options.force()) {
            node.setLeaving(false);
            left.completeExceptionally(Answers.cause(refusal));
            return;
        }
        try {
            options.progress()
                    .accept(new Progress("SETTING_ASIDE", "ending the node and setting its files aside", 0.9));
            Path backup = ending.endAndSetAside(node);
            List<String> warnings = new ArrayList<>(report == null ? List.of() : report.warnings());
            if (refusal != null)
                warnings.add("the others were not told (" + refusal.getMessage() + "); remove "
                        + node.self().name() + " there with delnode");
            warnings.add("the files of the former cluster are in " + backup);
            left.complete(new ChangeReport(WHAT, report == null ? 0 : report.configVersion(), warnings));
        } catch (IOException | RuntimeException failed) {
            node.setLeaving(false);
            left.completeExceptionally(failed);
        }
    }
}
