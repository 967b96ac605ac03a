package org.quorate.knet;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks for keys in a dump of all live objects: as they are, and as the inner and outer pad of an HMAC. */
public final class HeapSearch {
    /** How much of a key is looked for: the key of the cipher, and enough of the HMAC's to know it by. */
    public static final int PATTERN_BYTES = 32;

    private static final int[] MASKS = {0, 0x36, 0x5c};

    private HeapSearch() {}

    /** What to look for, in a form in which it is not found itself. */
    public static byte[] complement(byte[] key) {
        byte[] complement = new byte[PATTERN_BYTES];
        for (int i = 0; i < PATTERN_BYTES; i++) complement[i] = (byte) ~key[i];
        return complement;
    }

    /** How often the pattern, given as its complement, is in the heap with each byte xor'ed with each of {@link #MASKS}. */
    public static int[] copiesInHeap(Path folder, byte[] complement) throws IOException {
        Path dump = folder.resolve("heap-" + System.nanoTime() + ".hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);
        int[] copies = new int[MASKS.length];
        byte[] chunk = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(dump)) {
            int kept = 0; // so that a key across the border of two chunks is found
            for (int read = in.read(chunk); read > 0; read = in.read(chunk, kept, chunk.length - kept)) {
                int length = kept + read;
                for (int i = 0; i + PATTERN_BYTES <= length; i++)
                    for (int m = 0; m < MASKS.length; m++) if (matches(chunk, i, complement, MASKS[m])) copies[m]++;
                kept = Math.min(length, PATTERN_BYTES - 1);
                System.arraycopy(chunk, length - kept, chunk, 0, kept);
            }
        } finally {
            Files.delete(dump);
        }
        return copies;
    }

    private static boolean matches(byte[] chunk, int from, byte[] complement, int mask) {
        for (int i = 0; i < PATTERN_BYTES; i++)
            if ((byte) (chunk[from + i] ^ mask) != (byte) ~complement[i]) return false;
        return true;
    }
}
