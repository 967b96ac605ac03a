package org.quorate.examples.quickstart;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.View;
import org.quorate.examples.status.StatusText;

/**
 * Three nodes in one JVM: they find each other, agree on an order of messages, survive a cut link without noticing more than that, lose a
 * node and keep their quorum, and take it back. Every step is checked; the first one that fails ends the story.
 */
public final class Quickstart {
    private static final List<NodeId> ALL = List.of(NodeId.of(1), NodeId.of(2), NodeId.of(3));
    private static final NodeId VICTIM = NodeId.of(3);
    private static final List<NodeId> SURVIVORS = List.of(NodeId.of(1), NodeId.of(2));
    private static final int LINKS = 2;
    private static final int ROUNDS = 4;
    private static final int ROUNDS_OF_A_BURST = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** Half of Corosync's usual token timeout, so that the dead node of the story is missed sooner. */
    private static final Duration TOKEN = Duration.ofMillis(1500);
    /** A dead link has to be found out well before the token counts as lost. */
    private static final Duration PING_INTERVAL = Duration.ofMillis(50);

    private static final Duration PING_TIMEOUT = Duration.ofMillis(250);
    /** A link that has just come up is allowed ten times its ping timeout, and a second later nine times, and so on. */
    private static final Duration LINKS_SETTLE = Duration.ofSeconds(9);

    private final PrintWriter out;
    private final Story story = new Story();
    private final List<ObservedNode> nodes = new ArrayList<>();

    private Quickstart(PrintWriter out) {
        this.out = out;
    }

    /**
     * Tells the story on {@code out}; takes less than a minute.
     *
     * @throws QuickstartFailure if something does not happen as it should
     */
    public static void run(PrintWriter out) {
        Path folder = temporaryFolder();
        try (CuttableWire wire = CuttableWire.open(ALL.size(), LINKS)) {
            new Quickstart(out).tell(wire, folder);
        } finally {
            delete(folder);
        }
    }

    private void tell(CuttableWire wire, Path folder) {
        byte[] key = new byte[256];
        new SecureRandom().nextBytes(key);
        for (NodeId id : ALL)
            nodes.add(new ObservedNode(id, config(wire, id), key, folder.resolve("node-" + id), story));
        try {
            becomeQuorate();
            agreeOnAnOrder();
            loseALink(wire);
            loseANode(wire);
            takeTheNodeBack(wire);
            partInOrder();
            out.print("\nEverything happened as it should; it took " + Story.seconds(story.elapsed()) + ".\n");
        } finally {
            nodes.forEach(ObservedNode::close);
            out.flush();
        }
    }

    private ClusterConfig config(CuttableWire wire, NodeId self) {
        ClusterConfig.Builder builder =
                ClusterConfig.builder("quickstart").totem(TotemConfig.DEFAULT.withToken(TOKEN, Duration.ZERO));
        for (int link = 0; link < LINKS; link++)
            builder.link(wire.link(link).withPings(PING_INTERVAL, PING_TIMEOUT).withPriority(LINKS - link));
        for (NodeId node : ALL) builder.node(wire.entry(self, node));
        return builder.build();
    }

    private void becomeQuorate() {
        say("Three nodes start in this JVM: two links each, AES-256 and SHA-256, a random key.");
        // Three that meet at the same instant may need a token timeout to sort themselves out: two agree while the
        // third still asks.
        survivors().forEach(ObservedNode::start);
        awaitTogether(survivors(), SURVIVORS);
        nodes.get(ALL.indexOf(VICTIM)).start();
        awaitTogether(nodes, ALL);
        say("All three are quorate, " + Story.seconds(story.elapsed()) + " after the JVM began. Node 1 says:");
        out.print("\n" + StatusText.status(nodes.get(0).status(), ZoneId.systemDefault()));
        out.print(
                "\nAddresses are 127.LINK.VIEWER.NODE: each node knows the others by the far end of its own cable.\n");
        out.flush();
    }

    private void agreeOnAnOrder() {
        Duration settled = story.elapsed().plus(LINKS_SETTLE);
        nodes.forEach(ObservedNode::joinGroup);
        for (ObservedNode node : nodes)
            node.await("three members in the group", PATIENCE, () -> node.groupSize() == ALL.size());
        List<String> order = exchange("message", ROUNDS, nodes);
        say("All three sent " + ROUNDS + " messages at once, and all three received them in the same order:");
        order.forEach(message -> out.print("  " + message + "\n"));
        out.flush();
        int messages = 0;
        while (story.elapsed().compareTo(settled) < 0)
            messages += exchange("burst", ROUNDS_OF_A_BURST, nodes).size();
        say("They sent " + messages + " more, in bursts, while the links settled: no two nodes differ.");
    }

