package org.quorate.examples.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.examples.interop.ChaosLog.Change;
import org.quorate.examples.interop.ChaosLog.Item;
import org.quorate.examples.interop.ChaosLog.Member;
import org.quorate.examples.interop.ChaosLog.Message;
import org.quorate.examples.interop.ChaosLog.Stay;

/**
 * Extended virtual synchrony across C programs behind daemons and JVM nodes, as their logs show it:
 *
 * <ul>
 *   <li>A ring id names one membership, and whoever is heard in a ring is a member of it.
 *   <li>A message is heard once, undamaged, and in the same ring by all that hear it.
 *   <li>In each ring there is one order of messages.
 *   <li>Two that go on together from a ring to the next that they share have heard the same in it: messages, and members that joined or
 *       left of their own. Together means: neither was told that the other went. The same for two that are in the last ring to the end.
 *   <li>The messages of a sender have no gap within a ring, and between rings only when the receiver was told that the sender went; a
 *       sender hears all of its own.
 * </ul>
 *
 * <p>Four habits of Corosync 3.1.7 are allowed for; docs/internals/interop.md tells of them. A message of which a
 * daemon sent the first frames in one ring and the rest in the next is missed by those that come from elsewhere; a JVM node misses that
 * message, a daemon also what follows until the sender fills a frame exactly. And a daemon does not tell its clients of nodes that went and came back while the ring between was not synchronised. What daemons
 * lose in rings of their own, without a JVM node, is theirs: such rings are looked at for order, strangers and repetition only. So is what
 * one of them lost of another when they left a ring for one of their own, which they had to recover among themselves.
 */
final class ChaosCheck {
    /** Octets of a message in one frame, the daemon's headers taken off. */
    static final int FRAME_BYTES = 65_000;

    private static final int PROBLEMS_KEPT = 40;

    private final List<ChaosLog> logs;
    private final Set<Integer> daemons;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Set<Integer>> memberships = new TreeMap<>();
    private final Map<String, String> homes = new HashMap<>();
    private final Map<Member, Set<String>> missedCuts = new HashMap<>();
    private int hidden;
    private long unrecovered;
    private int cut;
    private int pairs;
    private long compared;

    private ChaosCheck(List<ChaosLog> logs, Set<Integer> daemons) {
        this.logs = logs;
        this.daemons = daemons;
    }

    /**
     * What came of it.
     *
     * @param problems broken promises, the first ones
     * @param rings how many rings somebody has been in
     * @param pairs how often two went on together from one ring to another
     * @param compared messages in them
     * @param cut messages missed because a daemon cut them
     * @param hidden times at which a daemon did not tell that a node was away
     * @param unrecovered messages that a daemon lost of another when they left a ring for one of their own
     */
    record Result(List<String> problems, int rings, int pairs, long compared, int cut, int hidden, long unrecovered) {
        @Override
        public String toString() {
            return rings + " rings; " + pairs
                    + " times two went on together from one to the next, having heard the same "
                    + compared + " messages; " + cut + " messages missed that daemons had cut, " + hidden
                    + " absences that daemons did not tell of, " + unrecovered
                    + " messages lost by daemons in a recovery of their own";
        }
    }

    /** Checks the logs of all lives of all nodes, of one node in order; {@code daemons} are those whose program is behind a daemon. */
    static Result of(List<ChaosLog> logs, Set<Integer> daemons) {
        ChaosCheck check = new ChaosCheck(logs, daemons);
        for (ChaosLog log : logs) check.alone(log);
        for (ChaosLog sender : logs) for (ChaosLog receiver : logs) check.received(receiver, sender);
        for (int i = 0; i < logs.size(); i++)
            for (int j = i + 1; j < logs.size(); j++) check.pair(logs.get(i), logs.get(j));
        return new Result(
                List.copyOf(check.problems),
                check.memberships.size(),
                check.pairs,
                check.compared,
                check.cut,
                check.hidden,
                check.unrecovered);
    }

    private void problem(String text) {
        if (problems.size() < PROBLEMS_KEPT) problems.add(text);
    }

