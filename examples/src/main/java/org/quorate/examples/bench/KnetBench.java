package org.quorate.examples.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.quorate.CryptoConfig;
import org.quorate.examples.bench.Load.Mode;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;

/**
 * Quorate's transport and libknet under the same loads, in turn: two processes a measurement, on the loopback of a network namespace of
 * their own with an MTU of 1500 where the system allows that, else on the host's loopback. Without libknet-dev and a C compiler only one
 * side is measured, and the result says so.
 */
public final class KnetBench {
    private static final int MTU = 1500;
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final String SOURCE = "libknet-load.c";

    /**
     * What to measure.
     *
     * @param rounds measurements of each cell and side; the median counts
     * @param warmUp of each measurement; on two busy cores the compilers need eight seconds
     * @param measured of each measurement
     * @param sizes of messages, in bytes
     */
    public record Plan(int rounds, Duration warmUp, Duration measured, List<Integer> sizes) {
        /** Takes a copy of the list. */
        public Plan {
            sizes = List.copyOf(sizes);
        }
    }

    private enum Side {
        QUORATE,
        LIBKNET;

        String field() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Both nodes of one measurement. */
    private record Figures(JsonObject sender, JsonObject receiver) {
        double perSecond() {
            return messages() * 1e9 / Math.max(1, number(receiver, "nanos"));
        }

        double cpuMicros() {
            return (number(sender, "cpuNanos") + number(receiver, "cpuNanos")) / 1e3 / Math.max(1, messages());
        }

        double lost() {
            return Math.max(0, number(sender, "messages") - messages());
        }

        double allocated() {
            return (number(sender, "allocatedBytes") + number(receiver, "allocatedBytes"))
                    / (double) Math.max(1, messages());
        }

        double micros(String percentile) {
            return number(sender, percentile) / 1e3;
        }

        private long messages() {
            return number(receiver, "messages");
        }

        private static long number(JsonObject from, String name) {
            OptionalLong value = from.number(name);
            return value.orElse(0);
        }
    }

    private final Plan plan;
    private final PrintWriter progress;
    private final Path folder;
    private final boolean ownNetwork;
    private final Optional<Path> libknet;

    private KnetBench(Plan plan, PrintWriter progress, Path folder) {
        this.plan = plan;
        this.progress = progress;
        this.folder = folder;
        this.ownNetwork = succeeds(inNamespace("true"));
        this.libknet = compile();
    }

