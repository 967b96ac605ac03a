package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.bench.BenchFailure;
import org.quorate.examples.bench.GroupBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code quorate group bench}. */
@Command(
        name = "bench",
        description =
                "Starts nodes on loopback, each in a process of its own, and measures ordered messages between them: one JSON object for each size. Needs no agent.",
        mixinStandardHelpOptions = true)
final class GroupBenchCommand implements Callable<Integer> {
    @Option(names = "--nodes", defaultValue = "3", description = "nodes (default: ${DEFAULT-VALUE})")
    private int nodes;

    @Option(names = "--senders", defaultValue = "1", description = "nodes that send (default: ${DEFAULT-VALUE})")
    private int senders;

    @Option(
            names = "--sizes",
            paramLabel = "BYTES",
            split = ",",
            defaultValue = "1024",
            description = "of messages, 32 to 1047552 (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes = List.of();

    @Option(
            names = "--latency",
            description = "one message at a time, sent by node 1: time until it is delivered there")
    private boolean latency;

    @Option(
            names = "--gap",
            paramLabel = "US",
            defaultValue = "0",
            description = "pause between messages with --latency, in microseconds (default: ${DEFAULT-VALUE})")
    private long gap;

    @Option(
            names = "--warm-up",
            paramLabel = "MS",
            defaultValue = "8000",
            description = "before each measurement (default: ${DEFAULT-VALUE})")
    private long warmUp;

    @Option(
            names = "--measure",
            paramLabel = "MS",
            defaultValue = "5000",
            description = "length of each measurement (default: ${DEFAULT-VALUE})")
    private long measured;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "0",
            description = "messages of each sender, instead of --measure; half an hour at most")
    private long count;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        try {
            for (int bytes : sizes) {
                GroupBench.Plan plan = new GroupBench.Plan(
                        nodes,
                        senders,
                        bytes,
                        latency,
                        Duration.ofMillis(warmUp),
                        Duration.ofMillis(measured),
                        Duration.ofNanos(gap * 1000),
                        count);
                out.println(GroupBench.run(plan, err));
                out.flush();
            }
            return 0;
        } catch (IllegalArgumentException impossible) {
            throw new ParameterException(command.commandLine(), String.valueOf(impossible.getMessage()));
        } catch (BenchFailure failure) {
            err.println("quorate: " + failure.getMessage());
            return 1;
        }
    }
}
