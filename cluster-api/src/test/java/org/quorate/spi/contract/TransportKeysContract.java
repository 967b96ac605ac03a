package org.quorate.spi.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.NodeId;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/** How every transport changes its key; part of {@link LinkTransportContract}. */
public abstract class TransportKeysContract {
    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);
    private static final int STEPS = 3;
    private static final CryptoConfig OTHER = new CryptoConfig(CryptoConfig.Cipher.AES128, CryptoConfig.Hash.SHA512);

    /** Settings of one node. */
    protected abstract TransportSettings settings(NodeId self, NodeId... peers);

    abstract TransportProbe open(TransportSettings settings);

    private static byte[] key(int content) {
        byte[] key = new byte[256];
        Arrays.fill(key, (byte) content);
        return key;
    }

    @Test
    void everyMessageArrivesWhileKeyAndCipherAreChangedAndChangedBack() {
        TransportSettings settings = settings(ONE, TWO);
        List<TransportProbe> both = List.of(open(settings), open(settings(TWO, ONE)));
        both.get(0).awaitReachable(TWO);
        both.get(1).awaitReachable(ONE);
        int sent = change(both, 0, OTHER, key(5));
        sent = change(both, sent, CryptoConfig.DEFAULT, key(6));
        change(both, sent, settings.crypto(), settings.key());
        for (TransportProbe node : both)
            assertThat(node.arrived().stream().map(message -> (int) message.bytes()[0]))
                    .as(node.toString())
                    .doesNotHaveDuplicates();
    }

    /** All three steps, now this node first, now that one, with messages both ways before and after each; returns the next number. */
    private static int change(List<TransportProbe> both, int first, CryptoConfig crypto, byte[] key) {
        List<Consumer<TransportSession>> steps = List.of(
                session -> session.loadKey(crypto, key), TransportSession::useLoadedKey, TransportSession::dropOldKey);
        int sent = first;
        for (int i = 0; i < STEPS; i++) {
            for (int j = 0; j < both.size(); j++) {
                TransportProbe node = both.get((i + j) % both.size());
                node.runOnLoop(() -> {});
                sent = exchange(both, sent);
                Consumer<TransportSession> step = steps.get(i);
                node.runOnLoop(() -> step.accept(node.session()));
                sent = exchange(both, sent);
            }
            int all = sent;
            for (TransportProbe node : both)
                node.await(
                        "message " + all + " at node " + node.self(),
                        () -> node.arrived().size() == all);
        }
        return sent;
    }

    private static int exchange(List<TransportProbe> both, int sent) {
        for (TransportProbe node : both)
            node.runOnLoop(() -> node.session().sendToOthers(ByteBuffer.wrap(new byte[] {(byte) sent, 1, 2})));
        return sent + 1;
    }

    @Test
    void aNodeThatKeepsTheOldKeyIsNotUnderstoodAnyMoreUntilItHasTheNewOne() {
        TransportProbe one = open(settings(ONE, TWO));
        TransportProbe two = open(settings(TWO, ONE));
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
        one.runOnLoop(() -> {
            one.session().loadKey(OTHER, key(7));
            one.session().useLoadedKey();
            one.session().dropOldKey();
        });
        one.awaitUnreachable(TWO);
        two.awaitUnreachable(ONE);
        two.runOnLoop(() -> {
            two.session().loadKey(OTHER, key(7));
            two.session().useLoadedKey();
        });
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
    }

    @Test
    void aPeerThatUsesTheLoadedKeyIsNoticedOnce() {
        TransportProbe one = open(settings(ONE, TWO));
        TransportProbe two = open(settings(TWO, ONE));
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
        for (TransportProbe node : List.of(one, two))
            node.runOnLoop(() -> node.session().loadKey(OTHER, key(7)));
        one.send(TWO, new byte[] {1});
        two.await("a message under the old key", () -> two.arrived().size() == 1);
        assertThat(two.keySeenFrom()).isEmpty();
        one.runOnLoop(() -> one.session().useLoadedKey());
        for (int i = 0; i < 3; i++) one.send(TWO, new byte[] {2});
        two.await("messages under the new key", () -> two.arrived().size() == 4);
        assertThat(two.keySeenFrom()).containsExactly(ONE);
        two.send(ONE, new byte[] {3});
        one.await("a message under the old key", () -> one.arrived().size() == 1);
        assertThat(one.keySeenFrom()).isEmpty();
    }

    @Test
    void aStepOutOfTurnIsRefusedInWords() {
        TransportProbe one = open(settings(ONE));
        one.runOnLoop(() -> {
            TransportSession session = one.session();
            assertRefused(session::useLoadedKey, "no second key");
            assertRefused(session::dropOldKey, "only one key");
            session.loadKey(OTHER, key(1));
            assertRefused(() -> session.loadKey(OTHER, key(2)), "loaded already");
            session.useLoadedKey();
            assertRefused(session::useLoadedKey, "in use already");
            assertRefused(() -> session.loadKey(OTHER, key(2)), "loaded already");
            session.dropOldKey();
            assertRefused(session::dropOldKey, "only one key");
            session.loadKey(OTHER, key(2));
            session.dropOldKey();
            assertRefused(session::useLoadedKey, "no second key");
        });
    }

    private static void assertRefused(Runnable step, String because) {
        assertThatThrownBy(step::run).isInstanceOf(IllegalStateException.class).hasMessageContaining(because);
    }

    @Test
    void aKeyOfTheWrongLengthIsRefusedAndNothingIsLoaded() {
        TransportProbe one = open(settings(ONE));
        one.runOnLoop(() -> {
            for (int length : new int[] {0, 127, 4097})
                assertThatThrownBy(() -> one.session().loadKey(CryptoConfig.DEFAULT, new byte[length]))
                        .isInstanceOfSatisfying(
                                ClusterException.class,
                                refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_UNUSABLE))
                        .hasMessageContaining(length + " bytes");
            one.session().loadKey(CryptoConfig.NONE, new byte[0]);
        });
    }

    @Test
    void theCallersCopyOfALoadedKeyMayBeWiped() {
        TransportProbe one = open(settings(ONE, TWO));
        TransportProbe two = open(settings(TWO, ONE));
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
        for (TransportProbe node : List.of(one, two)) {
            byte[] key = key(9);
            node.runOnLoop(() -> {
                node.session().loadKey(OTHER, key);
                Arrays.fill(key, (byte) node.self().value());
            });
        }
        for (TransportProbe node : List.of(one, two))
            node.runOnLoop(() -> node.session().useLoadedKey());
        one.send(TWO, new byte[] {1});
        two.await("a message under the new key", () -> !two.arrived().isEmpty());
    }
}
