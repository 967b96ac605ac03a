package org.quorate.knet.compress;

import java.util.Arrays;

/** Makes LZO1X: takes the last place where the next four bytes stood before, if it is near enough; see {@link LzoCodec}. */
final class LzoEncoder {
    private static final int HASH_BITS = 13;
    private static final int SHORTEST = 4;
    private static final int NEAR = 2048;
    private static final int FAR = 16_384;
    private static final int FARTHEST = 49_151;
    private static final int END = 0x11;

    /** By hash of four bytes, one more than where they stood last; 0 for never. */
    private final int[] places = new int[1 << HASH_BITS];

    private byte[] in = {};
    private byte[] out = {};
    private int at;

    /** Returns how many bytes of {@code output} were filled, which is at most 70 more than {@code length} and a sixteenth of it. */
    int encode(byte[] data, int from, int length, byte[] output) {
        in = data;
        out = output;
        at = 0;
        Arrays.fill(places, 0);
        int end = from + length;
        int pending = from; // the first byte that is not encoded yet
        int next = from;
        while (next <= end - SHORTEST) {
            int place = places[hash(next)] - 1;
            places[hash(next)] = next + 1;
            if (place < from || next - place > FARTHEST || !startsAlike(place, next)) {
                next += 1 + ((next - pending) >> 6); // hurries through what does not repeat itself
                continue;
            }
            int count = SHORTEST;
            while (next + count < end && in[place + count] == in[next + count]) count++;
            literals(pending, next - pending);
            match(count, next - place);
            next += count;
            pending = next;
        }
        literals(pending, end - pending);
        out[at++] = END;
        out[at++] = 0;
        out[at++] = 0;
        return at;
    }

    private int hash(int place) {
        return (word(place) * 0x9E3779B1) >>> (32 - HASH_BITS);
    }

    private int word(int place) {
        return (in[place] & 0xff) | (in[place + 1] & 0xff) << 8 | (in[place + 2] & 0xff) << 16 | in[place + 3] << 24;
    }

    private boolean startsAlike(int one, int other) {
        return word(one) == word(other);
    }

    private void literals(int from, int count) {
        if (count == 0) return;
        if (at == 0 && count <= 238) out[at++] = (byte) (17 + count);
        else if (count <= 3 && at > 0) out[at - 2] |= (byte) count; // in the match before
        else if (count <= 18) out[at++] = (byte) (count - 3);
        else {
            out[at++] = 0;
            length(count - 18);
        }
        System.arraycopy(in, from, out, at, count);
        at += count;
    }

    private void match(int count, int distance) {
        if (count <= 8 && distance <= NEAR) {
            int back = distance - 1;
            out[at++] = (byte) ((count - 1) << 5 | (back & 7) << 2);
            out[at++] = (byte) (back >> 3);
            return;
        }
        boolean far = distance > FAR;
        int back = far ? distance - FAR : distance - 1;
        int most = far ? 9 : 33;
        int code = far ? 16 | ((back >> 11) & 8) : 32;
        if (count <= most) {
            out[at++] = (byte) (code | (count - 2));
        } else {
            out[at++] = (byte) code;
            length(count - most);
        }
        out[at++] = (byte) (back << 2);
        out[at++] = (byte) (back >> 6);
    }

    private void length(int value) {
        int left = value;
        for (; left > 255; left -= 255) out[at++] = 0;
        out[at++] = (byte) left;
    }
}
