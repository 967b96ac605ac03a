package org.quorate.core.change;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.quorate.core.change.Objection.Kind;

/**
 * What all members together have found. A pair counts if both ends have tried it: whoever could not says why by himself. A direction is good
 * if its far end has heard something, or its near end was answered; the length is the longest that either end was answered in.
 */
final class TrialOutcome {
    private record Pair(int link, int low, int high) implements Comparable<Pair> {
        static final Comparator<Pair> ORDER =
                Comparator.comparingInt(Pair::link).thenComparingInt(Pair::low).thenComparingInt(Pair::high);

        @Override
        public int compareTo(Pair other) {
            return ORDER.compare(this, other);
        }
    }

    /** What is known of a pair. */
    private static final class Known {
        boolean lowSays;
        boolean highSays;
        boolean up;
        boolean down;
        int bytes;
    }

    private final SortedMap<Pair, Known> pairs = new TreeMap<>();

    /** Takes what {@code node} has found. */
    void add(int node, List<TriedLink> tried) {
        for (TriedLink each : tried) {
            boolean low = node < each.peer();
            Known known = pairs.computeIfAbsent(
                    new Pair(each.link(), Math.min(node, each.peer()), Math.max(node, each.peer())),
                    pair -> new Known());
            if (low) known.lowSays = true;
            else known.highSays = true;
            known.up |= low ? each.forward() : each.back();
            known.down |= low ? each.back() : each.forward();
            known.bytes = Math.max(known.bytes, each.bytes());
        }
    }

    /** Every pair and direction that is no good. */
    List<Objection> objections() {
        List<Objection> all = new ArrayList<>();
        pairs.forEach((pair, known) -> {
            if (!known.lowSays || !known.highSays) return;
            String link = "link " + pair.link + " carries ";
            if (!known.up && !known.down)
                all.add(of(
                        0,
                        link + "nothing between node " + pair.low + " and node " + pair.high
                                + " in either direction; check cable, network, firewalls"));
            else if (!known.up) all.add(oneWay(link, pair.low, pair.high));
            else if (!known.down) all.add(oneWay(link, pair.high, pair.low));
            else if (known.bytes < TriedLink.LEAST_BYTES)
                all.add(of(
                        0,
                        link + "datagrams of " + known.bytes + " bytes at most between node " + pair.low + " and node "
                                + pair.high + ", and " + TriedLink.LEAST_BYTES
                                + " are needed; check the MTU of the network between"));
        });
        return all;
    }

    private static Objection oneWay(String link, int from, int to) {
        return of(to, link + "nothing from node " + from + " to node " + to + "; check the firewall of node " + to);
    }

    private static Objection of(int node, String sentence) {
        return new Objection(node, Kind.LINK_UNREACHABLE, sentence);
    }

    /** What to warn of if nodes of the ring have not tried anything; empty if all have. */
    static String untried(SortedSet<Integer> nodes) {
        if (nodes.isEmpty()) return "";
        return "the links to nodes " + nodes.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + " were not tried before the change: they cannot (a Corosync daemon, or an older version)";
    }
}
