package org.quorate.examples.vqsim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.interop.Await;

/**
 * One script in both simulators. The original gets time to settle: it has when it shows what ours shows, twice; or, when patience is over,
 * whatever it shows. If that is not what ours shows, an explanation is looked for.
 */
final class ScriptRun {
    private static final int SETTLE_MILLIS = 4 * RandomScript.DEVICE_MILLIS;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(8).toNanos();
    private static final int ORDERS = 4000;
    /** The least that does not fit into eight bits. */
    private static final int TOO_WIDE = 256;

    /**
     * What came of it.
     *
     * @param report for a person; empty if all was the same
     */
    record Result(Explanation explanation, String report) {}

    /** What ours does: one memory, and one order of messages for each command. */
    private final class Candidate {
        final boolean durable;
        final List<Long> orders = new ArrayList<>(List.of(VqsimReplay.OWN_ORDER));
        private VqsimReplay replay;

        Candidate(boolean durable) {
            this.durable = durable;
            replay = new VqsimReplay(script, durable, VqsimReplay.OWN_ORDER);
        }

        List<String> next(String command) {
            replay.reorder(VqsimReplay.OWN_ORDER);
            orders.add(VqsimReplay.OWN_ORDER);
            return replay.status(command, millis);
        }

        /** Whether some orders of messages give all that was seen; takes them over then. Late commands are reordered first. */
        boolean reorder() {
            for (int order = 1; order <= ORDERS; order++) {
                int from = Math.max(0, orders.size() - 1 - order / (ORDERS / 8));
                List<Long> tried = new ArrayList<>(orders);
                for (int at = from; at < tried.size(); at++) tried.set(at, (long) order + 1000L * at);
                Optional<VqsimReplay> found = replayed(tried);
                if (found.isEmpty()) continue;
                orders.clear();
                orders.addAll(tried);
                replay = found.get();
                return true;
            }
            return false;
        }

        private Optional<VqsimReplay> replayed(List<Long> tried) {
            VqsimReplay again = new VqsimReplay(script, durable, tried.get(0));
            for (int at = 0; at < seen.size(); at++) {
                again.reorder(tried.get(at + 1));
                if (!again.status(commands.get(at), millis).equals(seen.get(at))) return Optional.empty();
            }
            return Optional.of(again);
        }

        Explanation explanation() {
            boolean own = orders.stream().allMatch(order -> order == VqsimReplay.OWN_ORDER);
            if (durable) return own ? Explanation.SAME : Explanation.MESSAGE_ORDER;
            return own ? Explanation.MEMORY : Explanation.MEMORY_AND_MESSAGE_ORDER;
        }
    }

    private final RandomScript script;
    private final RealVqsim real;
    private final List<String> commands = new ArrayList<>(List.of("show"));
    private final int millis;
    private final List<List<String>> seen = new ArrayList<>();
    private List<Candidate> candidates;

    ScriptRun(RandomScript script, RealVqsim real) {
        this.script = script;
        this.real = real;
        commands.addAll(script.commands());
        millis = script.takesTime() ? SETTLE_MILLIS : 0;
        candidates = new ArrayList<>(List.of(new Candidate(true), new Candidate(false)));
    }

    Result run() {
        String report = "";
        for (String command : commands) {
            List<List<String>> ours =
                    candidates.stream().map(c -> c.next(command)).toList();
            List<String> status = perform(command, ours);
            seen.add(status);
            if (!ours.get(0).equals(status) && report.isEmpty()) report = report(status, ours.get(0));
            List<Candidate> fitting = new ArrayList<>();
            for (int i = 0; i < ours.size(); i++) if (ours.get(i).equals(status)) fitting.add(candidates.get(i));
            if (fitting.isEmpty()) {
                if (candidates.stream().anyMatch(c -> c.replay.highestQuorum() >= TOO_WIDE))
                    return new Result(Explanation.EIGHT_BITS, report);
                for (Candidate candidate : candidates) if (candidate.reorder()) fitting.add(candidate);
            }
            if (fitting.isEmpty()) return new Result(Explanation.NONE, report(status, ours.get(0)) + real.output());
            candidates = fitting;
        }
        return new Result(candidates.get(0).explanation(), report);
    }

    private List<String> perform(String command, List<List<String>> ours) {
        real.say(command);
        Await.pass(Duration.ofMillis(millis));
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        List<String> before = List.of();
        while (true) {
            List<String> status = real.status();
            if (status.equals(before) && (ours.contains(status) || System.nanoTime() > deadline)) return status;
            before = status;
        }
    }

    private String report(List<String> status, List<String> ours) {
        return "\n-Dvqsim.script=" + script.seed() + "\n" + script.configuration("/tmp")
                + String.join("\n", commands.subList(0, seen.size())) + "\ncorosync-vqsim:\n"
                + String.join("\n", status)
                + "\nours:\n" + String.join("\n", ours) + "\n";
    }
}