    /**
     * Measures everything in {@code plan}; takes about {@code 2 * rounds * (warmUp + measured + 3 s)} for each of its cells.
     *
     * @param progress a line for each measurement
     * @return one object with a list of cells
     */
    public static JsonObject run(Plan plan, PrintWriter progress) {
        try {
            Path folder = Files.createTempDirectory("quorate-bench");
            try {
                return new KnetBench(plan, progress, folder).measure();
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new BenchFailure("cannot use a temporary folder: " + e.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    private JsonObject measure() {
        List<JsonObject> cells = new ArrayList<>();
        for (CryptoConfig crypto : List.of(CryptoConfig.NONE, CryptoConfig.DEFAULT)) {
            for (int bytes : plan.sizes()) cells.add(cell(load(Mode.ONEWAY, bytes, crypto)));
            for (int bytes : plan.sizes().stream().limit(2).toList())
                cells.add(cell(load(Mode.PINGPONG, bytes, crypto)));
        }
        return JsonObject.withSchema()
                .put("benchmark", "knet")
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("java", System.getProperty("java.vm.version", "unknown"))
                .put("ownNetwork", ownNetwork)
                .put("mtu", ownNetwork ? MTU : 65_536)
                .put("libknet", libknet.isPresent())
                .put("rounds", plan.rounds())
                .put("cells", cells);
    }

    private Load load(Mode mode, int bytes, CryptoConfig crypto) {
        return Load.of(mode, bytes, plan.warmUp(), plan.measured(), crypto);
    }

    private JsonObject cell(Load load) {
        List<Figures> quorate = new ArrayList<>();
        List<Figures> theirs = new ArrayList<>();
        for (int round = 0; round < plan.rounds(); round++) {
            quorate.add(run(load, Side.QUORATE));
            if (libknet.isPresent()) theirs.add(run(load, Side.LIBKNET));
        }
        JsonObject cell = new JsonObject()
                .put("mode", load.mode().name().toLowerCase(Locale.ROOT))
                .put("bytes", load.bytes())
                .put("crypto", load.cryptoName())
                .put(Side.QUORATE.field(), summary(load, quorate));
        if (theirs.isEmpty()) return cell;
        return cell.put(Side.LIBKNET.field(), summary(load, theirs)).put("ratio", ratios(load, quorate, theirs));
    }

    private static JsonObject summary(Load load, List<Figures> runs) {
        JsonObject all = new JsonObject()
                .put("messagesPerSecond", median(runs, Figures::perSecond))
                .put("cpuMicrosPerMessage", median(runs, Figures::cpuMicros))
                .put("allocatedBytesPerMessage", median(runs, Figures::allocated))
                .put("lost", median(runs, Figures::lost));
        if (load.mode() == Mode.ONEWAY)
            return all.put("megabytesPerSecond", round(median(runs, Figures::perSecond) * load.bytes() / 1e6));
        return all.put("p50Micros", median(runs, run -> run.micros("p50Nanos")))
                .put("p99Micros", median(runs, run -> run.micros("p99Nanos")))
                .put("p999Micros", median(runs, run -> run.micros("p999Nanos")));
    }

    private static JsonObject ratios(Load load, List<Figures> quorate, List<Figures> theirs) {
        JsonObject ratios = new JsonObject()
                .put("throughput", ratio(quorate, theirs, Figures::perSecond))
                .put("cpu", ratio(quorate, theirs, Figures::cpuMicros));
        return load.mode() == Mode.ONEWAY
                ? ratios
                : ratios.put("p50", ratio(quorate, theirs, run -> run.micros("p50Nanos")))
                        .put("p99", ratio(quorate, theirs, run -> run.micros("p99Nanos")));
    }

    private static double ratio(List<Figures> ours, List<Figures> theirs, ToDoubleFunction<Figures> figure) {
        return Math.round(median(ours, figure) / median(theirs, figure) * 100) / 100.0;
    }

    private static double median(List<Figures> runs, ToDoubleFunction<Figures> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return round((sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
    }

    private static double round(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private Figures run(Load load, Side side) {
        List<String> program =
                side == Side.LIBKNET ? List.of(libknet.orElseThrow().toString()) : nodeLoad();
        String both = "'" + String.join("' '", program) + "' 2 " + String.join(" ", load.arguments()) + " & '"
                + String.join("' '", program) + "' 1 " + String.join(" ", load.arguments()) + "; wait";
        Path output = folder.resolve("output");
        Duration limit = load.warmUp().plus(load.measured()).plus(GRACE);
        int exit = execute(ownNetwork ? inNamespace(both) : List.of("sh", "-c", both), output, limit);
        Figures figures = read(output, load, side, exit);
        progress.printf(
                Locale.ROOT,
                "%-8s %6d B %-13s %-7s %10.0f/s %8.2f us CPU%s%n",
                load.mode().name().toLowerCase(Locale.ROOT),
                load.bytes(),
                load.cryptoName(),
                side.field(),
                figures.perSecond(),
                figures.cpuMicros(),
                load.mode() == Mode.PINGPONG
                        ? String.format(Locale.ROOT, ", p50 %.1f us", figures.micros("p50Nanos"))
                        : "");
        progress.flush();
        return figures;
    }

    private static Figures read(Path output, Load load, Side side, int exit) {
        Optional<JsonObject> sender = Optional.empty();
        Optional<JsonObject> receiver = Optional.empty();
        try {
            for (String line : Files.readAllLines(output)) {
                if (!line.startsWith("{")) continue;
                JsonObject one = JsonObject.parse(line);
                if (one.number("node").orElse(0) == 1) sender = Optional.of(one);
                else receiver = Optional.of(one);
            }
            if (sender.isPresent() && receiver.isPresent()) return new Figures(sender.get(), receiver.get());
            throw new BenchFailure(side.field() + " with " + load + " ended with " + exit + ": "
                    + Files.readString(output).strip());
        } catch (IOException | JsonFormatException e) {
            throw new BenchFailure(side.field() + " with " + load + " wrote what cannot be read: " + e.getMessage());
        }
    }

    private static List<String> nodeLoad() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                NodeLoad.class.getName());
    }

    private static List<String> inNamespace(String command) {
        return List.of("unshare", "-Urn", "sh", "-c", "ip link set lo mtu " + MTU + " up && { " + command + "; }");
    }

    private Optional<Path> compile() {
        Path source = folder.resolve(SOURCE);
        Path program = folder.resolve("libknet-load");
        try (InputStream text = KnetBench.class.getResourceAsStream(SOURCE)) {
            if (text == null) throw new BenchFailure(SOURCE + " is missing in the jar");
            Files.copy(text, source);
        } catch (IOException e) {
            throw new BenchFailure("cannot write " + source + ": " + e.getMessage());
        }
        if (succeeds(List.of("gcc", "-O2", "-o", program.toString(), source.toString(), "-lknet")))
            return Optional.of(program);
        progress.println("libknet is not measured: gcc and libknet-dev are needed for that");
        return Optional.empty();
    }

    private boolean succeeds(List<String> command) {
        try {
            return execute(command, folder.resolve("attempt"), GRACE) == 0;
        } catch (BenchFailure e) {
            return false; // there is no such program
        }
    }

    private static int execute(List<String> command, Path output, Duration limit) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) return process.exitValue();
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new BenchFailure(command.get(0) + " did not end within " + limit.toSeconds() + " s");
        } catch (IOException e) {
            throw new BenchFailure("cannot start " + command.get(0) + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        }
    }
}
