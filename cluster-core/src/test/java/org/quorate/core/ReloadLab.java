package org.quorate.core;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException.Reason;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.ReloadReport;
import org.quorate.View;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;
import org.quorate.spi.QuorumSettings;

/**
 * Nodes in simulated time that change their keys: each has a file with configuration and key, reading it takes time, and a packet is understood only by
 * who has the key that it was sent under.
 */
final class ReloadLab {
    static final long MILLI = 1_000_000;
    static final int NO_KEY = -1;
    private static final long HOP_NANOS = 100_000;
    private static final QuorumProvider ALWAYS = QuorumProvider.of("always", in -> RuleDecision.quorate("always"));

    /** What decides on quorum in nodes that are started from now on. */
    QuorumProvider quorum = ALWAYS;

    final TreeMap<Integer, Node> nodes = new TreeMap<>();
    private final TimeLine time = new TimeLine();
    private final Random random;
    /** Packets that nobody understood, for want of the key. */
    int refused;
    /** Of a thousand packets between nodes so many are lost. */
    int lossPerMille;
    /** This node gets no messages of the ring, only tokens and the like. */
    int deaf = NO_KEY;

    ReloadLab(long seed) {
        random = new Random(seed);
    }

    /** What is in a node's file. */
    record File(ClusterConfig config, int key) {}

    private static Set<Integer> ids(ClusterConfig config) {
        Set<Integer> ids = new TreeSet<>();
        for (NodeConfig node : config.nodes()) ids.add(node.id().value());
        return ids;
    }

    static ClusterConfig.Builder config(int count) {
        ClusterConfig.Builder config = ClusterConfig.builder("test");
        IntStream.rangeClosed(1, count).forEach(n -> config.node(NodeConfig.of(n, "n" + n, "10.77.0." + n)));
        return config;
    }

    /** Starts nodes 1 to {@code count} under key 1 and waits for their ring, in which all are members of the group {@code g}. */
    void startAll(int count) {
        File file = new File(config(count).build(), 1);
        for (int n = 1; n <= count; n++) start(n, file);
        run("one ring of " + count, 10_000, () -> together());
        for (Node node : nodes.values()) node.input(new NodeInput.JoinGroup("g"));
        run("all are in the group", 1000, () -> nodes.values().stream().allMatch(n -> n.groupSize == count));
    }

    Node start(int id, File file) {
        Node node = new Node(id, file);
        nodes.put(id, node);
        node.input(new NodeInput.Start(node.persisted));
        return node;
    }

    Node node(int id) {
        Node node = nodes.get(id);
        if (node == null) throw new AssertionError("no node " + id);
        return node;
    }

    void writeFiles(File file) {
        for (Node node : nodes.values()) node.file = file;
    }

    /** Whether all that are alive are in one ring of their own. */
    boolean together() {
        List<NodeId> alive = nodes.keySet().stream().map(NodeId::of).toList();
        return nodes.values().stream()
                        .allMatch(n -> n.view != null && n.view.members().equals(alive))
                && nodes.values().stream().map(n -> n.viewId()).distinct().count() == 1;
    }

    /** Whether all seal with the key and have no other. */
    boolean allOn(int key) {
        return nodes.values().stream().allMatch(n -> n.inUse == key && n.other == NO_KEY);
    }

    long nowNanos() {
        return time.nowNanos();
    }

    void at(long delayNanos, Runnable action) {
        time.at(delayNanos, action);
    }

    void run(long millis) {
        time.pass(millis * MILLI);
    }

    void run(String goalInWords, long limitMillis, BooleanSupplier goal) {
        time.runUntil(goalInWords, limitMillis * MILLI, goal, this::toString);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("at " + nowNanos() / MILLI + " ms, " + refused + " refused");
        for (Node node : nodes.values()) text.append("\n").append(node);
        return text.toString();
    }

    /** One node; its effects are performed in order, held back while it reads. */
    final class Node extends BareHost {
        final int id;
        final NodeEngine engine;
        final List<String> messages = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        final List<String> ended = new ArrayList<>();
        /** Why messages were not sent. */
        final List<String> failed = new ArrayList<>();

        final List<ClusterConfig> applied = new ArrayList<>();
        File file;
        /** How long reading takes; negative if the file cannot be read. */
        long readNanos = MILLI;

        /** What the transport says when it is to change its links, and after which time. */
        List<String> linksChanged = List.of();

        @Nullable
        String linksRefusal;

        @Nullable
        String keyRefusal;

        long linksNanos;
        int linkChanges;

        /** To whom the transport sends, and of whom it takes packets. */
        private Set<Integer> peers;
        /** Packets of nodes that are no peers. */
        int strangers;

        @Nullable
        String stopped;

        int inUse;
        int other = NO_KEY;
        boolean swapped;
        int groupSize;
        int views;
        long persisted;

        @Nullable
        View view;

        private final ArrayDeque<NodeEffect> waiting = new ArrayDeque<>();
        private @Nullable File read;
        private boolean held;
        private boolean performing;
        private long wakeAt = Long.MAX_VALUE;
        private long tickets;

        Node(int id, File file) {
            this.id = id;
            this.file = file;
            this.inUse = file.key();
            this.peers = ids(file.config());
            QuorumSettings settings = new QuorumSettings(
                    NodeId.of(id), file.config().nodes(), file.config().quorumOptions(), new TreeMap<>());
            engine = new NodeEngine(
                    file.config(), NodeId.of(id), quorum.open(settings), 1, new Random(random.nextLong()));
        }

        String viewId() {
            return view == null ? "none" : view.ringId().toString();
        }

        void reload() {
            input(new NodeInput.Reload(tickets++));
        }

