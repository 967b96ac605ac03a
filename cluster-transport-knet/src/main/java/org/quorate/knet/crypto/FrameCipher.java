package org.quorate.knet.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.CryptoConfig;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrames;

/**
 * Seals and opens whole frames with one configuration and one key.
 *
 * <pre>
 * cipher and hash   | IV 16 | AES-CBC( frame, PKCS#7 ) | HMAC over all before |
 * hash only         | frame | HMAC |
 * none              | frame |
 * </pre>
 *
 * <p>The cipher's key is the first 16, 24 or 32 bytes of the key, the HMAC's key all of it. Opening checks the HMAC first, in constant
 * time. For one thread; instances of the JDK's {@link javax.crypto.Cipher} and {@link javax.crypto.Mac} are kept and reused.
 *
 * <p>Source: docs/protocol/knet.md 3 and 5.1.
 */
public final class FrameCipher implements AutoCloseable {
    /** Shortest key, in bytes. */
    public static final int MIN_KEY_BYTES = 128;

    /** Longest key, in bytes. */
    public static final int MAX_KEY_BYTES = 4096;

    static final int BLOCK_BYTES = 16;
    static final int IV_BYTES = 16;

    /** How opening a datagram ended. */
    public enum Opened {
        /** The frame is in the output buffer. */
        OK(null),
        /** Too short to hold a frame. */
        TOO_SHORT(DropReason.TOO_SHORT),
        /** Longer than the largest frame can be. */
        TOO_LARGE(DropReason.TOO_LARGE),
        /** Sealed with another key, or damaged. */
        NOT_AUTHENTIC(DropReason.NOT_AUTHENTIC),
        /** Authentic, but its sender did not encrypt correctly. */
        BAD_PADDING(DropReason.BAD_PADDING);

        private final @Nullable DropReason reason;

        Opened(@Nullable DropReason reason) {
            this.reason = reason;
        }

        /** The reason to count; must not be asked of {@link #OK}. */
        public DropReason reason() {
            if (reason == null) throw new IllegalStateException("nothing was dropped");
            return reason;
        }
    }

    private final CryptoConfig config;
    private final RandomGenerator ivSource;
    private final @Nullable Encryption encryption;
    private final @Nullable Authentication authentication;
    private final byte[] iv = new byte[IV_BYTES];
    private boolean closed;

    private FrameCipher(CryptoConfig config, byte[] key, RandomGenerator ivSource) throws GeneralSecurityException {
        this.config = config;
        this.ivSource = ivSource;
        this.encryption = config.cipher() == CryptoConfig.Cipher.NONE ? null : new Encryption(config.cipher(), key);
        this.authentication = config.hash() == CryptoConfig.Hash.NONE ? null : new Authentication(config.hash(), key);
    }

    /**
     * A cipher for {@code config}.
     *
     * @param key 128 to 4096 bytes, copied; not looked at if crypto is off
     * @param ivSource draws 16 bytes for each sealed frame; should be cryptographically strong, see {@link PooledRandom}
     * @throws IllegalArgumentException if the key is too short or too long
     * @throws IllegalStateException if this Java runtime lacks an algorithm
     */
    public static FrameCipher of(CryptoConfig config, byte[] key, RandomGenerator ivSource) {
        if (config.isOn() && (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES))
            throw new IllegalArgumentException("a key of " + key.length + " bytes is not in " + MIN_KEY_BYTES + ".."
                    + MAX_KEY_BYTES + "; corosync-keygen makes one of 256 bytes");
        try {
            return new FrameCipher(config, key, ivSource);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot do " + config, e);
        }
    }

    /** What it was made for. */
    public CryptoConfig config() {
        return config;
    }

    /** Length of the datagram that carries a frame of {@code plainBytes}. */
    public int sealedBytes(int plainBytes) {
        int body = encryption == null
                ? plainBytes
                : IV_BYTES + plainBytes + BLOCK_BYTES - Math.floorMod(plainBytes, BLOCK_BYTES);
        return body + digestBytes();
    }

