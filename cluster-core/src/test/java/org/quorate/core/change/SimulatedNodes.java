package org.quorate.core.change;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.core.change.ChangeEffect.Step;

/**
 * Engines of changes in simulated time, with disks and an ordered network that can be cut in two. What extended virtual synchrony promises
 * holds and no more: nodes that go on together have heard the same; at a cut each side may have heard a message that the other has not, and
 * everybody hears its own. A node can die before or after each step that touches its disk.
 */
final class SimulatedNodes {
    static final long MILLI = 1_000_000L;

    /** What a node has on its disk. */
    static final class DiskContent {
        long version = 1;
        long revision;
        String text = "conf 1";
        String roster = "roster 0";
        String key = "key";
        Optional<ChangeInput.Lock> lock = Optional.empty();

        String digest() {
            return Standing.digest(text, roster);
        }
    }

    private record Event(long at, long order, Runnable action) {}

    private record Sent(int from, int life, ChangeMessage message) {}

    /** Nodes that hear each other. */
    private static final class Ring {
        final long sequence;
        final List<Integer> members;
        final List<Sent> log = new ArrayList<>();

        Ring(long sequence, List<Integer> members) {
            this.sequence = sequence;
            this.members = members;
        }
    }

    /** One node. */
    final class Node implements ChangeEffect.Host {
        final int id;
        final DiskContent disk = new DiskContent();
        int life;
        boolean up;
        boolean diskFull;
        /** Of a version that tries no links. */
        boolean isOld;
        /** Somebody else has the port of new links. */
        boolean portTaken;

        @Nullable
        ProposalId trying;

        /** Counts down the steps on the disk; at 0 the node dies before or after the step. */
        int diesAtStep = Integer.MAX_VALUE;

        long running = 1;

        @Nullable
        ChangeEngine engine;

        @Nullable
        Ring ring;

        int heard;
        long number;
        long diskFree;
        final Map<ProposalId, List<Objection>> answers = new TreeMap<>();
        final Map<ProposalId, String> asked = new TreeMap<>();
        final Map<ProposalId, List<String>> warnings = new TreeMap<>();
        final Deque<ChangeMessage> unsent = new ArrayDeque<>();

        Node(int id) {
            this.id = id;
        }

        Member member() {
            return new Member(id, life);
        }

        void start() {
            up = true;
            life++;
            running = disk.version;
            engine = new ChangeEngine(member(), !isOld);
            trying = null;
            diskFree = now;
            unsent.clear();
            diesAtStep = Integer.MAX_VALUE;
        }

        void die() {
            up = false;
            engine = null;
            trying = null;
            for (ProposalId open : asked.keySet()) answers.putIfAbsent(open, List.of(UNKNOWN));
            reform();
        }

        void tell(ChangeInput input) {
            ChangeEngine present = engine;
            if (present == null) return;
            List<ChangeEffect> effects = new ArrayList<>();
            present.step(now, input, effects::add);
            perform(effects);
        }

        private void perform(List<ChangeEffect> effects) {
            for (ChangeEffect each : effects) if (engine != null) each.applyTo(this);
            ChangeEngine present = engine;
            if (present == null || present.deadlineNanos() == Long.MAX_VALUE) return;
            int alive = life;
            at(Math.max(now, present.deadlineNanos()), () -> {
                if (life != alive || engine != present || present.deadlineNanos() > now) return;
                List<ChangeEffect> more = new ArrayList<>();
                present.tick(now, more::add);
                perform(more);
            });
        }

        /** Asks for a change of what the node has now. */
        void ask(String mark) {
            ProposalId id = new ProposalId(member(), ++number);
            long version = disk.version + 1;
            Proposal proposal = new Proposal(
                    id,
                    "trying " + mark,
                    disk.digest(),
                    version,
                    "conf " + version + " of " + id,
                    "roster " + (disk.revision + 1) + " of " + id,
                    mark.contains("key") ? "key of " + id : "",
                    "",
                    new Proposal.Traits(0, -1, true, false, daemons));
            asked.put(id, proposal.digest());
            Optional<LinkTrial> trial = mark.contains("link")
                    ? Optional.of(new LinkTrial("0".repeat(LinkTrial.KEY_CHARS), 300, mark.contains("forced")))
                    : Optional.empty();
            tell(new ChangeInput.Ask(proposal, trial, java.time.Duration.ofSeconds(8)));
        }

        @Override
        public void send(ChangeMessage message) {
            unsent.add(message);
            int alive = life;
            later(2, () -> {
                if (up && life == alive) flush();
            });
        }

        private void flush() {
            Ring present = ring;
            while (present != null && !unsent.isEmpty()) {
                present.log.add(new Sent(id, life, unsent.remove()));
                spread(present);
            }
        }

