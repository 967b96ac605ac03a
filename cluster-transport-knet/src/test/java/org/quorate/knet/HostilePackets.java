package org.quorate.knet;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.quorate.CompressionConfig;
import org.quorate.CompressionConfig.Model;
import org.quorate.knet.compress.CompressionModel;
import org.quorate.knet.compress.Compressor;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;
import org.quorate.knet.wire.KnetFrames;

/**
 * What a sender who knows the protocol and means harm would send: recorded frames, damaged; fragments of messages, compressed by every
 * model, out of order, too many, too few, contradicting each other; bombs; control frames of every kind; noise. Frames before encryption.
 */
public final class HostilePackets {
    /** Sources of all frames but those with a damaged one. */
    public static final int SOURCES = 3;

    private static final int LONGEST = 65_536;

    private final Random random;
    private final Mutations recorded;
    private final long sessionTag;
    private final List<Whole> messages = new ArrayList<>();
    private final Deque<byte[]> planned = new ArrayDeque<>();
    private final int[] sequence = new int[SOURCES + 1];

    /** A message as it travels. */
    private record Whole(int model, byte[] bytes) {}

    /** Draws from {@code random} alone; {@code sessionTag} is that of the pings that pongs pretend to answer. */
    public HostilePackets(Random random, long sessionTag) {
        this.random = random;
        this.recorded = new Mutations(random);
        this.sessionTag = sessionTag;
        for (Model model : Model.values()) {
            for (int length : new int[] {1, 101, 300, 1500, 9000, 30_000, LONGEST})
                messages.add(message(model, length));
        }
        for (Model model : Model.values()) messages.add(new Whole(number(model), bomb()));
    }

    /** The first byte of each message that is not damaged is its model. */
    private static Whole message(Model model, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte) ((i / 5 + i / 77) % 11);
        bytes[0] = (byte) number(model);
        if (model == Model.NONE) return new Whole(0, bytes);
        try (Compressor compressor = new Compressor(new CompressionConfig(model, 1, model == Model.BZIP2 ? 9 : 0))) {
            return new Whole(number(model), Vectors.bytes(compressor.compress(ByteBuffer.wrap(bytes))));
        }
    }

    private static int number(Model model) {
        return CompressionModel.valueOf(model.name()).number();
    }

    private static byte[] bomb() {
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[20_000_000]);
        deflater.finish();
        byte[] out = new byte[60_000];
        int length = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, length);
    }

    /** The next frame; may be anything. */
    public byte[] next() {
        while (planned.isEmpty()) plan();
        return planned.remove();
    }

    /** Damages what may be a frame or a sealed datagram. */
    public byte[] damage(byte[] bytes) {
        return recorded.damage(bytes);
    }

    private void plan() {
        int kind = random.nextInt(20);
        if (kind < 8) planned.add(recording());
        else if (kind < 10) planned.add(encode(control()));
        else if (kind < 11) planned.add(noise());
        else planMessage();
    }

    private byte[] recording() {
        byte[] frame = recorded.frame();
        return random.nextInt(8) == 0 ? frame : recorded.damage(frame);
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(100)];
        random.nextBytes(noise);
        if (noise.length > 0) noise[0] = 1;
        return noise;
    }

    private KnetFrame control() {
        int source = source();
        int link = random.nextInt(2);
        int number = random.nextBoolean() ? random.nextInt(3) : random.nextInt(0x10000);
        long tag = random.nextBoolean() ? sessionTag : random.nextLong();
        long time = random.nextInt(4) == 0 ? random.nextLong() : Math.abs(random.nextLong() % 100_000_000_000L);
        return switch (random.nextInt(8)) {
            case 0, 1 -> new PongFrame(source, link, tag, time, number, random.nextBoolean());
            case 2 ->
                new PmtudFrame(
                        source, link, random.nextInt(0x10000), KnetFrames.PMTUD_HEADER_BYTES + random.nextInt(3000));
            case 3 -> new PmtudReplyFrame(source, link, random.nextInt(0x10000));
            default -> new PingFrame(source, link, tag, time, number, random.nextInt(3) > 0);
        };
    }

    private int source() {
        return 1 + random.nextInt(SOURCES);
    }

    /** The fragments of one message, some missing, some twice, in some order, some damaged. */
    private void planMessage() {
        Whole whole = messages.get(random.nextInt(messages.size()));
        byte[] bytes = whole.bytes();
        if (random.nextInt(3) == 0) bytes = recorded.damage(bytes);
        if (bytes.length == 0 || bytes.length > LONGEST) return;
        int source = source();
        int number = number(source);
        int size = Math.max(
                (bytes.length + 253) / 254, random.nextInt(4) == 0 ? 1 + random.nextInt(500) : bytes.length / 3 + 1);
        int fragments = (bytes.length + size - 1) / size;
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < fragments; i++) {
            if (random.nextInt(300) == 0) continue;
            int end = Math.min(bytes.length, (i + 1) * size);
            byte[] frame = encode(new DataFrame(
                    source,
                    number,
                    whole.model(),
                    true,
                    fragments,
                    fragments == 1 ? 0 : i + 1,
                    0,
                    ByteBuffer.wrap(bytes, i * size, end - i * size)));
            if (random.nextInt(40) == 0) frame = recorded.damage(frame);
            frames.add(frame);
            if (random.nextInt(40) == 0) frames.add(frame.clone());
        }
        if (random.nextInt(4) == 0) Collections.shuffle(frames, random);
        planned.addAll(frames.subList(0, random.nextInt(6) == 0 ? frames.size() / 2 : frames.size()));
        if (planned.isEmpty()) planned.add(noise());
    }

    private int number(int source) {
        int step = random.nextInt(50) == 0 ? random.nextInt(10_000) - 5000 : random.nextInt(10) == 0 ? 0 : 1;
        sequence[source] = Math.floorMod(sequence[source] + step, 0x10000);
        if (sequence[source] == 0) sequence[source] = 1;
        return sequence[source];
    }

    private static byte[] encode(KnetFrame frame) {
        ByteBuffer out = ByteBuffer.allocate(frame.encodedBytes());
        frame.encode(out);
        return out.array();
    }
}
