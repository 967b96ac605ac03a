package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.quorum.vote.Ballot.Ground;
import org.quorate.spi.QuorumSettings;

/**
 * All that can happen to a few nodes: every accepted combination of options, every sequence of arrangements up to a length. In an arrangement
 * each node is down or in some partition; a step goes to any other one at once, or lets the windows of last_man_standing end. Never are two
 * partitions quorate and never do members of one disagree, but by what an option means: such cases are counted by name.
 *
 * <p>For each combination of votes only one order of the nodes is tried, and of the first arrangements only one of those that differ in
 * which of the nodes with the same votes is where, unless ids count. Messages come in the order of the ring. Without devices.
 *
 * <p>{@code -Dquorum.steps=N} makes every sequence N steps longer.
 */
class SmallWorldsTest {
    private static final int MORE = Integer.getInteger("quorum.steps", 0);

    /** Why two partitions are quorate together. */
    private enum ByDesign {
        TWO_NODE,
        FEWER_EXPECTED_THAN_LISTED,
        LAST_MAN_STANDING,
        ALLOW_DOWNSCALE,
        AUTO_TIE_BREAKER
    }

    /** Why members of one partition decide differently. */
    private enum Disagreement {
        /** Each remembers its own last majority and its own last ring. */
        AUTO_TIE_BREAKER,
        /** Each takes the number of nodes for what it expects by itself, if it was in a majority that lost somebody. */
        LAST_MAN_STANDING,
        /** Who saw somebody leave expects another number than who did not. */
        ALLOW_DOWNSCALE,
        /** Who saw more votes than were expected expects them from then on. */
        FEWER_EXPECTED_THAN_LISTED;

        boolean explains(VoteOptions options, List<Ballot> members) {
            boolean changed = members.stream().anyMatch(b -> b.own().expected != options.startExpected(0));
            return switch (this) {
                case AUTO_TIE_BREAKER -> members.stream().anyMatch(b -> b.ground() == Ground.TIE_BREAKER);
                case LAST_MAN_STANDING -> options.lastManStanding() && changed;
                case ALLOW_DOWNSCALE -> options.allowDownscale() && changed;
                case FEWER_EXPECTED_THAN_LISTED ->
                    options.startExpected(0) < options.listedVotes()
                            && members.stream().anyMatch(b -> b.own().expected < options.listedVotes());
            };
        }
    }

    /** One set of settings. */
    private record Settings(List<NodeConfig> nodes, SortedMap<String, String> options) {
        VoteOptions read() {
            return VoteOptions.of(new QuorumSettings(nodes.get(0).id(), nodes, options, Map.of()));
        }
    }

    /** A world that was reached, and how. */
    private record Reached(SmallWorld world, int steps, String path) {}

    /** How often, by everything that can have caused it. */
    private final Map<Set<ByDesign>, Long> together = new LinkedHashMap<>();

    private final Map<Set<Disagreement>, Long> disagreements = new LinkedHashMap<>();
    private long transitions;

    @ParameterizedTest
    @CsvSource({"1, 4, false", "2, 3, false", "3, 2, false", "4, 1, true", "5, 1, true"})
    void atMostOnePartitionIsQuorateAndItsMembersAgree(int count, int length, boolean fromWhole) {
        List<Settings> all = settings(count);
        List<int[]> arrangements = arrangements(count);
        for (Settings settings : all) explore(settings, arrangements, length + MORE, fromWhole);
        System.out.printf(
                "%d nodes: %d settings, %d arrangements, %d steps%s: %d transitions; together %s, disagreed %s%n",
                count,
                all.size(),
                arrangements.size(),
                length + MORE,
                fromWhole ? " from the whole cluster" : "",
                transitions,
                together,
                disagreements);
        assertThat(transitions).isPositive();
        Set<ByDesign> found = EnumSet.noneOf(ByDesign.class);
        together.keySet().forEach(found::addAll);
        if (count > 1) assertThat(found).as("the check sees what there is").containsExactly(ByDesign.values());
    }