        private void onDisk(String what, boolean writes, Runnable step) {
            int alive = life;
            int slow = random.nextInt(8) == 0 ? 50 : 4;
            diskFree = Math.max(diskFree, now) + random.nextInt(slow) * MILLI + 1;
            at(diskFree, () -> {
                if (!up || life != alive) return;
                boolean dies = writes && --diesAtStep <= 0;
                if (dies && random.nextBoolean()) {
                    note("node " + id + " dies before: " + what);
                    die();
                    return;
                }
                step.run();
                if (dies && up) {
                    note("node " + id + " dies after: " + what);
                    die();
                }
            });
        }

        @Override
        public void inspect(long ticket) {
            onDisk("inspect", false, () -> {
                Standing standing =
                        new Standing(disk.version, disk.revision, disk.digest(), false, disk.key, running, 0);
                tell(new ChangeInput.Inspected(ticket, standing, disk.lock, takingPart, ""));
            });
        }

        @Override
        public void validate(Proposal proposal) {
            onDisk(
                    "validate",
                    false,
                    () -> tell(new ChangeInput.Validated(
                            proposal.id(),
                            proposal.what().contains("bad for " + id)
                                    ? List.of(new Objection(id, Objection.Kind.INVALID_HERE, "not here"))
                                    : List.of())));
        }

        @Override
        public void tryLinks(Proposal proposal, LinkTrial trial, SortedSet<Integer> thatTry) {
            ProposalId of = proposal.id();
            if (trying != null) throw new AssertionError("node " + id + " tries two changes at once");
            trying = of;
            note("node " + id + " tries links for " + of);
            if (!trial.forced()) triedBy.put(proposal.digest(), thatTry);
            if (portTaken) {
                Objection busy = new Objection(id, Objection.Kind.ADDRESS_UNUSABLE, "the port is taken");
                tell(new ChangeInput.Tried(of, List.of(busy), List.of()));
            } else look(of, now + trial.limitMillis() * MILLI, thatTry);
        }

        private void look(ProposalId of, long end, SortedSet<Integer> thatTry) {
            int alive = life;
            later(random.nextInt(6) == 0 ? 100 : 6, () -> {
                if (!up || life != alive || !of.equals(trying)) return;
                List<TriedLink> tried = new ArrayList<>();
                for (int peer : thatTry)
                    if (peer != id) {
                        boolean answers = of.equals(node(peer).trying) && !node(peer).portTaken;
                        boolean back = answers && !deaf.contains(List.of(peer, id));
                        boolean forward = back && !deaf.contains(List.of(id, peer));
                        tried.add(new TriedLink(1, peer, forward, back, forward ? 1472 : 0));
                    }
                if (now >= end || tried.stream().allMatch(TriedLink::isGood))
                    tell(new ChangeInput.Tried(of, List.of(), tried));
                else look(of, end, thatTry);
            });
        }

        @Override
        public void endTrial(ProposalId of) {
            if (!of.equals(trying)) throw new AssertionError("node " + id + " ends what it does not try: " + of);
            note("node " + id + " ends its trial");
            trying = null;
        }

        @Override
        public void warn(ProposalId of, String sentence) {
            warnings.computeIfAbsent(of, first -> new ArrayList<>()).add(sentence);
        }

        @Override
        public void writeLock(long inRing, Proposal proposal) {
            onDisk("lock " + proposal.id(), true, () -> {
                if (!diskFull) disk.lock = Optional.of(new ChangeInput.Lock(inRing, proposal));
                // a promise of another ring may be followed by the answer after the death, as the last thing that is
                // heard
                tell(new ChangeInput.LockWritten(proposal.id(), diskFull ? "disk full" : ""));
            });
        }

        @Override
        public void dropLock() {
            onDisk("drop", true, () -> disk.lock = Optional.empty());
        }

        @Override
        public void apply(Proposal proposal) {
            onDisk("apply " + proposal.id(), true, () -> {
                if (!diskFull) {
                    checkTrial(proposal);
                    committed(proposal.version(), proposal.digest(), "node " + id + " makes " + proposal);
                    if (!proposal.keyId().isEmpty()) disk.key = proposal.keyId();
                    disk.version = proposal.version();
                    disk.revision++;
                    disk.text = proposal.text();
                    disk.roster = proposal.roster();
                    disk.lock = Optional.empty();
                    if (!calm && random.nextInt(8) == 0) later(1, this::isolate);
                }
                tell(new ChangeInput.Applied(proposal.id(), takingPart, diskFull ? "disk full" : ""));
            });
        }

        private void isolate() {
            if (calm) return;
            int[] sides = new int[places()];
            sides[id - 1] = 1;
            cut(sides);
        }

