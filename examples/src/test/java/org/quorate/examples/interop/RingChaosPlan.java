package org.quorate.examples.interop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is done to the agents of a ring and to its networks, and when: random, but the same for the same seed. Each agent has at most one
 * fault at a time, and there is at most one partition; apart from that everything may come together. All times are in milliseconds from
 * the start of the plan.
 */
final class RingChaosPlan {
    /** How long an agent stands still, most of the time. */
    static final long LONG_PAUSE = 10_000;

    /** What is done. */
    enum Kind {
        /** SIGKILL for the agent of a host. */
        KILL,
        /** SIGTERM: it leaves. */
        LEAVE,
        /** Its process is started again. */
        START,
        /** SIGSTOP. */
        PAUSE,
        /** SIGCONT. */
        GO_ON,
        /** Nothing passes between {@code hosts} and all others. */
        SPLIT,
        /** Everything passes. */
        MEND
    }

    /**
     * One thing done.
     *
     * @param at when
     * @param hosts whose agent it is about, or one side of the partition
     */
    record Step(long at, Kind kind, List<Integer> hosts) {
        @Override
        public String toString() {
            return "%d.%03d s: %s %s".formatted(at / 1000, at % 1000, kind, hosts);
        }
    }

    private final SplittableRandom random;
    private final List<Step> steps = new ArrayList<>();

    private RingChaosPlan(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** A plan whose last fault begins before {@code end} and that ends all faults; {@code agents} are of {@code hosts} hosts. */
    static List<Step> of(long seed, int hosts, List<Integer> agents, long end) {
        RingChaosPlan plan = new RingChaosPlan(seed);
        int killedFirst = plan.random.nextInt(agents.size());
        for (int i = 0; i < agents.size(); i++) plan.agent(agents.get(i), i == killedFirst, end);
        plan.network(hosts, end);
        plan.steps.sort(Comparator.comparingLong(Step::at));
        return List.copyOf(plan.steps);
    }

    /** One agent is killed soon, the others are paused; after that everything may happen to each. */
    private void agent(int host, boolean killedFirst, long end) {
        long now = killedFirst ? between(500, 4_000) : between(4_000, 12_000);
        for (int fault = killedFirst ? 0 : 5; now < end; fault = random.nextInt(10)) {
            long until;
            if (fault < 5) {
                add(now, fault == 4 ? Kind.LEAVE : Kind.KILL, host);
                until = now + (random.nextInt(3) == 0 ? between(5_000, 15_000) : between(100, 2_000));
                add(until, Kind.START, host);
            } else {
                add(now, Kind.PAUSE, host);
                until = now + (fault < 8 ? LONG_PAUSE : between(500, 8_000));
                add(until, Kind.GO_ON, host);
            }
            now = until + between(2_000, 30_000);
        }
    }

    private void network(int hosts, long end) {
        for (long now = between(14_000, 24_000); now < end; now += between(8_000, 35_000)) {
            TreeSet<Integer> side = new TreeSet<>();
            while (side.isEmpty() || side.size() == hosts) {
                side.clear();
                for (int host = 1; host <= hosts; host++) if (random.nextBoolean()) side.add(host);
            }
            steps.add(new Step(now, Kind.SPLIT, List.copyOf(side)));
            now += random.nextInt(3) == 0 ? between(300, 3_000) : between(3_000, 16_000);
            steps.add(new Step(now, Kind.MEND, List.copyOf(side)));
        }
    }

    private void add(long at, Kind kind, int host) {
        steps.add(new Step(at, kind, List.of(host)));
    }

    private long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    /** How often each kind of fault is in a plan. */
    static String summary(List<Step> steps) {
        return List.of(Kind.KILL, Kind.LEAVE, Kind.PAUSE, Kind.SPLIT).stream()
                .map(kind -> kind + " "
                        + steps.stream().filter(step -> step.kind() == kind).count())
                .collect(Collectors.joining(", "));
    }
}