    private void explore(Settings settings, List<int[]> arrangements, int length, boolean fromWhole) {
        VoteOptions options = settings.read();
        boolean byId = options.tieBreaker().on();
        Set<String> known = new HashSet<>();
        Deque<Reached> open = new ArrayDeque<>();
        SmallWorld start = new SmallWorld(settings.nodes(), settings.options());
        if (fromWhole) start.arrange(new int[settings.nodes().size()]);
        check(settings, options, start, "start");
        open.add(new Reached(start, 0, fromWhole ? "all" : "none"));
        while (!open.isEmpty()) {
            Reached from = open.remove();
            if (from.steps() == length) continue;
            Set<String> alike = new HashSet<>();
            for (int[] next : arrangements) {
                boolean symmetric = from.steps() == 0 && !byId;
                if (symmetric && !alike.add(shape(next, settings.nodes()))) continue;
                SmallWorld world = from.world().copy();
                world.arrange(next);
                reach(settings, options, world, from, Arrays.toString(next), known, open, from.steps() + 1 == length);
            }
            if (!options.lastManStanding()) continue;
            SmallWorld later = from.world().copy();
            if (later.endWindows())
                reach(settings, options, later, from, "window", known, open, from.steps() + 1 == length);
        }
    }

    private void reach(
            Settings settings,
            VoteOptions options,
            SmallWorld world,
            Reached from,
            String step,
            Set<String> known,
            Deque<Reached> open,
            boolean last) {
        transitions++;
        String path = from.path() + " " + step;
        if (last) {
            check(settings, options, world, path);
            return;
        }
        if (!known.add(world.describe())) return;
        check(settings, options, world, path);
        open.add(new Reached(world, from.steps() + 1, path));
    }

    private void check(Settings settings, VoteOptions options, SmallWorld world, String path) {
        List<List<Ballot>> quorate = new ArrayList<>();
        for (List<Ballot> partition : world.partitions()) {
            long count = partition.stream().filter(Ballot::quorate).count();
            if (count == 0) continue;
            quorate.add(partition);
            if (count == partition.size()) continue;
            List<Disagreement> why = Arrays.stream(Disagreement.values())
                    .filter(reason -> reason.explains(options, partition))
                    .toList();
            assertThat(why)
                    .as("members of one partition disagree: %s %s", settings, path)
                    .isNotEmpty();
            disagreements.merge(EnumSet.copyOf(why), 1L, Long::sum);
        }
        if (quorate.size() < 2) return;
        List<Ballot> ballots =
                quorate.stream().flatMap(List::stream).filter(Ballot::quorate).toList();
        List<ByDesign> why = Arrays.stream(ByDesign.values())
                .filter(design -> explains(design, options).test(ballots))
                .toList();
        assertThat(why)
                .as("%d partitions are quorate: %s %s", quorate.size(), settings, path)
                .isNotEmpty();
        together.merge(EnumSet.copyOf(why), 1L, Long::sum);
    }

    /** Not that the option is on: that it had a part in this. */
    private static Predicate<List<Ballot>> explains(ByDesign design, VoteOptions options) {
        Predicate<Ballot> expectsLess = b -> b.own().expected < options.startExpected(0);
        return switch (design) {
            case TWO_NODE -> ballots -> options.twoNode() && ballots.stream().anyMatch(b -> b.quorum() == 1);
            case FEWER_EXPECTED_THAN_LISTED -> ballots -> options.startExpected(0) < options.listedVotes();
            case LAST_MAN_STANDING ->
                ballots -> options.lastManStanding() && ballots.stream().anyMatch(expectsLess);
            case ALLOW_DOWNSCALE ->
                ballots -> options.allowDownscale() && ballots.stream().anyMatch(expectsLess);
            case AUTO_TIE_BREAKER -> ballots -> ballots.stream().anyMatch(b -> b.ground() == Ground.TIE_BREAKER);
        };
    }

    /** Every accepted combination, but of those that mean the same only one. */
    private static List<Settings> settings(int count) {
        Map<VoteOptions, Settings> all = new LinkedHashMap<>();
        for (int[] votes : votes(count))
            for (SortedMap<String, String> options :
                    options(count, Arrays.stream(votes).sum())) {
                if (!isAscending(votes) && !options.containsKey("auto_tie_breaker")) continue;
                Settings settings = new Settings(VoteCluster.nodes(votes), options);
                try {
                    VoteOptions read = settings.read();
                    all.putIfAbsent(meaning(read, votes), settings);
                } catch (ClusterException refused) {
                    assertThat(refused.reason()).isEqualTo(Reason.CONFIGURATION_INVALID);
                }
            }
        return List.copyOf(all.values());
    }

