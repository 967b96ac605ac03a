package org.quorate.examples.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.quorate.CryptoConfig;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.knet.crypto.FrameCipher;

/**
 * How many datagrams of one host were sealed with a certain key.
 *
 * @param ours sealed with it
 * @param others sealed otherwise
 */
record SealCount(int ours, int others) {
    private static final int UDP_HEADER = 8;
    private static final int SENDER_AT = 12;
    private static final int DATAGRAMS = 300;

    private SealCount plus(boolean isOurs) {
        return isOurs ? new SealCount(ours + 1, others) : new SealCount(ours, others + 1);
    }

    /** Captures some hundred datagrams on network 0 of a host, its own ones included, and sorts them by sender into {@code seen}; adds nothing if they do not come in time. */
    static void of(
            CorosyncCluster cluster, int host, CryptoConfig crypto, byte[] key, Map<InetAddress, SealCount> seen) {
        Path program = CpgTraffic.compile("capture");
        Path file = cluster.hostFolder(host).resolve("captured");
        String capture = program + " eth0 5405 " + DATAGRAMS + " > " + file;
        CommandResult captured = cluster.in(host, "sh", "-c", capture);
        // Too few came in the time of one command: the traffic may be on the other network for a while. The caller
        // tries again.
        if (captured.exitCode() == CommandResult.OUT_OF_TIME) return;
        captured.outputOrFail(capture);
        try (FrameCipher cipher = FrameCipher.of(crypto, key, new Random(1))) {
            ByteBuffer packets = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            while (packets.hasRemaining()) {
                ByteBuffer ip = packets.slice(packets.position() + 4, packets.getInt(packets.position()))
                        .order(ByteOrder.BIG_ENDIAN);
                packets.position(packets.position() + 4 + ip.remaining());
                byte[] sender = new byte[4];
                ip.get(SENDER_AT, sender);
                int udp = (ip.get(0) & 0xf) * 4;
                int length = Short.toUnsignedInt(ip.getShort(udp + 4)) - UDP_HEADER;
                ByteBuffer datagram = ip.slice(udp + UDP_HEADER, length);
                boolean opens = cipher.open(datagram, ByteBuffer.allocate(length)) == FrameCipher.Opened.OK;
                seen.merge(
                        InetAddress.getByAddress(sender),
                        new SealCount(0, 0).plus(opens),
                        (before, one) -> before.plus(opens));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
