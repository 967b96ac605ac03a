package org.quorate.core.sim;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.quorate.core.sim.ClusterSimulation.Options;
import org.quorate.core.sim.ClusterSimulation.Result;
import org.quorate.sim.FaultPlan;
import org.quorate.sim.SimulationFailure;

/**
 * Runs simulations for a command line: tells the story of one seed, or the result of many. The same arguments print the same, byte for byte. Found
 * as the tool {@code quorate-sim} by {@link java.util.ServiceLoader}, so that a command line needs no class of these tests.
 */
public final class SimulationTool implements ToolProvider {
    private static final int LEAST_NODES = 2;
    private static final int MOST_NODES = 384;
    private static final int MOST_LINKS = 3;
    private static final int MOST_SECONDS = 3600;
    private static final int LONGEST_SEND_JOIN_MILLIS = 10_000;
    private static final Pattern TOLD = Pattern.compile(
            "( *[0-9.]+ ms  n[0-9]+  )(fault|end of|all is mended|view|notes:"
                    + "|starts|crashes|leaves|has left|freezes|goes on|joins group|knet: link|quorate|inquorate|stops)(.*) -?[0-9]+");

    @Override
    public String name() {
        return "quorate-sim";
    }

    /**
     * Takes pairs of names and values: {@code --nodes}, {@code --links}, {@code --wire}, {@code --seed}, {@code --seeds}, {@code --seconds},
     * {@code --faults}, {@code --sabotage}, {@code --scale}, {@code --send-join}, and {@code --trace} without a value.
     *
     * @return 0, or 1 if a promise was broken, or 2 if the arguments are wrong
     */
    @Override
    public int run(PrintWriter out, PrintWriter err, String... args) {
        Request request;
        try {
            request = Request.of(List.of(args));
        } catch (IllegalArgumentException e) {
            err.println("quorate: " + e.getMessage());
            return 2;
        }
        if (!request.scale.isEmpty()) {
            new Scale(out, request.sendJoin).run(request.scale);
            return 0;
        }
        return request.seeds == 1 ? tell(request, out) : count(request, out);
    }

    /** The same as a program. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        int code = new SimulationTool().run(out, new PrintWriter(System.err, true, StandardCharsets.UTF_8), args);
        out.flush();
        System.exit(code);
    }

    private static int tell(Request request, PrintWriter out) {
        ClusterSimulation run = new ClusterSimulation(request.seed, request.options);
        out.println("seed " + request.seed + ": " + run.scenario().inWords());
        run.scenario().differences().forEach((node, how) -> out.println("  node " + node + " has " + how));
        run.follow(line -> {
            Matcher told = TOLD.matcher(line);
            if (request.trace) out.println(line);
            else if (told.matches()) out.println(told.group(1) + told.group(2) + told.group(3));
        });
        try {
            print(run.run(), out);
            return 0;
        } catch (SimulationFailure e) {
            fail(request, e, out);
            return 1;
        }
    }

    private static int count(Request request, PrintWriter out) {
        int broken = 0;
        long events = 0;
        long deliveries = 0;
        long rings = 0;
        long slowest = 0;
        for (long seed = request.seed; seed < request.seed + request.seeds; seed++) {
            try {
                Result result = ClusterSimulation.run(seed, request.options);
                if (request.trace) print(result, out);
                events += result.events();
                deliveries += result.deliveries();
                rings += result.rings();
                slowest = Math.max(slowest, result.togetherNanos());
            } catch (SimulationFailure e) {
                fail(request, e, out);
                broken++;
            }
            out.flush();
        }
        out.println(String.format(
                Locale.ROOT,
                "seeds %d to %d: %d broken promises; %d events, %d deliveries, %d rings; one ring after %d ms at most",
                request.seed,
                request.seed + request.seeds - 1,
                broken,
                events,
                deliveries,
                rings,
                slowest / 1_000_000));
        return broken == 0 ? 0 : 1;
    }

    private static void print(Result result, PrintWriter out) {
        out.println(String.format(
                Locale.ROOT,
                "seed %d: all promises kept; %d nodes, %d events, %d deliveries, %d rings, one ring %d ms after the mending, trace %016x",
                result.seed(),
                result.nodes(),
                result.events(),
                result.deliveries(),
                result.rings(),
                result.togetherNanos() / 1_000_000,
                result.hash()));
    }

    private static void fail(Request request, SimulationFailure failure, PrintWriter out) {
        out.println("seed " + failure.seed() + ": VIOLATION: " + failure.getMessage());
        out.println("again with: " + request.command(failure.seed()));
    }

    /** What was asked for. */
    private static final class Request {
        private Options options = Options.ALL;
        private long seed = 1;
        private long seeds = 1;
        private boolean trace;
        private List<Integer> scale = List.of();
        private Duration sendJoin = Duration.ZERO;
        private final StringBuilder words = new StringBuilder();

