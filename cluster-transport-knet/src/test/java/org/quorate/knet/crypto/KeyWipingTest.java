package org.quorate.knet.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.BufferedInputStream;
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

        assertThat(copiesInHeap(complement, 0)).as("while it is open").isPositive();
        assertThat(copiesInHeap(complement, 0x36))
                .as("HMAC's inner pad while it is open")
                .isPositive();
        cipher.close();
        for (int mask : new int[] {0, 0x36, 0x5c})
            assertThat(copiesInHeap(complement, mask))
                    .as("xor %x, closed", mask)
                    .isZero();
        assertThat(cipher.isWiped()).isTrue(); // also keeps it alive until here
    }

    /** How often the pattern, given as its complement, is in the heap with each byte xor'ed with {@code mask}. */
    private int copiesInHeap(byte[] complement, int mask) throws IOException {
        Path dump = folder.resolve("heap-" + System.nanoTime() + ".hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);
        int copies = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(dump), 1 << 20)) {
            // random bytes: a mismatch can be taken up at the first byte again
            int matched = 0;
            for (int read = in.read(); read >= 0; read = in.read()) {
                if (~complement[matched] << 24 != (read ^ mask) << 24) matched = 0;
                if (~complement[matched] << 24 == (read ^ mask) << 24) matched++;
                if (matched == complement.length) {
                    copies++;
                    matched = 0;
                }
            }
        } finally {
            Files.delete(dump);
        }
        return copies;
    }
}
