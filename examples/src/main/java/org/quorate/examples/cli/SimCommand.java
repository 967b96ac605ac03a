package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate sim}: passes its options on to the simulator, which is a tool of the libraries' test kit. */
@Command(
        name = "sim",
        description = {
            "Runs whole nodes in simulated time, with faults drawn from a seed, and checks every promise of the cluster.",
            "One seed tells its story and is the same every time; more are counted. Exit code 1 if a promise was broken."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SimCommand implements Callable<Integer> {
    private static final String TOOL = "quorate-sim";

    @Option(names = "--seed", paramLabel = "S", description = "the seed, or the first of several (default: 1)")
    private @Nullable String seed;

    @Option(names = "--seeds", paramLabel = "N", description = "how many seeds (default: 1)")
    private @Nullable String seeds;

    @Option(names = "--nodes", paramLabel = "N", description = "2 to 384 nodes; drawn from the seed unless given")
    private @Nullable String nodes;

    @Option(names = "--links", paramLabel = "L", description = "1 to 3 links between two nodes; drawn unless given")
    private @Nullable String links;

    @Option(names = "--wire", paramLabel = "WIRE", description = "path, knet or sealed-knet; drawn unless given")
    private @Nullable String wire;

    @Option(names = "--seconds", paramLabel = "T", description = "how long things go wrong (default: 4)")
    private @Nullable String seconds;

    @Option(
            names = "--faults",
            paramLabel = "KINDS",
            description =
                    "all, none, or a list of loss, duplication, reordering, delay, corruption, one-way-cut, dead-link, partition, freeze, crash, slow-store, clock-rate, bad-link (default: all)")
    private @Nullable String faults;

    @Option(
            names = "--sabotage",
            paramLabel = "FAULT",
            description = "breaks a promise on purpose, to see it found: count-a-vote-twice, skip-recovery, ...")
    private @Nullable String sabotage;

    @Option(
            names = "--scale",
            paramLabel = "N,N,...",
            description =
                    "instead: a table of how clusters of so many nodes form, rotate and carry messages, without faults")
    private @Nullable String scale;

    @Option(
            names = "--send-join",
            paramLabel = "MS",
            description = "with --scale: longest random delay of a join, as totem.send_join (default: 0)")
    private @Nullable String sendJoin;

    @Option(names = "--trace", description = "every event of one seed, or the result of each of several")
    private boolean trace;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        ToolProvider tool = ToolProvider.findFirst(TOOL)
                .orElseThrow(() -> new CliFailure(
                        "the simulator is not in this build; remove the folder examples/target and run again"));
        List<String> args = new ArrayList<>();
        pass(args, "--seed", seed);
        pass(args, "--seeds", seeds);
        pass(args, "--nodes", nodes);
        pass(args, "--links", links);
        pass(args, "--wire", wire);
        pass(args, "--seconds", seconds);
        pass(args, "--faults", faults);
        pass(args, "--sabotage", sabotage);
        pass(args, "--scale", scale);
        pass(args, "--send-join", sendJoin);
        if (trace) args.add("--trace");
        PrintWriter out = command.commandLine().getOut();
        int code = tool.run(out, command.commandLine().getErr(), args.toArray(String[]::new));
        out.flush();
        return code;
    }

    private static void pass(List<String> args, String name, @Nullable String value) {
        if (value == null) return;
        args.add(name);
        args.add(value);
    }
}
