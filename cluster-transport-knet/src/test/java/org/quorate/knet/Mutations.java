package org.quorate.knet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.quorate.testkit.Json;

/** Recorded frames and ways to damage them: cut, extend, flip bits, replace bytes; more often near the start than not. */
public final class Mutations {
    /** Headers end here at the latest. */
    private static final int HEADER_BYTES = 26;

    private final Random random;
    private final List<byte[]> frames = new ArrayList<>();

    /** Draws from {@code random} alone. */
    public Mutations(Random random) {
        this.random = random;
        for (String name : Vectors.NAMES) {
            Vectors vectors = Vectors.load(name);
            for (Json frame : vectors.json().get("frames").items())
                frames.add(vectors.open(frame.get("datagram").hex()));
        }
        for (Json frame : Json.resource("knet/compress.json").get("frames").items())
            frames.add(frame.get("datagram").hex());
        frames.removeIf(frame -> frame.length > 1_500);
        if (frames.size() < 300) throw new AssertionError("only " + frames.size() + " recorded frames");
    }

    /** A recorded frame before encryption; not to be changed. */
    public byte[] frame() {
        return frames.get(random.nextInt(frames.size()));
    }

    /** A damaged copy, which by accident may be as good as the original. */
    public byte[] damage(byte[] original) {
        byte[] bytes = original.clone();
        for (int rounds = 1 + random.nextInt(3); rounds > 0; rounds--) {
            int header = Math.min(HEADER_BYTES, bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(header + 1));
                case 2 -> {
                    int most = random.nextInt(200) == 0 ? 66_000 : 40;
                    bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(most));
                }
                case 3 -> {
                    if (bytes.length > 0) bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                case 4 -> {
                    if (header > 0) bytes[random.nextInt(header)] ^= (byte) (1 << random.nextInt(8));
                }
                default -> {
                    if (header > 0) bytes[random.nextInt(header)] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }
}
