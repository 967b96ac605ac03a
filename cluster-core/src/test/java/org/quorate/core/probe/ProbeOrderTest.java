package org.quorate.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What members tell each other of a joiner: there and back, and nothing but a sentence comes of what is no order. */
class ProbeOrderTest {
    private static final String TOKEN = "00112233445566778899aabbccddeeff";

    private static ProbeOrder.Open order() throws UnknownHostException {
        TreeMap<Integer, InetSocketAddress> joiner = new TreeMap<>();
        joiner.put(0, new InetSocketAddress(InetAddress.getByName("192.0.2.9"), 5405));
        joiner.put(7, new InetSocketAddress(InetAddress.getByName("2001:db8::9"), 65535));
        byte[] key = new byte[32];
        key[3] = 9;
        return new ProbeOrder.Open(TOKEN, key, Duration.ofSeconds(30), joiner);
    }

    @Test
    void ordersAreReadAsTheyWereWritten() throws UnknownHostException {
        ProbeOrder.Open order = order();
        assertThat(ProbeOrder.decode(order.encode())).isInstanceOfSatisfying(ProbeOrder.Open.class, read -> {
            assertThat(read.token()).isEqualTo(TOKEN);
            assertThat(read.key()).isEqualTo(order.key());
            assertThat(read.limit()).isEqualTo(order.limit());
            assertThat(read.joiner()).isEqualTo(order.joiner());
        });
        ProbeOrder.Close close = new ProbeOrder.Close(TOKEN);
        assertThat(ProbeOrder.decode(close.encode())).isEqualTo(close);
    }

    @Test
    void whatIsNoOrderIsRefusedWithASentence() throws UnknownHostException {
        byte[] good = order().encode();
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ProbeOrder.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> ProbeOrder.decode(Arrays.copyOf(good, good.length + 1)))
                .hasMessage("an order to probe that is too long");
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] flipped = good.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(ProbeOrder.decode(flipped)).isNotNull();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageStartingWith("an order to probe");
            }
        }
    }
}