    /** Without a tie-breaker, who has how many votes matters and not the name; so one order is enough. */
    private static boolean isAscending(int[] votes) {
        return IntStream.range(1, votes.length).allMatch(i -> votes[i - 1] <= votes[i]);
    }

    /** The options without what was said about them; the votes of all stand where those of one node stood. */
    private static VoteOptions meaning(VoteOptions read, int[] votes) {
        return new VoteOptions(
                read.ownVotes(),
                read.listedVotes(),
                read.configuredVotes(),
                read.twoNode(),
                read.waitForAll(),
                read.lastManStanding(),
                read.windowNanos(),
                read.tieBreaker(),
                read.allowDownscale(),
                read.tracking(),
                read.deviceConfigured(),
                read.deviceVotes(),
                read.deviceTimeoutNanos(),
                read.deviceSyncTimeoutNanos(),
                List.of(Arrays.toString(votes)));
    }

    private static List<SortedMap<String, String>> options(int count, int sum) {
        List<SortedMap<String, String>> all = new ArrayList<>();
        String list = String.join(
                " ", IntStream.rangeClosed(1, count).mapToObj(i -> "" + i).toList());
        for (int bits = 0; bits < 1 << 6; bits++)
            for (String tieBreaker : List.of("", "lowest", "highest", list)) {
                SortedMap<String, String> options = new TreeMap<>();
                if ((bits & 1) != 0) options.put("two_node", "1");
                if ((bits & 2) != 0) options.put("last_man_standing", "1");
                if ((bits & 4) != 0) options.put("allow_downscale", "1");
                if ((bits & 8) != 0) options.put("expected_votes_tracking", "1");
                if ((bits & 16) != 0) options.put("expected_votes", String.valueOf(Math.max(1, sum / 2)));
                options.put("wait_for_all", (bits & 32) != 0 ? "1" : "0");
                if (!tieBreaker.isEmpty()) {
                    options.put("auto_tie_breaker", "1");
                    options.put("auto_tie_breaker_node", tieBreaker);
                }
                all.add(options);
            }
        return all;
    }

    /** Zero to two each: in any order for up to three nodes, ascending or descending for more. */
    private static List<int[]> votes(int count) {
        List<int[]> all = new ArrayList<>(List.of(new int[0]));
        for (int i = 0; i < count; i++) {
            List<int[]> longer = new ArrayList<>();
            for (int[] votes : all)
                for (int next = 0; next <= 2; next++) {
                    int[] more = Arrays.copyOf(votes, votes.length + 1);
                    more[votes.length] = next;
                    longer.add(more);
                }
            all = longer;
        }
        if (count > 3) all.removeIf(votes -> !isAscending(votes) && !isAscending(reversed(votes)));
        return all;
    }

    private static int[] reversed(int[] votes) {
        return IntStream.range(0, votes.length)
                .map(i -> votes[votes.length - 1 - i])
                .toArray();
    }

    /** Every node down or in a partition; partitions are numbered by their first node. */
    private static List<int[]> arrangements(int count) {
        List<int[]> all = new ArrayList<>();
        grow(new int[count], 0, 0, all);
        return all;
    }

    private static void grow(int[] prefix, int at, int used, List<int[]> all) {
        if (at == prefix.length) {
            all.add(prefix.clone());
            return;
        }
        for (int partition = SmallWorld.DOWN; partition <= used; partition++) {
            prefix[at] = partition;
            grow(prefix, at + 1, Math.max(used, partition + 1), all);
        }
    }

    /** The same for arrangements that differ only in which of the nodes with the same votes is where. */
    private static String shape(int[] arrangement, List<NodeConfig> nodes) {
        Map<Integer, List<Integer>> votes = new TreeMap<>();
        for (int i = 0; i < arrangement.length; i++)
            votes.computeIfAbsent(arrangement[i], p -> new ArrayList<>())
                    .add(nodes.get(i).votes());
        List<Integer> down = votes.getOrDefault(SmallWorld.DOWN, List.of());
        votes.remove(SmallWorld.DOWN);
        return down + " " + votes.values().stream().map(List::toString).sorted().toList();
    }
}
