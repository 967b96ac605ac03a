package org.quorate.knet.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;

/**
 * After a configuration has been unloaded, its key is nowhere in the heap any more: not in our objects, and not in the JDK's cipher and HMAC,
 * which are still referenced. Looked for in a dump of all live objects.
 */
class KeyWipingTest {
    /** The key of the cipher, and enough of the HMAC's to know it by. */
    private static final int PATTERN_BYTES = 32;

    /** As it is, and the inner and outer pad of an HMAC. */
    private static final int[] MASKS = {0, 0x36, 0x5c};

    @TempDir
    private Path folder;

    @Test
    void aClosedCipherLeavesNoKeyInTheHeap() throws IOException {
        byte[] key = new byte[128]; // as long as a block of SHA-512, so that the HMAC does not hash it
        new Random().nextBytes(key);
        FrameCipher cipher = FrameCipher.of(new CryptoConfig(Cipher.AES256, Hash.SHA512), key, new Random());
        ByteBuffer datagram = ByteBuffer.allocate(cipher.sealedBytes(50));
        cipher.seal(ByteBuffer.allocate(50), datagram);
        cipher.open(datagram.flip(), ByteBuffer.allocate(200));
        byte[] complement = new byte[PATTERN_BYTES];
        for (int i = 0; i < PATTERN_BYTES; i++) complement[i] = (byte) ~key[i];
        Arrays.fill(key, (byte) 0);

        int[] open = copiesInHeap(complement);
        assertThat(open[0]).as("the key while it is open").isPositive();
        assertThat(open[1]).as("HMAC's inner pad while it is open").isPositive();
        cipher.close();
        assertThat(copiesInHeap(complement)).as("closed").containsExactly(0, 0, 0);
        assertThat(cipher.isWiped()).isTrue(); // also keeps it alive until here
    }

    /** How often the pattern, given as its complement, is in the heap with each byte xor'ed with each of {@link #MASKS}. */
    private int[] copiesInHeap(byte[] complement) throws IOException {
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