    // ---- one log

    private void alone(ChaosLog log) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < log.stays().size(); i++) {
            Stay stay = log.stays().get(i);
            Set<Integer> others = memberships.putIfAbsent(stay.ring(), stay.nodes());
            if (others != null && !others.equals(stay.nodes()))
                problem("ring " + stay.ring() + " is " + others + " and, for " + log.member() + ", " + stay.nodes());
            Map<Member, Long> last = new HashMap<>();
            for (Message message : stay.messages()) {
                String key = key(message);
                if (!stay.nodes().contains(message.from().node()))
                    problem(log.member() + " in ring " + stay.ring() + " hears a stranger: " + key);
                if (!seen.add(key)) problem(log.member() + " hears twice: " + key);
                String home = homes.putIfAbsent(key, stay.ring());
                if (home != null && !home.equals(stay.ring()))
                    problem(log.member() + " hears " + key + " in ring " + stay.ring() + ", another in " + home);
                Long before = last.put(message.from(), message.number());
                boolean gap = before != null && message.number() != ChaosLog.LAST && message.number() != before + 1;
                if (!gap || daemons.containsAll(stay.nodes())) continue;
                if (daemonsRecovered(log, i, message.from())) unrecovered += message.number() - before - 1;
                else problem(log.member() + " in ring " + stay.ring() + " hears " + key + " after number " + before);
            }
        }
        for (String text : log.problems())
            if (!text.startsWith("unsent ") || isLastLife(log)) problem(log.member() + " says: " + text);
        hearsItself(log);
    }

    /** Whether a daemon's client went from this ring to one of daemons only, and the sender is behind a daemon too. */
    private boolean daemonsRecovered(ChaosLog log, int stay, Member sender) {
        return daemons.contains(log.member().node())
                && daemons.contains(sender.node())
                && stay + 1 < log.stays().size()
                && daemons.containsAll(log.stays().get(stay + 1).nodes());
    }

    private boolean isLastLife(ChaosLog log) {
        return logs.stream()
                .filter(l -> l.member().node() == log.member().node())
                .reduce((a, b) -> b)
                .map(ChaosLog::member)
                .equals(Optional.of(log.member()));
    }

    private void hearsItself(ChaosLog log) {
        long next = 0;
        for (Message message : messages(log, log.member())) {
            if (message.number() != next && message.number() != ChaosLog.LAST)
                problem(log.member() + " hears its own number " + message.number() + " instead of " + next);
            next = message.number() + 1;
        }
        Optional<Long> sent = log.complete();
        long heard = messages(log, log.member()).size();
        if (sent.isPresent() && heard != sent.get())
            problem(log.member() + " has sent " + sent.get() + " messages and heard " + heard + " of them");
    }

    // ---- a receiver and a sender

    /** What is missing of a sender's messages, by what it heard itself. */
    private void received(ChaosLog receiver, ChaosLog sender) {
        if (receiver.member().equals(sender.member())) return;
        Set<String> here = new HashSet<>();
        for (Message message : messages(receiver, sender.member())) here.add(key(message));
        for (int j = 0; j < sender.stays().size(); j++) {
            Stay sent = sender.stays().get(j);
            int i = indexOf(receiver, sent.ring(), 0);
            if (i < 0 || daemons.containsAll(sent.nodes())) continue;
            List<Message> all = own(sent, sender.member(), receiver.member());
            int first = 0;
            while (first < all.size() && !here.contains(key(all.get(first)))) first++;
            if (first > 0) missedBeginning(receiver, i, sender, all.subList(0, first), first < all.size());
        }
        untoldAbsences(receiver, sender);
    }

    /** The sender's own messages in a ring, without those before the receiver joined in the midst of it. */
    private static List<Message> own(Stay stay, Member sender, Member receiver) {
        List<Message> all = new ArrayList<>();
        for (Item item : stay.items()) {
            if (item instanceof Change change && change.joined().contains(receiver)) all.clear();
            if (item instanceof Message message && message.from().equals(sender)) all.add(message);
        }
        return all;
    }

    private void missedBeginning(
            ChaosLog receiver, int stay, ChaosLog sender, List<Message> missed, boolean heardLater) {
        boolean cameFromElsewhere = wasWithout(receiver, stay, sender.member());
        // a daemon fills frames and cuts short messages, too; that shows only if something follows
        boolean one = missed.size() == 1 && (heardLater || missed.get(0).bytes() > FRAME_BYTES);
        boolean more = heardLater && daemons.contains(receiver.member().node());
        if (daemons.contains(sender.member().node()) && cameFromElsewhere && (one || more)) {
            cut += missed.size();
            Set<String> keys = missedCuts.computeIfAbsent(receiver.member(), m -> new HashSet<>());
            missed.forEach(message -> keys.add(key(message)));
        } else if (heardLater) {
            problem(receiver.member() + " in ring " + receiver.stays().get(stay).ring() + " misses " + missed.size()
                    + " messages from " + key(missed.get(0)) + " on, and hears later ones");
        }
    }

    /** Whether a receiver has been without the sender since it last heard it before this ring; rings without messages may lie between. */
    private static boolean wasWithout(ChaosLog receiver, int stay, Member sender) {
        for (int at = stay; at > 0; at--) {
            if (receiver.stays().get(at).gone().stream().anyMatch(m -> m.node() == sender.node())) return true;
            Stay before = receiver.stays().get(at - 1);
            if (!before.nodes().contains(sender.node())) return true;
            if (before.messages().stream().anyMatch(m -> m.from().equals(sender))) return false;
        }
        return true;
    }

    /** Messages that the sender sent in rings without the receiver, which was not told that the sender went. */
    private void untoldAbsences(ChaosLog receiver, ChaosLog sender) {
        long last = -1;
        boolean gone = true;
        for (int i = 0; i < receiver.stays().size(); i++) {
            Stay stay = receiver.stays().get(i);
            gone |= stay.gone().contains(sender.member());
            for (Message message : stay.messages()) {
                if (!message.from().equals(sender.member())) continue;
                if (message.number() <= last) problem(receiver.member() + " hears " + key(message) + " after " + last);
                boolean gap = message.number() != last + 1 && message.number() != ChaosLog.LAST;
                if (gap && !gone && !daemonsRecovered(receiver, i, sender.member()))
                    untold(receiver, stay, sender, last, message.number());
                gone = false;
                last = message.number();
            }
        }
    }

    private void untold(ChaosLog receiver, Stay stay, ChaosLog sender, long last, long next) {
        boolean elsewhere = true;
        for (long number = last + 1; number < next; number++) {
            String home = homes.get(key(new Message(sender.member(), number, 0)));
            Set<String> cuts = missedCuts.getOrDefault(receiver.member(), Set.of());
            elsewhere &= home != null
                    && (daemons.containsAll(memberships.getOrDefault(home, Set.of()))
                            || indexOf(receiver, home, 0) < 0
                            || cuts.contains(key(new Message(sender.member(), number, 0)))
                            || !home.equals(stay.ring()));
        }
        if (elsewhere && daemons.contains(receiver.member().node())) hidden++;
        else
            problem(receiver.member() + " in ring " + stay.ring() + " hears number " + next + " of " + sender.member()
                    + " after " + last + ", and was not told that it went");
    }

    // ---- two logs

    private void pair(ChaosLog one, ChaosLog other) {
        int from = 0;
        for (int i = 0; i < one.stays().size(); i++) {
            int j = indexOf(other, one.stays().get(i).ring(), from);
            if (j < 0) continue;
            from = j;
            sameOrder(one, one.stays().get(i), other, other.stays().get(j));
            int nextI = i + 1;
            while (nextI < one.stays().size()
                    && indexOf(other, one.stays().get(nextI).ring(), j + 1) < 0) nextI++;
            if (nextI == one.stays().size()) {
                boolean end =
                        i + 1 == one.stays().size() && j + 1 == other.stays().size();
                if (end && one.complete().isPresent() && other.complete().isPresent())
                    sameItems(one, i, i + 1, other, j, j + 1);
                continue;
            }
            int nextJ = indexOf(other, one.stays().get(nextI).ring(), j + 1);
            if (toldGone(one, i, nextI, other.member()) || toldGone(other, j, nextJ, one.member())) continue;
            sameItems(one, i, nextI, other, j, nextJ);
        }
    }

    private void sameOrder(ChaosLog one, Stay ours, ChaosLog other, Stay theirs) {
        Map<String, Integer> places = new HashMap<>();
        for (Message message : theirs.messages()) places.put(key(message), places.size());
        int last = -1;
        for (Message message : ours.messages()) {
            Integer place = places.get(key(message));
            if (place == null) continue;
            if (place < last)
                problem("in ring " + ours.ring() + " " + one.member() + " hears " + key(message) + " later than "
                        + other.member() + " does");
            last = place;
        }
    }

    private static boolean toldGone(ChaosLog log, int from, int to, Member whom) {
        return log.stays().subList(from + 1, to + 1).stream()
                .anyMatch(stay -> stay.gone().stream().anyMatch(member -> member.node() == whom.node()));
    }

    private void sameItems(ChaosLog one, int i, int nextI, ChaosLog other, int j, int nextJ) {
        List<String> ours = heard(one, i, nextI, other);
        List<String> theirs = heard(other, j, nextJ, one);
        pairs++;
        compared += ours.size();
        if (ours.equals(theirs)) return;
        int at = 0;
        while (at < Math.min(ours.size(), theirs.size()) && ours.get(at).equals(theirs.get(at))) at++;
        String end = nextI < one.stays().size() ? one.stays().get(nextI).ring() : "the end";
        problem("from ring " + one.stays().get(i).ring() + " to " + end + " " + one.member() + " heard " + ours.size()
                + ", " + other.member() + " " + theirs.size() + "; the first difference is at "
                + at + ": " + ours.subList(at, Math.min(ours.size(), at + 3)) + " and "
                + theirs.subList(at, Math.min(theirs.size(), at + 3)));
    }

    /** What is to be the same: from the later of the two joins on, without what one of them could not read. */
    private List<String> heard(ChaosLog log, int from, int to, ChaosLog other) {
        Set<String> unread = new HashSet<>(missedCuts.getOrDefault(log.member(), Set.of()));
        unread.addAll(missedCuts.getOrDefault(other.member(), Set.of()));
        List<String> all = new ArrayList<>();
        for (Stay stay : log.stays().subList(from, to))
            for (Item item : stay.items()) {
                if (item instanceof Message message) {
                    boolean theirs = daemons.containsAll(stay.nodes());
                    if (!theirs && !unread.contains(key(message))) all.add(key(message));
                } else if (item instanceof Change change) {
                    if (change.joined().contains(log.member())
                            || change.joined().contains(other.member())) all.clear();
                    else all.add("joined " + change.joined() + " left " + change.left());
                }
            }
        return all;
    }

    // ---- helpers

    private static int indexOf(ChaosLog log, String ring, int from) {
        for (int i = from; i < log.stays().size(); i++)
            if (log.stays().get(i).ring().equals(ring)) return i;
        return -1;
    }

    private static List<Message> messages(ChaosLog log, Member from) {
        return log.stays().stream()
                .flatMap(stay -> stay.messages().stream())
                .filter(message -> message.from().equals(from))
                .toList();
    }

    private static String key(Message message) {
        return message.from() + "#" + (message.number() == ChaosLog.LAST ? "last" : message.number());
    }

    /** Nodes that are in the last ring of every log that is complete; a ring of all is what everything should end in. */
    static Set<Integer> together(List<ChaosLog> complete) {
        Set<Integer> all = new TreeSet<>();
        Set<String> rings = new TreeSet<>();
        for (ChaosLog log : complete) {
            Stay last = log.stays().get(log.stays().size() - 1);
            rings.add(last.ring());
            all.addAll(last.nodes());
        }
        return rings.size() == 1 ? all : Set.of();
    }
}
