package org.quorate.knet.crypto;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Draws from a {@link SecureRandom} 4 KiB at a time, because many small draws cost much more than one large one.
 *
 * <p>Meant for values that are not secret, like initialisation vectors: bytes stay in the pool until they are overwritten. Not
 * thread-safe.
 */
public final class PooledRandom implements RandomGenerator {
    /** Bytes drawn at once. */
    static final int POOL_BYTES = 4096;

    private final SecureRandom source;
    private final byte[] pool = new byte[POOL_BYTES];
    private int used = POOL_BYTES;

    /** A pool that is filled from {@code source} when first used. */
    public PooledRandom(SecureRandom source) {
        this.source = source;
    }

    @Override
    public void nextBytes(byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            if (used == POOL_BYTES) fill();
            int step = Math.min(bytes.length - done, POOL_BYTES - used);
            System.arraycopy(pool, used, bytes, done, step);
            used += step;
            done += step;
        }
    }

    @Override
    public long nextLong() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            if (used == POOL_BYTES) fill();
            value = value << 8 | (pool[used++] & 0xff);
        }
        return value;
    }

    private void fill() {
        source.nextBytes(pool);
        used = 0;
    }
}
