package org.quorate.examples.interop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What is done to three links of a ring with default timers, and when: random, but the same for the same seed.
 *
 * <p>At every moment at most one link is cut (for one host, between two hosts, or in one direction between two) and at most one other one
 * loses a fifth of its packets. What a ring of Corosync daemons does not stand by its own timers is left out; the numbers are in
 * docs/internals/links.md, "What a ring stands":
 *
 * <ul>
 *   <li>The link in use is cut only when it has been sound for long: a link that came up just now is given up after 18 s only, and the
 *       token is lost after 3.65 s.
 *   <li>When it is cut, the one that takes over is up and loses nothing until the change is over.
 *   <li>It loses packets for a short time only, less than a token timeout and a retransmit time apart.
 * </ul>
 *
 * All times are in milliseconds from the start of the plan, when all links have come up.
 */
final class ChaosPlan {
    static final int LINKS = 3;
    static final int LOSS_PERCENT = 20;
    /** From the end of a fault until the link is up again everywhere: three pongs, one a second. */
    static final long UP_AFTER = 5_000;
    /** From the end of a fault until silence on the link is noticed in the usual time: nine more pongs. */
    static final long STRICT_AFTER = 18_000;
    /** From a cut until the link is down on both sides: ping timeout, interval and ticks. */
    static final long NOTICED_AFTER = 3_000;
    /** Longest loss on the link in use: ends a retransmit time and more before the token timeout. */
    static final long BURST = 2_400;

    /** What happens to a link. */
    enum Kind {
        /** Nothing passes between {@code host} and anybody. */
        CUT_HOST,
        /** Nothing passes between {@code host} and {@code peer}. */
        CUT_PAIR,
        /** {@code host} does not hear {@code peer}. */
        DEAF,
        /** All hosts lose a part of what comes. */
        LOSS,
        /** The end of the first three. */
        MEND,
        /** The end of the loss. */
        SOUND;

        /** Whether nothing passes on the link, in one direction or both. */
        boolean isCut() {
            return this == CUT_HOST || this == CUT_PAIR || this == DEAF;
        }
    }

    /**
     * One thing done.
     *
     * @param at when
     * @param peer 0 where there is none
     * @param needed a link that has to be up for all before; -1 for none
     */
    record Step(long at, Kind kind, int link, int host, int peer, int needed) {
        @Override
        public String toString() {
            return at + " ms: " + kind + " link " + link + (host > 0 ? " host " + host : "")
                    + (peer > 0 ? " peer " + peer : "");
        }
    }

    private final SplittableRandom random;
    private final int hosts;
    private final List<Step> steps = new ArrayList<>();
    /** Since when each link has had no fault, as far as planned. */
    private final long[] soundSince = new long[LINKS];

    private ChaosPlan(long seed, int hosts) {
        this.random = new SplittableRandom(seed);
        this.hosts = hosts;
    }

    /** A plan whose last cut begins before {@code end}, and that ends all faults. */
    static List<Step> of(long seed, int hosts, long end) {
        ChaosPlan plan = new ChaosPlan(seed, hosts);
        long now = plan.between(500, 2_000);
        while (now < end) now = plan.round(now);
        plan.steps.sort(Comparator.comparingLong(Step::at));
        return List.copyOf(plan.steps);
    }

    /** One cut and what is lost meanwhile; returns when the next one may begin. */
    private long round(long earliest) {
        int cut = choose(earliest);
        long start = earliest;
        if (cut == 0) {
            start = Math.max(start, soundSince[0] + STRICT_AFTER);
            start = Math.max(start, Math.max(soundSince[1], soundSince[2]) + UP_AFTER);
        }
        long end = start + between(3_500, 9_000);
        int inUse = cut == 0 ? 1 : 0;
        int spare = LINKS - cut - inUse;
        boolean notMistaken = cut == 2 || isStrict(cut, start); // otherwise it may still pass for the next best link
        addCut(start, end, cut, cut == 0 ? inUse : 0);
        long burst = start + NOTICED_AFTER + between(0, 500);
        boolean bothUp = isUp(inUse, start) && isUp(spare, start) && (inUse > 0 || soundSince[0] > 0);
        if (notMistaken && bothUp && burst + BURST < end && random.nextInt(3) == 0) {
            addLoss(burst, burst + between(1_000, BURST), inUse, spare);
        } else if (isUp(inUse, start)) {
            addLoss(start + between(0, 500), end + between(-1_000, 3_000), spare, -1);
        }
        long next = Math.max(end, soundSince[spare]) + between(500, 2_500);
        return Math.max(next, soundSince[0] + UP_AFTER);
    }

    /** The link in use as often as may be, the first time as soon as may be; otherwise one of the other two. */
    private int choose(long now) {
        boolean first = soundSince[0] == 0 ? now >= STRICT_AFTER / 2 : isStrict(0, now) && random.nextInt(3) > 0;
        return first ? 0 : random.nextInt(1, LINKS);
    }

    private boolean isUp(int link, long now) {
        return soundSince[link] == 0 || now >= soundSince[link] + UP_AFTER;
    }

    private boolean isStrict(int link, long now) {
        return now >= soundSince[link] + STRICT_AFTER;
    }

    private void addCut(long start, long end, int link, int needed) {
        Kind kind = Kind.values()[random.nextInt(3)];
        int host = random.nextInt(1, hosts + 1);
        int peer = kind == Kind.CUT_HOST ? 0 : 1 + (host - 1 + random.nextInt(1, hosts)) % hosts;
        steps.add(new Step(start, kind, link, host, peer, needed));
        steps.add(new Step(end, Kind.MEND, link, host, peer, -1));
        soundSince[link] = end;
    }

    private void addLoss(long start, long end, int link, int needed) {
        steps.add(new Step(start, Kind.LOSS, link, 0, 0, needed));
        steps.add(new Step(end, Kind.SOUND, link, 0, 0, -1));
        soundSince[link] = end;
    }

    private long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    /** How often each kind of fault is in a plan. */
    static String summary(List<Step> steps) {
        List<String> parts = new ArrayList<>();
        for (Kind kind : List.of(Kind.CUT_HOST, Kind.CUT_PAIR, Kind.DEAF, Kind.LOSS)) {
            long[] ofLink = new long[LINKS];
            steps.stream().filter(step -> step.kind() == kind).forEach(step -> ofLink[step.link()]++);
            parts.add(kind + " " + Arrays.toString(ofLink));
        }
        return "on links 0, 1, 2: " + String.join(", ", parts);
    }
}
