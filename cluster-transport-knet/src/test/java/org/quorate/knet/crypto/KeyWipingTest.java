package org.quorate.knet.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;
import org.quorate.knet.HeapSearch;

/**
 * After a configuration has been unloaded, its key is nowhere in the heap any more: not in our objects, and not in the JDK's cipher and HMAC,
 * which are still referenced. Looked for in a dump of all live objects.
 */
class KeyWipingTest {
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
        byte[] complement = HeapSearch.complement(key);
        Arrays.fill(key, (byte) 0);

        int[] open = HeapSearch.copiesInHeap(folder, complement);
        assertThat(open[0]).as("the key while it is open").isPositive();
        assertThat(open[1]).as("HMAC's inner pad while it is open").isPositive();
        cipher.close();
        assertThat(HeapSearch.copiesInHeap(folder, complement)).as("closed").containsExactly(0, 0, 0);
        assertThat(cipher.isWiped()).isTrue(); // also keeps it alive until here
    }
}