    private void loseALink(CuttableWire wire) {
        List<Optional<View>> before = nodes.stream().map(ObservedNode::view).toList();
        Duration cutAt = story.elapsed();
        wire.cutLink(0);
        say("Link 0, which carries the data, is cut.");
        exchange("sent while link 0 is dead", ROUNDS, nodes);
        for (ObservedNode node : nodes)
            node.await("link 0 go down", PATIENCE, () -> node.hasLinkUpTo(0, 0) && node.hasLinkUpTo(1, 2));
        say("All nodes found that out and moved to link 1 within "
                + Story.seconds(story.elapsed().minus(cutAt)) + "; messages still arrive in one order.");
        exchange("sent over link 1", ROUNDS, nodes);
        wire.mendLink(0);
        for (ObservedNode node : nodes) node.await("link 0 come back", PATIENCE, () -> node.hasLinkUpTo(0, 2));
        List<Optional<View>> after = nodes.stream().map(ObservedNode::view).toList();
        if (!ringIds(before).equals(ringIds(after)))
            throw new QuickstartFailure("the membership changed because of a cut link: " + ringIds(before) + " became "
                    + ringIds(after) + "; node 1 saw:\n" + nodes.get(0).diary());
        say("Link 0 is mended and up again; the membership never changed: ring "
                + ringIds(after).iterator().next() + ".");
    }

    private void loseANode(CuttableWire wire) {
        ObservedNode victim = nodes.get(ALL.indexOf(VICTIM));
        Duration killedAt = story.elapsed();
        victim.note("is killed");
        wire.silence(VICTIM);
        say("Node " + VICTIM + " is killed: from one moment to the next nobody hears it any more.");
        Thread closing = new Thread(victim::close, "quickstart-kill");
        closing.start();
        List<ObservedNode> survivors = survivors();
        awaitTogether(survivors, SURVIVORS);
        say("The other two agreed on a membership without it "
                + Story.seconds(story.elapsed().minus(killedAt))
                + " later. With 2 of 3 votes they may go on. Node 1 says:");
        out.print("\n" + StatusText.members(nodes.get(0).status(), ZoneId.systemDefault()));
        out.flush();
        for (ObservedNode node : survivors)
            node.await("two members in the group", PATIENCE, () -> node.groupSize() == SURVIVORS.size());
        exchange("sent by the survivors", ROUNDS, survivors);
        try {
            closing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeTheNodeBack(CuttableWire wire) {
        Duration restartedAt = story.elapsed();
        wire.hear(VICTIM);
        nodes.get(ALL.indexOf(VICTIM)).start();
        awaitTogether(nodes, ALL);
        say("Node " + VICTIM + " was started again and is back after "
                + Story.seconds(story.elapsed().minus(restartedAt)) + ": 3 of 3. Node " + VICTIM + " says:");
        out.print(StatusText.nodes(nodes.get(ALL.indexOf(VICTIM)).status()));
        out.flush();
        nodes.get(ALL.indexOf(VICTIM)).joinGroup();
        for (ObservedNode node : nodes)
            node.await("three members in the group", PATIENCE, () -> node.groupSize() == ALL.size());
        exchange("sent after the return", ROUNDS, nodes);
    }

    private void partInOrder() {
        nodes.get(ALL.indexOf(VICTIM)).leave();
        awaitTogether(survivors(), SURVIVORS);
        say("Node " + VICTIM + " left in order; the others knew at once.");
        nodes.forEach(ObservedNode::close);
        for (ObservedNode node : nodes) out.print("\nWhat node " + node.id() + " saw:\n" + node.diary());
    }

    /** Everybody in {@code senders} sends so many messages at once; returns the order in which all of them received them. */
    private List<String> exchange(String text, int rounds, List<ObservedNode> senders) {
        senders.forEach(ObservedNode::forgetMessages);
        for (int round = 1; round <= rounds; round++) for (ObservedNode node : senders) node.send(text + " " + round);
        int total = rounds * senders.size();
        for (ObservedNode node : senders)
            node.await(
                    total + " messages '" + text + "'",
                    PATIENCE,
                    () -> node.messages().size() >= total);
        List<String> order = senders.get(0).messages();
        for (ObservedNode node : senders)
            if (!node.messages().equals(order))
                throw new QuickstartFailure("node " + node.id() + " received the messages in another order: "
                        + node.messages() + " instead of " + order);
        if (new TreeSet<>(order).size() != total)
            throw new QuickstartFailure("a message was lost or came twice: " + order);
        return order;
    }

    private void awaitTogether(List<ObservedNode> observers, List<NodeId> members) {
        for (ObservedNode node : observers)
            node.await("nodes " + members + " together with quorum", PATIENCE, () -> node.isQuorateWith(members));
    }

    private List<ObservedNode> survivors() {
        return nodes.stream().filter(n -> SURVIVORS.contains(n.id())).toList();
    }

    private static List<RingId> ringIds(List<Optional<View>> views) {
        return views.stream()
                .map(v -> v.map(View::ringId).orElse(RingId.NONE))
                .distinct()
                .toList();
    }

    private void say(String what) {
        out.print("\n[" + story.now() + "] " + what + "\n");
        out.flush();
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("quorate-quickstart-");
        } catch (IOException e) {
            throw new QuickstartFailure("cannot make a temporary folder: " + e.getMessage());
        }
    }

    private static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path emptied, @Nullable IOException failure)
                        throws IOException {
                    Files.delete(emptied);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