        void send(String text) {
            input(new NodeInput.Send("g", text.getBytes(StandardCharsets.US_ASCII), messages.size()));
        }

        void input(NodeInput input) {
            if (nodes.get(id) != this) return;
            engine.step(nowNanos(), input, waiting::add);
            perform();
        }

        private void perform() {
            if (performing) return;
            performing = true;
            while (!held && !waiting.isEmpty()) waiting.remove().applyTo(this);
            performing = false;
            long deadline = engine.deadlineNanos();
            if (deadline != Long.MAX_VALUE && deadline != wakeAt) {
                wakeAt = deadline;
                at(Math.max(0, deadline - nowNanos()), this::wake);
            }
        }

        private void wake() {
            if (nodes.get(id) != this || engine.deadlineNanos() > nowNanos()) return;
            engine.tick(nowNanos(), waiting::add);
            perform();
        }

        private void deliver(int target, byte[] packet) {
            int sealedWith = inUse;
            boolean self = target == id;
            if (!peers.contains(target)) return;
            boolean message = RingMessages.decode(packet) instanceof Decoded.Ok ok && ok.message() instanceof Mcast;
            if (!self && random.nextInt(1000) < lossPerMille) return;
            if (!self && target == deaf && message) return;
            at(self ? 0 : HOP_NANOS, () -> {
                Node node = nodes.get(target);
                if (node == null) return;
                if (!node.peers.contains(id)) {
                    node.strangers++;
                    return;
                }
                if (!self && node.inUse != sealedWith && node.other != sealedWith) {
                    refused++;
                    return;
                }
                if (sealedWith == node.other && !node.swapped) node.input(new NodeInput.LoadedKeySeen());
                node.input(new NodeInput.Packet(packet.clone()));
            });
        }

        @Override
        public void send(NodeId target, byte[] packet) {
            deliver(target.value(), packet);
        }

        @Override
        public void sendToAll(byte[] packet) {
            for (int target : nodes.keySet()) deliver(target, packet);
        }

        @Override
        public void sendToOthers(byte[] packet) {
            for (int target : nodes.keySet()) if (target != id) deliver(target, packet);
        }

        @Override
        public void persist(String name, byte[] value) {
            persisted = java.nio.ByteBuffer.wrap(value)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .getLong();
        }

        @Override
        public void discardPending() {
            input(new NodeInput.Discarded(0));
        }

        @Override
        public void viewInstalled(View installed) {
            view = installed;
            views++;
        }

        @Override
        public void groupChanged(String group, Change change) {
            groupSize = change.members().size();
        }

        @Override
        public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
            messages.add(new String(payload, StandardCharsets.US_ASCII));
        }

        @Override
        public void readConfiguration(long number, long holdNanos) {
            held = true;
            at(holdNanos, () -> release());
            if (readNanos == Long.MAX_VALUE) return;
            at(Math.abs(readNanos), () -> {
                read = file;
                input(
                        readNanos < 0
                                ? new NodeInput.ConfigurationRefused(number, "the file is gone")
                                : new NodeInput.ConfigurationRead(number, file.config(), file.key() != inUse));
                release();
            });
        }

        private void release() {
            held = false;
            perform();
        }

        @Override
        public void loadKey() {
            if (keyRefusal != null) {
                input(new NodeInput.KeyRefused(keyRefusal));
                return;
            }
            if (read == null || other != NO_KEY) throw new AssertionError("loads a key out of turn: " + this);
            other = read.key();
            swapped = false;
            input(new NodeInput.KeyLoaded());
        }

        @Override
        public void changeLinks() {
            if (read == null) throw new AssertionError("changes links out of turn: " + this);
            linkChanges++;
            Set<Integer> before = peers;
            peers = ids(read.config());
            for (int peer : peers)
                if (!before.contains(peer))
                    at(HOP_NANOS * 10, () -> {
                        if (nodes.get(peer) != null && nodes.get(peer).peers.contains(id)) {
                            input(new NodeInput.PeerReachable(NodeId.of(peer)));
                            nodes.get(peer).input(new NodeInput.PeerReachable(NodeId.of(id)));
                        }
                    });
            NodeInput answer = linksRefusal == null
                    ? new NodeInput.LinksChanged(linksChanged)
                    : new NodeInput.LinksRefused(linksRefusal);
            if (linksNanos == 0) input(answer);
            else at(linksNanos, () -> input(answer));
        }

        @Override
        public void useKey() {
            if (other == NO_KEY) throw new AssertionError("uses a key out of turn: " + this);
            int old = inUse;
            inUse = other;
            other = old;
            swapped = true;
        }

        @Override
        public void dropKey() {
            if (other == NO_KEY) throw new AssertionError("drops a key out of turn: " + this);
            other = NO_KEY;
        }

        @Override
        public void configurationApplied(ClusterConfig config) {
            applied.add(config);
        }

        @Override
        public void reloadEnded(List<Long> ticketsEnded, Optional<String> refusal, ReloadReport report) {
            for (long ticket : ticketsEnded)
                ended.add(ticket + ": " + refusal.orElse(report.applied() + " " + report.notApplied()));
        }

        @Override
        public void note(boolean warning, String sentence) {
            notes.add((warning ? "WARN " : "") + sentence);
        }

        @Override
        public void left() {
            nodes.remove(id);
        }

        @Override
        public void sendFailed(long ticket, Reason reason, String why) {
            failed.add(why);
        }

        @Override
        public void stop(Reason reason, String why) {
            stopped = reason + ": " + why;
            nodes.remove(id);
        }

        @Override
        public String toString() {
            return "node " + id + ": keys " + inUse + "/" + other + ", " + view + ", " + notes;
        }
    }
}