        @Override
        public void share(long inRing, SortedSet<Integer> nodes) {
            onDisk("share", false, () -> {
                TreeMap<Integer, String> keys = new TreeMap<>();
                nodes.forEach(node -> keys.put(node, disk.key));
                String roster = disk.version + " " + disk.revision + " " + disk.roster;
                send(new ChangeMessage.Share(inRing, disk.text, roster, disk.key, keys));
            });
        }

        @Override
        public void take(ChangeMessage.Share share) {
            onDisk("take", true, () -> {
                if (!diskFull) {
                    String[] parts = share.roster().split(" ", 3);
                    if (disk.version > Long.parseLong(parts[0]))
                        throw new AssertionError("node " + id + " goes back from " + disk.version + " to " + parts[0]);
                    disk.version = Long.parseLong(parts[0]);
                    disk.revision = Long.parseLong(parts[1]);
                    disk.roster = parts[2];
                    disk.text = share.text();
                    disk.key = share.keyId();
                }
                tell(new ChangeInput.Taken(diskFull ? "disk full" : ""));
            });
        }

        @Override
        public void reload(Optional<ProposalId> of) {
            Ring present = ring;
            int alive = life;
            note("node " + id + " reloads " + of);
            later(20, () -> {
                if (!up || life != alive || ring != present || present == null) return;
                for (int member : present.members)
                    if (node(member).trying != null)
                        throw new AssertionError("the address of node " + member + " is not free at the reload");
                for (int member : present.members) node(member).running = node(member).disk.version;
                tell(new ChangeInput.ReloadEnded(of, ""));
            });
        }

        @Override
        public void watch(ProposalId of, int link) {
            later(20, () -> tell(new ChangeInput.Watched(of, "")));
        }

        @Override
        public void expelled(Proposal proposal) {}

        @Override
        public void answer(ProposalId of, List<Objection> objections) {
            note("node " + id + " answers " + of + " " + objections);
            if (!asked.containsKey(of) || answers.put(of, objections) != null)
                throw new AssertionError("answered twice, or not asked: " + of);
        }

        @Override
        public void progress(ProposalId of, Step step, String phrase) {}

        @Override
        public void say(String sentence) {}
    }

    static final Objection UNKNOWN = new Objection(0, Objection.Kind.CLOSED, "the node died");

    final Random random;
    final List<Node> nodes = new ArrayList<>();
    final List<String> story = new ArrayList<>();
    final Map<Long, String> made = new TreeMap<>();
    final Set<String> everMade = new HashSet<>();
    final Set<String> madeAfterTrial = new HashSet<>();
    private final Map<String, SortedSet<Integer>> triedBy = new TreeMap<>();
    /** Pairs of sender and receiver between which new links carry nothing. */
    final Set<List<Integer>> deaf = new HashSet<>();

    private final PriorityQueue<Event> queue =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final TreeSet<Integer> daemons = new TreeSet<>();
    private final TreeMap<Integer, Integer> takingPart = new TreeMap<>();
    private final int[] side;
    private long order;
    private long sequence = 4;
    /** Nothing breaks any more. */
    boolean calm;

    long now = 1;

    SimulatedNodes(long seed, int count) {
        this(seed, count, 0);
    }

    /** With daemons, which vote and never fail, and take no part; their ids come after those of the nodes. */
    SimulatedNodes(long seed, int count, int daemonCount) {
        random = new Random(seed);
        side = new int[count + daemonCount + 1];
        for (int id = 1; id <= count; id++) {
            nodes.add(new Node(id));
            takingPart.put(id, 1);
        }
        for (int id = count + 1; id <= count + daemonCount; id++) daemons.add(id);
    }

    /** How many nodes and daemons there are. */
    int places() {
        return side.length - 1;
    }

    Node node(int id) {
        return nodes.get(id - 1);
    }

    void note(String line) {
        story.add(now / MILLI + " ms: " + line);
    }

    /** A change whose links were tried is made only if all that tried them heard each other. */
    private void checkTrial(Proposal proposal) {
        SortedSet<Integer> thatTried = triedBy.get(proposal.digest());
        if (thatTried == null) return;
        for (int from : thatTried)
            for (int to : thatTried)
                if (node(from).portTaken || deaf.contains(List.of(from, to)))
                    throw new AssertionError(proposal + " is made though node " + to + " does not hear node " + from);
        madeAfterTrial.add(proposal.digest());
    }

    private void committed(long version, String digest, String line) {
        note(line);
        everMade.add(digest);
        String before = made.putIfAbsent(version, digest);
        if (before != null && !before.equals(digest))
            throw new AssertionError("two different configurations of version " + version);
    }

    void at(long when, Runnable action) {
        queue.add(new Event(when, order++, action));
    }

