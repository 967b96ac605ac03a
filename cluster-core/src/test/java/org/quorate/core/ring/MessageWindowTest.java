package org.quorate.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.quorate.RingId;
import org.quorate.core.ring.wire.Mcast;

/** The window keeps what lies within 16384 numbers behind the released one, also where numbers wrap. */
class MessageWindowTest {
    private final MessageWindow window = new MessageWindow(0);

    @Test
    void keepsOneMessageForEachNumber() {
        assertThat(window.put(1, message(1))).isTrue();
        assertThat(window.put(1, message(1))).isFalse();
        assertThat(window.has(1)).isTrue();
        assertThat(window.has(2)).isFalse();
    }

    @Test
    void refusesNumbersOutsideTheWindow() {
        assertThat(window.put(0, message(0))).isFalse();
        assertThat(window.put(MessageWindow.SIZE, message(MessageWindow.SIZE))).isTrue();
        assertThat(window.put(MessageWindow.SIZE + 1, message(MessageWindow.SIZE + 1)))
                .isFalse();
        assertThat(window.put(-1, message(-1))).isFalse();
    }

    @Test
    void findsTheEndOfARun() {
        for (int seq : new int[] {1, 2, 3, 5}) window.put(seq, message(seq));
        assertThat(window.runFrom(0)).isEqualTo(3);
        window.put(4, message(4));
        assertThat(window.runFrom(3)).isEqualTo(5);
    }

    @Test
    void lettingGoMakesRoomAndForgetsMisses() {
        window.put(1, message(1));
        assertThat(window.countMiss(2)).isEqualTo(1);
        window.releaseTo(2);
        assertThat(window.has(1)).isFalse();
        assertThat(window.fits(2)).isFalse();
        assertThat(window.put(MessageWindow.SIZE + 2, message(MessageWindow.SIZE + 2)))
                .isTrue();
        assertThat(window.countMiss(MessageWindow.SIZE + 1)).isEqualTo(1);
    }

    @Test
    void neverGoesBack() {
        window.releaseTo(10);
        window.releaseTo(5);
        assertThat(window.released()).isEqualTo(10);
    }

    @Test
    void wrapsAround() {
        window.releaseTo(Integer.MAX_VALUE);
        window.releaseTo(-3);
        assertThat(window.released()).isEqualTo(-3);
        for (int seq = -2; seq <= 2; seq++)
            assertThat(window.put(seq, message(seq))).isTrue();
        assertThat(window.runFrom(-3)).isEqualTo(2);
        window.releaseTo(1);
        assertThat(window.has(1)).isFalse();
        assertThat(window.has(2)).isTrue();
    }

    static Mcast message(int seq) {
        RingId ring = new RingId(1, 5);
        byte[] packet = Mcast.encode(1, Mcast.ORDINARY, seq, 0, ring, 0, new byte[] {1});
        return new Mcast(packet, 1, Mcast.ORDINARY, 1, seq, ring, true);
    }
}
