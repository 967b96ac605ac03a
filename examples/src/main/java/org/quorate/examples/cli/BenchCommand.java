package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.bench.FloodNode;
import org.quorate.examples.bench.KnetBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code quorate bench}. */
@Command(
        name = "bench",
        description = "Measures Quorate beside what it is compatible with, both in one run.",
        mixinStandardHelpOptions = true,
        subcommands = {BenchCommand.Knet.class, BenchCommand.Flood.class})
final class BenchCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    /** Only reached without a benchmark. */
    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Missing benchmark: knet or flood");
    }

    /** {@code quorate bench knet}. */
    @Command(
            name = "knet",
            description =
                    "The transport beside libknet (if gcc and libknet-dev are there): one-way throughput and ping-pong latency. JSON on standard output, a line for each measurement on standard error.",
            mixinStandardHelpOptions = true)
    static final class Knet implements Callable<Integer> {
        @Option(
                names = "--rounds",
                defaultValue = "3",
                description = "measurements of each cell and side (default: ${DEFAULT-VALUE})")
        private int rounds;

        @Option(
                names = "--warm-up",
                paramLabel = "MS",
                defaultValue = "8000",
                description = "before each measurement (default: ${DEFAULT-VALUE})")
        private long warmUp;

        @Option(
                names = "--measure",
                paramLabel = "MS",
                defaultValue = "2000",
                description = "length of each measurement (default: ${DEFAULT-VALUE})")
        private long measured;

        @Option(
                names = "--sizes",
                paramLabel = "BYTES",
                split = ",",
                defaultValue = "64,1024,8192,65536",
                description = "of messages, 9 to 65536; back and forth go the first two (default: ${DEFAULT-VALUE})")
        private List<Integer> sizes = List.of();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            CommandSpec command = Objects.requireNonNull(spec);
            if (rounds < 1 || warmUp < 0 || measured < 1)
                throw new ParameterException(command.commandLine(), "--rounds and --measure are at least 1");
            if (sizes.stream().anyMatch(bytes -> bytes < 9 || bytes > 65_536))
                throw new ParameterException(command.commandLine(), "--sizes are 9 to 65536 bytes");
            KnetBench.Plan plan =
                    new KnetBench.Plan(rounds, Duration.ofMillis(warmUp), Duration.ofMillis(measured), sizes);
            command.commandLine()
                    .getOut()
                    .println(KnetBench.run(plan, command.commandLine().getErr()));
            return 0;
        }
    }

    /** {@code quorate bench flood}. */
    @Command(
            name = "flood",
            description =
                    "What a flood of datagrams that nobody can open does to a node's heartbeats, heap and processor time: a line of JSON for each phase.",
            mixinStandardHelpOptions = true)
    static final class Flood implements Callable<Integer> {
        @Option(
                names = "--seconds",
                defaultValue = "30",
                description = "length of each of six phases (default: ${DEFAULT-VALUE})")
        private int seconds;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            CommandSpec command = Objects.requireNonNull(spec);
            if (seconds < 1) throw new ParameterException(command.commandLine(), "--seconds is at least 1");
            PrintWriter out = command.commandLine().getOut();
            FloodNode.run(seconds, line -> {
                out.println(line);
                out.flush();
            });
            return 0;
        }
    }
}