    void later(int mostMillis, Runnable action) {
        at(now + 1 + (long) (random.nextDouble() * mostMillis * MILLI), action);
    }

    /** Puts nodes on sides; those of one side hear each other. */
    void cut(int... sides) {
        for (int id = 1; id <= places(); id++) side[id] = sides[(id - 1) % sides.length];
        note("sides " + java.util.Arrays.toString(sides));
        reform();
    }

    /** Forms the rings that follow from who is up and where. */
    void reform() {
        TreeMap<Integer, List<Integer>> bySide = new TreeMap<>();
        for (Node node : nodes)
            if (node.up)
                bySide.computeIfAbsent(side[node.id], s -> new ArrayList<>()).add(node.id);
        Map<Integer, Ring> before = new TreeMap<>();
        for (Node node : nodes) {
            Ring old = node.ring;
            if (old != null && node.up) before.put(node.id, old);
            if (!node.up) node.ring = null;
        }
        finishOldRings(before, bySide);
        for (List<Integer> members : bySide.values()) {
            sequence += 4;
            Ring ring = new Ring(sequence, List.copyOf(members));
            int place = side[members.get(0)];
            TreeSet<Integer> inRing = new TreeSet<>(members);
            daemons.stream().filter(id -> side[id] == place).forEach(inRing::add);
            boolean quorate = inRing.size() * 2 > places();
            List<Member> group = members.stream().map(id -> node(id).member()).toList();
            for (int id : members) {
                node(id).ring = ring;
                node(id).heard = 0;
            }
            for (int id : members) {
                Node node = node(id);
                int alive = node.life;
                at(now + 1, () -> {
                    if (node.ring != ring || node.life != alive) return;
                    node.tell(new ChangeInput.Members(group, true));
                    node.tell(new ChangeInput.View(ring.sequence, inRing, new ChangeInput.Quorum(quorate, quorate)));
                    node.flush();
                    spread(ring);
                });
            }
        }
    }

    /** What was sent in an old ring is heard by all who go on together, or by none of them; what nobody has heard is sent again. */
    private void finishOldRings(Map<Integer, Ring> before, Map<Integer, List<Integer>> bySide) {
        Set<Ring> old = new LinkedHashSet<>(); // in one order, so that a seed repeats its history
        old.addAll(before.values());
        for (Ring ring : old) {
            Map<Integer, Integer> broadcast = new TreeMap<>();
            int most = nodes.stream()
                    .filter(n -> n.ring == ring)
                    .mapToInt(n -> n.heard)
                    .max()
                    .orElse(0);
            Set<Integer> stopped = new HashSet<>();
            for (int i = 0; i < ring.log.size(); i++) {
                Sent sent = ring.log.get(i);
                boolean out = i < most || (!stopped.contains(sent.from) && random.nextInt(3) > 0);
                if (!out) stopped.add(sent.from);
                broadcast.put(i, out ? 1 : 0);
            }
            for (List<Integer> members : bySide.values()) {
                List<Integer> together =
                        members.stream().filter(id -> before.get(id) == ring).toList();
                if (together.isEmpty()) continue;
                int reached =
                        together.stream().mapToInt(id -> node(id).heard).max().orElse(0);
                boolean hole = false;
                for (int i = 0; i < ring.log.size(); i++) {
                    Sent sent = ring.log.get(i);
                    boolean out = broadcast.get(i) == 1;
                    boolean own = together.contains(sent.from) && node(sent.from).life == sent.life;
                    boolean all = i < reached || (out && (own || (!hole && random.nextBoolean())));
                    if (!all) hole = true;
                    if (!out && own) node(sent.from).unsent.add(sent.message);
                    if (all)
                        for (int id : together)
                            if (i >= node(id).heard)
                                node(id).tell(new ChangeInput.Delivered(
                                        new Member(sent.from, sent.life), sent.message));
                }
            }
        }
    }

    private void spread(Ring ring) {
        for (int id : ring.members) {
            Node node = node(id);
            later(random.nextInt(8) == 0 ? 60 : 3, () -> {
                while (node.up && node.ring == ring && node.heard < ring.log.size()) {
                    Sent sent = ring.log.get(node.heard++);
                    node.tell(new ChangeInput.Delivered(new Member(sent.from, sent.life), sent.message));
                    if (random.nextInt(3) == 0) break;
                }
                if (node.up && node.ring == ring && node.heard < ring.log.size()) spread(ring);
            });
        }
    }

    /** Runs for so long. */
    void run(long millis) {
        long until = now + millis * MILLI;
        while (!queue.isEmpty() && queue.peek().at <= until) {
            Event next = queue.remove();
            now = next.at;
            next.action.run();
        }
        now = until;
    }
}
