package org.quorate.core.change;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.quorate.core.change.ChangeMessage.Hello;
import org.quorate.core.change.ChangeMessage.LockNote;

/**
 * What the members of one membership have said of themselves, and what follows: the same for everybody, since it depends on ordered messages
 * only.
 *
 * <p>Rule: in force is the newest configuration that was made by changes; of two equally new ones that of whoever agreed with others last in a
 * ring with quorum. Where none was made by changes that counts first and the version second. What was edited by hand is never in force beside
 * something that was not. A promise counts if it changes just what is in force, and if nobody has agreed without it in a later ring with
 * quorum; the latest counts.
 */
final class Round {
    private final long ring;
    private final List<Member> members;
    private final String company;
    private final SortedMap<Member, Hello> heard = new TreeMap<>();

    Round(long ring, List<Member> members) {
        this.ring = ring;
        this.members = List.copyOf(members);
        this.company =
                Digests.of(members.stream().sorted().map(Member::toString).collect(Collectors.joining(" ")));
    }

    /** What follows from what was heard. */
    sealed interface Verdict {
        /** Somebody has not said anything yet, or what is said cannot be reconciled; one sentence. */
        record Unsettled(String sentence) implements Verdict {}

        /** Some have something else than what is in force: the leader gives it to them. */
        record Differ(Member leader, SortedSet<Integer> nodes, Standing inForce) implements Verdict {}

        /** A change was promised and perhaps made somewhere: the leader, who has it, proposes it again. */
        record Promised(Member leader, LockNote lock) implements Verdict {}

        /** All have the same; the oldest version that somebody works by is given. */
        record Agreed(Standing inForce, long oldestRunning) implements Verdict {}
    }

    String company() {
        return company;
    }

    /** Whether {@code hello} is of this membership. */
    boolean hears(Member from, Hello hello) {
        if (hello.ring() != ring || !hello.company().equals(company) || !members.contains(from)) return false;
        heard.put(from, hello);
        return true;
    }

    /** The nodes of those members that can try links. */
    SortedSet<Integer> thatTry() {
        TreeSet<Integer> nodes = new TreeSet<>();
        heard.forEach((member, hello) -> {
            if (hello.tries()) nodes.add(member.node());
        });
        return nodes;
    }

    Verdict verdict() {
        List<Member> silent =
                members.stream().filter(m -> !heard.containsKey(m)).toList();
        if (!silent.isEmpty())
            return new Verdict.Unsettled("nodes " + ids(silent) + " have not said yet which configuration they have");
        for (Entry<Member, Hello> each : heard.entrySet())
            if (!each.getValue().problem().isEmpty())
                return new Verdict.Unsettled(
                        "node " + each.getKey().node() + ": " + each.getValue().problem());
        List<Standing> newest = newest();
        Standing inForce = newest.get(0);
        if (newest.stream().anyMatch(s -> !s.digest().equals(inForce.digest())))
            return new Verdict.Unsettled("nodes have different configurations of version " + inForce.version()
                    + ", and none of them is that of a side that had quorum alone: " + versions()
                    + "; make the files equal");
        return reconciled(inForce);
    }

    private Verdict reconciled(Standing inForce) {
        List<Member> sound = new ArrayList<>();
        TreeSet<Integer> others = new TreeSet<>();
        heard.forEach((member, hello) -> {
            if (hello.standing().agreesWith(inForce)) sound.add(member);
            else others.add(member.node());
        });
        if (!others.isEmpty()) return new Verdict.Differ(sound.get(0), others, inForce);
        Optional<Entry<Member, Hello>> promised = promised(inForce);
        if (promised.isPresent())
            return new Verdict.Promised(
                    promised.get().getKey(), promised.get().getValue().lock().orElseThrow());
        long oldest = heard.values().stream()
                .mapToLong(h -> h.standing().running())
                .min()
                .orElse(0);
        return new Verdict.Agreed(inForce, oldest);
    }

    /** Those that could be in force; what they have is the same unless nobody can tell which one it is. */
    private List<Standing> newest() {
        List<Standing> all = standings();
        List<Standing> unedited = all.stream().filter(s -> !s.edited()).toList();
        List<Standing> sound = unedited.isEmpty() ? all : unedited;
        List<Standing> made = sound.stream().filter(s -> s.revision() > 0).toList();
        if (made.isEmpty()) made = best(sound, Comparator.comparingLong(Standing::quorateRing));
        List<Standing> newest =
                best(made, Comparator.comparingLong(Standing::version).thenComparingLong(Standing::revision));
        return best(newest, Comparator.comparingLong(Standing::quorateRing));
    }

    private static List<Standing> best(List<Standing> of, Comparator<Standing> order) {
        Standing best = Collections.max(of, order);
        return of.stream().filter(s -> order.compare(s, best) == 0).toList();
    }

    private List<Standing> standings() {
        return heard.values().stream().map(Hello::standing).toList();
    }

    /** The lowest member that has the promise that counts. */
    private Optional<Entry<Member, Hello>> promised(Standing inForce) {
        long latest =
                standings().stream().mapToLong(Standing::quorateRing).max().orElse(0);
        Comparator<Entry<Member, Hello>> later = Comparator.comparing(
                each -> each.getValue().lock().orElseThrow(),
                Comparator.comparingLong(LockNote::ring).thenComparing(LockNote::id));
        Optional<Entry<Member, Hello>> best = Optional.empty();
        for (Entry<Member, Hello> each : heard.entrySet()) {
            Optional<LockNote> lock = each.getValue().lock();
            boolean counts = lock.isPresent()
                    && lock.get().base().equals(inForce.digest())
                    && lock.get().ring() >= latest;
            if (counts && (best.isEmpty() || later.compare(each, best.get()) > 0)) best = Optional.of(each);
        }
        return best;
    }

    private String versions() {
        return heard.entrySet().stream()
                .map(each -> "node " + each.getKey().node() + " "
                        + each.getValue().standing().digest().substring(0, 8))
                .collect(Collectors.joining(", "));
    }

    private static String ids(List<Member> members) {
        return members.stream().map(m -> Integer.toString(m.node())).collect(Collectors.joining(", "));
    }
}
