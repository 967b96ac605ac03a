package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quorate.knet.link.EngineLab.MILLI;
import static org.quorate.knet.link.EngineLab.address;
import static org.quorate.knet.link.EngineLab.message;
import static org.quorate.knet.link.EngineLab.plain;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;
import org.quorate.LinkMode;
import org.quorate.knet.Ciphers;
import org.quorate.knet.Vectors;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.crypto.FrameCipher.Opened;
import org.quorate.knet.link.EngineLab.Node;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.testkit.Json;

/** Keys, ciphers and hashes are changed while messages flow; times in milliseconds. */
class KeyChangeTest {
    private static final int OLD_KEY = 1;
    private static final int NEW_KEY = 2;
    /** Largest frame on a link of 1500 bytes, and the one that is used while that is not known; AES and SHA-256. */
    private static final int SEALED_BYTES = 1397;

    private static final int SEALED_LEAST_BYTES = 421;
    private static final int CLEAR_BYTES = 1446;
    private static final int CLEAR_LEAST_BYTES = 482;

    private final EngineLab lab = new EngineLab();

    /** A configuration before and after. */
    private record Change(String name, CryptoConfig from, CryptoConfig to) {}

    private static final List<Change> CHANGES = List.of(
            new Change("key", CryptoConfig.DEFAULT, CryptoConfig.DEFAULT),
            new Change("cipher and hash", CryptoConfig.DEFAULT, new CryptoConfig(Cipher.AES128, Hash.SHA512)),
            new Change("hash only, to cipher and hash", new CryptoConfig(Cipher.NONE, Hash.MD5), CryptoConfig.DEFAULT),
            new Change("off to on", CryptoConfig.NONE, CryptoConfig.DEFAULT),
            new Change("on to off", CryptoConfig.DEFAULT, CryptoConfig.NONE));

    private static FrameCipher cipher(CryptoConfig config, int key, int node) {
        return FrameCipher.of(config, Ciphers.key(256, key), new SplittableRandom(node));
    }

    // ---- nothing is lost

    /** The nodes may take each step in any order, as long as all have taken it before one takes the next. */
    @TestFactory
    Stream<DynamicTest> noMessageIsLostInAnyOrderOfSteps() {
        return IntStream.rangeClosed(2, 3)
                .boxed()
                .flatMap(nodes -> CHANGES.stream()
                        .map(change -> DynamicTest.dynamicTest(
                                nodes + " nodes: " + change.name(), () -> allOrders(nodes, change))));
    }

    private static void allOrders(int count, Change change) {
        List<List<Integer>> orders = permutations(count);
        int runs = 0;
        for (List<Integer> load : orders)
            for (List<Integer> use : orders)
                for (List<Integer> drop : orders) {
                    new Traffic(count, change).run(load, use, drop);
                    runs++;
                }
        assertThat(runs).isEqualTo(orders.size() * orders.size() * orders.size());
    }

    private static List<List<Integer>> permutations(int count) {
        if (count == 0) return List.of(List.of());
        List<List<Integer>> all = new ArrayList<>();
        for (List<Integer> shorter : permutations(count - 1))
            for (int at = 0; at <= shorter.size(); at++) {
                List<Integer> longer = new ArrayList<>(shorter);
                longer.add(at, count - 1);
                all.add(longer);
            }
        return all;
    }

    /** Nodes that talk before and after every step, with messages in one frame and in several. */
    private static final class Traffic {
        private final EngineLab lab = new EngineLab();
        private final List<Node> nodes;
        private final Change change;
        private int sent;

        Traffic(int count, Change change) {
            this.change = change;
            this.nodes = lab.startAll(count, change.from(), OLD_KEY, LinkMode.PASSIVE, 1);
            lab.run(900);
            nodes.forEach(Node::taken);
        }

        void run(List<Integer> load, List<Integer> use, List<Integer> drop) {
            step(load, node -> node.engine.loadCipher(cipher(change.to(), NEW_KEY, node.id)));
            step(use, node -> node.engine.swapCiphers(lab.nowMillis() * MILLI));
            step(drop, node -> node.engine.unloadCipher());
            lab.run(300);
            List<String> expected = new ArrayList<>();
            for (Node node : nodes) {
                expected.clear();
                for (int i = 0; i < sent; i++) for (Node from : nodes) if (from != node) expected.add(line(from.id, i));
                assertThat(node.events().stream().filter(line -> !line.startsWith("loaded key")))
                        .as("load %s, use %s, drop %s", load, use, drop)
                        .containsExactlyElementsOf(expected);
            }
        }

