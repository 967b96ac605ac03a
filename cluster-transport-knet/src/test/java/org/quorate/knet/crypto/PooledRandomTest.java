package org.quorate.knet.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The pool gives out each byte of its source once, in order, and asks for them seldom. */
class PooledRandomTest {
    @Test
    void smallDrawsShareLargeOnes() {
        Counting source = new Counting();
        PooledRandom pool = new PooledRandom(source);
        assertThat(source.draws).isEmpty();
        byte[] drawn = new byte[16];
        ByteBuffer all = ByteBuffer.allocate(1024 * 16);
        for (int i = 0; i < 1024; i++) {
            pool.nextBytes(drawn);
            all.put(drawn);
        }
        assertThat(source.draws).containsExactly(4096, 4096, 4096, 4096);
        assertThat(all.array()).isEqualTo(new Counting().expected(1024 * 16));
    }

    @Test
    void drawsMayCrossTheEndOfThePool() {
        Counting source = new Counting();
        PooledRandom pool = new PooledRandom(source);
        byte[] drawn = new byte[10_000];
        pool.nextBytes(drawn);
        byte[] expected = new Counting().expected(10_008);
        assertThat(ByteBuffer.allocate(10_008)
                        .put(drawn)
                        .putLong(pool.nextLong())
                        .array())
                .isEqualTo(expected);
        assertThat(source.draws).containsExactly(4096, 4096, 4096);
        PooledRandom other = new PooledRandom(new Counting());
        other.nextBytes(new byte[4093]);
        assertThat(other.nextLong())
                .isEqualTo(ByteBuffer.wrap(new Counting().expected(4101)).getLong(4093));
    }

    /** Bytes that count up in steps of 7. */
    private static final class Counting extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final transient List<Integer> draws = new ArrayList<>();
        private byte next;

        @Override
        public void nextBytes(byte[] bytes) {
            draws.add(bytes.length);
            for (int i = 0; i < bytes.length; i++) bytes[i] = next = (byte) (next + 7);
        }

        byte[] expected(int length) {
            byte[] bytes = new byte[length];
            nextBytes(bytes);
            return bytes;
        }
    }
}
