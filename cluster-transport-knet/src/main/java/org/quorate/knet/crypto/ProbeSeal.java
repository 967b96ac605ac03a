package org.quorate.knet.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;

/** HMAC-SHA256 under the key of a window of probes. Confined to one thread; the key is wiped by {@link #close}. */
public final class ProbeSeal implements AutoCloseable {
    /** Length of an HMAC. */
    public static final int BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final FrameKey key;
    private final Mac mac;
    private final byte[] given = new byte[BYTES];

    /** Takes a copy of {@code key}. */
    public ProbeSeal(byte[] key) {
        this.key = new FrameKey(ALGORITHM, key, key.length);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(this.key);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, missing);
        }
    }

    /** Writes at {@code offset} the HMAC of the bytes before it and of those behind the room that it takes, up to the limit. */
    public void seal(ByteBuffer datagram, int offset) {
        datagram.put(offset, compute(datagram, offset));
    }

    /** Whether there is the right HMAC at {@code offset}; takes the same time wherever they differ. */
    public boolean matches(ByteBuffer datagram, int offset) {
        datagram.get(offset, given);
        return MessageDigest.isEqual(compute(datagram, offset), given);
    }

    private byte[] compute(ByteBuffer datagram, int offset) {
        mac.update(datagram.slice(0, offset));
        mac.update(datagram.slice(offset + BYTES, datagram.limit() - offset - BYTES));
        return mac.doFinal();
    }

    /** Overwrites our key, and what the JDK derived from it by giving it another key. */
    @Override
    public void close() {
        key.destroy();
        Arrays.fill(given, (byte) 0);
        try {
            mac.init(new FrameKey(ALGORITHM, new byte[1], 1));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot wipe the HMAC's key", e);
        }
    }

    /** Whether the key is gone. */
    boolean isWiped() {
        return key.isDestroyed();
    }
}