        private void step(List<Integer> order, Consumer<Node> step) {
            for (int index : order) {
                talk();
                step.accept(nodes.get(index));
                talk();
            }
            lab.run(2); // all have taken this step, and nothing sealed before it is under way
        }

        private void talk() {
            for (Node node : nodes) node.engine.sendToOthers(lab.nowMillis() * MILLI, message(bytes(sent), sent % 100));
            sent++;
            if (sent % 5 == 0) lab.run(1);
        }

        private static int bytes(int number) {
            return number % 3 == 0 ? 3000 : 100;
        }

        private static String line(int from, int number) {
            return "message from " + from + ": " + bytes(number) + " bytes, first " + number % 100;
        }
    }

    // ---- what is believed

    @Test
    void clearTextIsRefusedWhileCryptoIsOnAndTakenDuringAChangeFromOrToOff() {
        Node one = alone(CryptoConfig.NONE);
        assertThat(takesClearText(one, 1)).isTrue();
        one.engine.loadCipher(cipher(CryptoConfig.DEFAULT, NEW_KEY, 1));
        assertThat(takesClearText(one, 2)).as("loaded").isTrue();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 3))
                .as("loaded")
                .isTrue();
        one.engine.swapCiphers(lab.nowMillis() * MILLI);
        assertThat(takesClearText(one, 4)).as("in use").isTrue();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 5))
                .as("in use")
                .isTrue();
        one.engine.unloadCipher();
        assertThat(takesClearText(one, 6)).as("on").isFalse();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 7)).as("on").isTrue();

        // another key: there is no moment at which clear text is good
        one.engine.loadCipher(cipher(CryptoConfig.DEFAULT, OLD_KEY, 1));
        assertThat(takesClearText(one, 8)).isFalse();
        one.engine.swapCiphers(lab.nowMillis() * MILLI);
        assertThat(takesClearText(one, 9)).isFalse();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 10))
                .as("old")
                .isTrue();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, OLD_KEY, 11))
                .as("new")
                .isTrue();
        one.engine.unloadCipher();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 12))
                .as("dropped")
                .isFalse();

        one.engine.loadCipher(cipher(CryptoConfig.NONE, 0, 1));
        assertThat(takesClearText(one, 13)).as("going off").isTrue();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, OLD_KEY, 14))
                .as("going off")
                .isTrue();
        one.engine.swapCiphers(lab.nowMillis() * MILLI);
        assertThat(takesClearText(one, 15)).as("off").isTrue();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, OLD_KEY, 16))
                .as("off")
                .isTrue();
        one.engine.unloadCipher();
        assertThat(takesClearText(one, 17)).as("off").isTrue();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, OLD_KEY, 18))
                .as("off")
                .isFalse();
    }

    /** Node 1, which reaches a node 2 that is silent from now on. */
    private Node alone(CryptoConfig config) {
        Node one = lab.startAll(2, config, OLD_KEY, LinkMode.PASSIVE, 1).get(0);
        lab.run(900);
        lab.kill(2);
        one.taken();
        return one;
    }

    private boolean takesClearText(Node node, int number) {
        return takes(node, plain(data(number)), number);
    }

    private boolean takesSealed(Node node, CryptoConfig config, int key, int number) {
        ByteBuffer sealed = ByteBuffer.allocate(400);
        try (FrameCipher cipher = cipher(config, key, 77)) {
            cipher.seal(ByteBuffer.wrap(plain(data(number))), sealed);
        }
        return takes(node, Vectors.bytes(sealed.flip()), number);
    }

    private static DataFrame data(int number) {
        return new DataFrame(2, number, 0, true, 1, 0, 0, message(20, number));
    }

    private boolean takes(Node node, byte[] datagram, int number) {
        node.taken();
        node.receive(address(2, 0), datagram);
        return node.events().contains("message from 2: 20 bytes, first " + number);
    }

    @Test
    void everyDatagramOfARecordedChangeOpensWithBothKeysLoadedAndOnlyTheNewOnesAfterwards() {
        Vectors rekey = Vectors.load("rekey1");
        for (int inUse = 0; inUse < 2; inUse++) {
            CipherSlots slots = new CipherSlots(rekey.cipher(inUse, new SplittableRandom(1)));
            slots.load(rekey.cipher(1 - inUse, new SplittableRandom(1)));
            int[] opened = new int[2];
            for (Json frame : rekey.json().get("frames").items()) {
                assertThat(open(slots, frame)).isEqualTo(Opened.OK);
                opened[frame.get("frame").get("crypto").get("config").integer()]++;
            }
            assertThat(opened[0]).isPositive();
            assertThat(opened[1]).isPositive();
            slots.swap();
            slots.unload();
            for (Json frame : rekey.json().get("frames").items()) {
                boolean ours = frame.get("frame").get("crypto").get("config").integer() == 1 - inUse;
                assertThat(open(slots, frame)).isEqualTo(ours ? Opened.OK : Opened.NOT_AUTHENTIC);
            }
            slots.close();
        }
    }

    private static Opened open(CipherSlots slots, Json frame) {
        byte[] datagram = frame.get("datagram").hex();
        return slots.open(ByteBuffer.wrap(datagram), ByteBuffer.allocate(datagram.length));
    }

    // ---- sizes

    @Test
    void framesAreOfTheLeastSizeUntilTheMtuIsKnownAgain() {
        List<Node> both = lab.startAll(2, CryptoConfig.DEFAULT, OLD_KEY, LinkMode.PASSIVE, 1);
        lab.run(900);
        Node one = both.get(0);
        assertThat(one.engine.dataBytes()).isEqualTo(SEALED_BYTES);
        for (Node node : both) node.engine.loadCipher(cipher(CryptoConfig.DEFAULT, NEW_KEY, node.id));
        assertThat(one.engine.dataBytes()).as("loaded").isEqualTo(SEALED_BYTES);
        for (Node node : both) node.engine.swapCiphers(lab.nowMillis() * MILLI);
        assertThat(one.engine.dataBytes()).as("in use").isEqualTo(SEALED_LEAST_BYTES);
        lab.run(1);
        assertThat(one.engine.dataBytes()).as("the probe is under way").isEqualTo(SEALED_LEAST_BYTES);
        lab.run(1);
        assertThat(one.engine.dataBytes()).as("the probe was answered").isEqualTo(SEALED_BYTES);
        assertThat(one.engine.links(lab.nowMillis() * MILLI).get(0).mtu().bytes())
                .isEqualTo(SEALED_BYTES);
        for (Node node : both) node.engine.unloadCipher();
        assertThat(one.engine.dataBytes()).isEqualTo(SEALED_BYTES);

        for (Node node : both) node.engine.loadCipher(cipher(CryptoConfig.NONE, 0, node.id));
        for (Node node : both) node.engine.swapCiphers(lab.nowMillis() * MILLI);
        assertThat(one.engine.dataBytes()).as("off").isEqualTo(CLEAR_LEAST_BYTES);
        lab.run(2);
        assertThat(one.engine.dataBytes()).as("off").isEqualTo(CLEAR_BYTES);
        assertThat(one.events()).noneMatch(line -> line.startsWith("link 2/0 down"));
    }

    // ---- misuse

    @Test
    void aStepOutOfTurnIsRefusedAndChangesNothing() {
        Node one = alone(CryptoConfig.DEFAULT);
        assertThatThrownBy(() -> one.engine.swapCiphers(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no second key is loaded; load one before it is used");
        assertThatThrownBy(one.engine::unloadCipher)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there is only one key, which is in use; none can be dropped");
        one.engine.loadCipher(cipher(CryptoConfig.DEFAULT, NEW_KEY, 1));
        assertThatThrownBy(() -> one.engine.loadCipher(cipher(CryptoConfig.DEFAULT, 3, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a second key is loaded already; drop one before another is loaded");
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 1)).isTrue();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, 3, 2)).isFalse();
        one.engine.swapCiphers(lab.nowMillis() * MILLI);
        assertThatThrownBy(() -> one.engine.swapCiphers(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the key that was loaded is in use already");
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, OLD_KEY, 3)).isTrue();
        one.engine.unloadCipher();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, OLD_KEY, 4)).isFalse();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 5)).isTrue();
    }

    @Test
    void aLoadedKeyThatIsDroppedWithoutUseLeavesThePresentOneInUse() {
        Node one = alone(CryptoConfig.DEFAULT);
        one.engine.loadCipher(cipher(CryptoConfig.DEFAULT, NEW_KEY, 1));
        one.engine.unloadCipher();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, NEW_KEY, 1)).isFalse();
        assertThat(takesSealed(one, CryptoConfig.DEFAULT, OLD_KEY, 2)).isTrue();
        one.engine.loadCipher(cipher(CryptoConfig.DEFAULT, NEW_KEY, 1));
        one.engine.swapCiphers(lab.nowMillis() * MILLI);
    }
}
