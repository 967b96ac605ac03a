package org.quorate.core.probe;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.LinkConfig;
import org.quorate.spi.LinkProbes;

/**
 * What one member asks of all: to open a window for a joiner, or to close it.
 *
 * <pre>
 *  0  u8        kind     1 open, 2 close
 *  1  16 octets token    names the window
 * 17  ...       only to open: 32 octets key, u32 BE limit in milliseconds, u8 links, and for each of them
 *               u8 link, u16 BE port, u8 4 or 16, the address
 * </pre>
 */
sealed interface ProbeOrder {
    int TOKEN_BYTES = 16;

    /** Names the window. */
    String token();

    /** Let the joiner at these addresses try its links to this member, and try those to it. The key is the reader's, who wipes it. */
    record Open(String token, byte[] key, Duration limit, SortedMap<Integer, InetSocketAddress> joiner)
            implements ProbeOrder {
        /** Takes a copy of the addresses. */
        public Open {
            joiner = Collections.unmodifiableSortedMap(new TreeMap<>(joiner));
        }
    }

    /** That is over. */
    record Close(String token) implements ProbeOrder {}

    /** The octets; those of {@link Open} have the key in them. */
    default byte[] encode() {
        ByteBuffer out =
                ByteBuffer.allocate(1 + TOKEN_BYTES + LinkProbes.Window.KEY_BYTES + 5 + LinkConfig.MAX_LINKS * 20);
        byte[] token = HexFormat.of().parseHex(token());
        if (this instanceof Open open) {
            out.put((byte) 1).put(token).put(open.key).putInt((int) open.limit.toMillis());
            out.put((byte) open.joiner.size());
            open.joiner.forEach((link, address) -> {
                byte[] ip = address.getAddress().getAddress();
                out.put(link.byteValue())
                        .putShort((short) address.getPort())
                        .put((byte) ip.length)
                        .put(ip);
            });
        } else {
            out.put((byte) 2).put(token);
        }
        byte[] all = Arrays.copyOf(out.array(), out.position());
        Arrays.fill(out.array(), (byte) 0);
        return all;
    }

    /** Throws an {@link IllegalArgumentException} with one sentence if {@code octets} are none. */
    static ProbeOrder decode(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        try {
            int kind = in.get();
            byte[] token = new byte[TOKEN_BYTES];
            in.get(token);
            String name = HexFormat.of().formatHex(token);
            ProbeOrder order = kind == 1 ? open(name, in) : new Close(name);
            if (kind != 1 && kind != 2) throw new IllegalArgumentException("an order to probe of kind " + kind);
            if (in.hasRemaining()) throw new IllegalArgumentException("an order to probe that is too long");
            return order;
        } catch (BufferUnderflowException tooShort) {
            throw new IllegalArgumentException("an order to probe that is too short", tooShort);
        } catch (UnknownHostException badLength) {
            throw new IllegalArgumentException("an order to probe with an address of no IP version", badLength);
        }
    }

    private static Open open(String token, ByteBuffer in) throws UnknownHostException {
        byte[] key = new byte[LinkProbes.Window.KEY_BYTES];
        in.get(key);
        long millis = Integer.toUnsignedLong(in.getInt());
        int links = in.get();
        TreeMap<Integer, InetSocketAddress> joiner = new TreeMap<>();
        if (links < 0 || links > LinkConfig.MAX_LINKS)
            throw new IllegalArgumentException("an order to probe " + links + " links");
        for (int i = 0; i < links; i++) {
            int link = in.get();
            int port = Short.toUnsignedInt(in.getShort());
            byte[] ip = new byte[Math.min(16, Byte.toUnsignedInt(in.get()))];
            in.get(ip);
            if (link < 0 || link >= LinkConfig.MAX_LINKS || port == 0)
                throw new IllegalArgumentException("an order to probe link " + link + " at port " + port);
            joiner.put(link, new InetSocketAddress(InetAddress.getByAddress(ip), port));
        }
        return new Open(token, key, Duration.ofMillis(millis), joiner);
    }
}