    /**
     * The data MTU of a path: how much of a message may go into one frame so that the datagram has at most {@code udpPayloadBytes}.
     * Counts 26 bytes for the header although data frames need only 14. 0 if nothing fits.
     */
    public int maxDataBytes(int udpPayloadBytes) {
        int frame = udpPayloadBytes - digestBytes();
        if (encryption != null) {
            frame -= IV_BYTES;
            frame -= Math.floorMod(frame, BLOCK_BYTES) + 1;
        }
        return Math.max(0, frame - KnetFrames.PING_BYTES);
    }

    /** Room that {@link #open} needs in its output for a datagram of this length. */
    public int openBytes(int datagramBytes) {
        return Math.max(0, datagramBytes - digestBytes() - (encryption == null ? 0 : IV_BYTES));
    }

    /** The largest sealed frame there can be, in bytes. */
    public int maxSealedBytes() {
        return sealedBytes(KnetFrames.MAX_PLAIN_BYTES);
    }

    /**
     * Seals the frame between position and limit of {@code plain}; both positions are moved behind what was read and written. The two
     * buffers must not share memory. Buffers with an accessible array are worked on in place.
     *
     * @throws IllegalArgumentException if {@code out} has room for less than {@link #sealedBytes}
     * @throws IllegalStateException after {@link #close}
     */
    public void seal(ByteBuffer plain, ByteBuffer out) {
        checkOpen();
        int plainBytes = plain.remaining();
        int sealedBytes = sealedBytes(plainBytes);
        checkRoom(out, sealedBytes);
        Region in = Region.of(plain);
        Region sealed = Region.in(out, sealedBytes);
        try {
            int body;
            if (encryption == null) {
                System.arraycopy(in.array(), in.offset(), sealed.array(), sealed.offset(), plainBytes);
                body = plainBytes;
            } else {
                ivSource.nextBytes(iv);
                body = encryption.encrypt(iv, in, plainBytes, sealed);
            }
            if (authentication != null) authentication.append(sealed, body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal a frame with " + config, e);
        }
        plain.position(plain.limit());
        sealed.finish(out, sealedBytes);
    }

    /**
     * Opens the datagram between its position and limit, which are left as they are, so that another cipher can be tried. The frame is
     * written at the position of {@code out}, which is moved behind it, only if the result is {@link Opened#OK}. The two buffers must not share memory.
     *
     * @throws IllegalArgumentException if {@code out} has room for less than {@link #openBytes}
     * @throws IllegalStateException after {@link #close}
     */
    public Opened open(ByteBuffer datagram, ByteBuffer out) {
        checkOpen();
        int body = datagram.remaining() - digestBytes();
        if (body < 1) return Opened.TOO_SHORT;
        if (datagram.remaining() > maxSealedBytes()) return Opened.TOO_LARGE;
        int room = openBytes(datagram.remaining());
        checkRoom(out, room);
        Region in = Region.of(datagram);
        try {
            if (authentication != null && !authentication.matches(in, body)) return Opened.NOT_AUTHENTIC;
            if (encryption == null) {
                out.put(in.array(), in.offset(), body);
                return Opened.OK;
            }
            if (body < IV_BYTES + BLOCK_BYTES) return Opened.TOO_SHORT;
            if (body % BLOCK_BYTES != 0) return Opened.BAD_PADDING;
            Region plain = Region.in(out, room);
            int plainBytes = encryption.decrypt(in, body, plain);
            if (plainBytes < 0) return Opened.BAD_PADDING;
            plain.finish(out, plainBytes);
            return Opened.OK;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot open a datagram with " + config, e);
        }
    }

    /** Wipes the keys, here and as far as possible in the JDK's objects. Idempotent. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        if (encryption != null) encryption.wipe();
        if (authentication != null) authentication.wipe();
    }

    /** Whether no key is left in it. */
    boolean isWiped() {
        return (encryption == null || encryption.isWiped()) && (authentication == null || authentication.isWiped());
    }

    private int digestBytes() {
        return config.hash().digestBytes();
    }

    private void checkOpen() {
        if (closed) throw new IllegalStateException("the cipher is closed");
    }

    private static void checkRoom(ByteBuffer out, int needed) {
        if (out.remaining() < needed)
            throw new IllegalArgumentException("room for " + out.remaining() + " bytes, " + needed + " are needed");
    }
}