        static Request of(List<String> args) {
            Request request = new Request();
            int nodes = 0;
            int links = 0;
            for (int i = 0; i < args.size(); i++) {
                String name = args.get(i);
                if (name.equals("--trace")) {
                    request.trace = true;
                    continue;
                }
                if (++i == args.size()) throw new IllegalArgumentException("Missing value of " + name);
                String value = args.get(i);
                if (!name.equals("--seed") && !name.equals("--seeds"))
                    request.words.append(' ').append(name).append(' ').append(value);
                switch (name) {
                    case "--seed" -> request.seed = number(name, value, Long.MIN_VALUE, Long.MAX_VALUE);
                    case "--seeds" -> request.seeds = number(name, value, 1, Integer.MAX_VALUE);
                    case "--nodes" -> nodes = (int) number(name, value, LEAST_NODES, MOST_NODES);
                    case "--links" -> links = (int) number(name, value, 1, MOST_LINKS);
                    case "--wire" -> request.options = request.options.over(word(name, value, Scenario.Wire.class));
                    case "--seconds" ->
                        request.options =
                                request.options.withFaultNanos(1_000_000_000L * number(name, value, 1, MOST_SECONDS));
                    case "--faults" -> request.options = request.options.withFaults(faults(value));
                    case "--sabotage" -> request.options = request.options.with(word(name, value, Sabotage.class));
                    case "--scale" ->
                        request.scale = Stream.of(value.split(","))
                                .map(count -> (int) number(name, count, LEAST_NODES, MOST_NODES))
                                .toList();
                    case "--send-join" ->
                        request.sendJoin = Duration.ofMillis(number(name, value, 0, LONGEST_SEND_JOIN_MILLIS));
                    default -> throw new IllegalArgumentException("Unknown option: '" + name + "'");
                }
            }
            request.options = request.options.withNodes(nodes, links);
            return request;
        }

        String command(long failed) {
            return "examples/quorate sim --seed " + failed + words;
        }

        private static Set<FaultPlan.Kind> faults(String value) {
            if (value.equals("all")) return FaultPlan.all();
            Set<FaultPlan.Kind> kinds = EnumSet.noneOf(FaultPlan.Kind.class);
            if (value.equals("none")) return kinds;
            for (String kind : value.split(",")) kinds.add(word("--faults", kind, FaultPlan.Kind.class));
            return kinds;
        }

        private static <E extends Enum<E>> E word(String name, String value, Class<E> type) {
            for (E one : type.getEnumConstants()) if (one.name().equalsIgnoreCase(value.replace('-', '_'))) return one;
            throw new IllegalArgumentException(name + " " + value + " is none of "
                    + Stream.of(type.getEnumConstants())
                            .map(one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .toList());
        }

        private static long number(String name, String value, long least, long most) {
            try {
                long number = Long.parseLong(value);
                if (number >= least && number <= most) return number;
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + " " + value + " is not a number", e);
            }
            throw new IllegalArgumentException(name + " " + value + " is not in " + least + ".." + most);
        }
    }
}
