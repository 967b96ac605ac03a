package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/** A sealed key is for those that it was sealed for, and whole or nothing. */
class KeyEnvelopeTest {
    @TempDir
    private Path temp;

    private final SecureRandom random = new SecureRandom();
    private final byte[] secret = new byte[256];
    private final NodeFolders folders = new NodeFolders();
    private String apple = "";
    private String pear = "";

    @BeforeEach
    void makeNodes() throws IOException {
        random.nextBytes(secret);
        apple = make("apple");
        pear = make("pear");
        make("plum");
    }

    private String make(String name) throws IOException {
        return folders.make(Files.createDirectory(temp.resolve(name)), name, "");
    }

    @Test
    void everybodyItIsForReadsItAndNobodyElseThoughOfTheSameCluster() {
        byte[] envelope = KeyEnvelope.seal(secret, List.of(apple, pear), random);
        assertThat(KeyEnvelope.open(envelope, temp.resolve("apple"))).isEqualTo(secret);
        assertThat(KeyEnvelope.open(envelope, temp.resolve("pear"))).isEqualTo(secret);
        assertUnusable(envelope, "plum");
    }

    @Test
    void nothingOfTheKeyIsToBeSeen() {
        String envelope = hex(KeyEnvelope.seal(secret, List.of(apple), random));
        for (int at = 0; at + 8 <= secret.length; at++)
            assertThat(envelope).doesNotContain(hex(Arrays.copyOfRange(secret, at, at + 8)));
        assertThat(hex(KeyEnvelope.seal(secret, List.of(apple), random)))
                .as("twice the same key is not the same envelope")
                .isNotEqualTo(envelope);
    }

    @Test
    void anEnvelopeThatWasAlteredOrCutOffIsRefused() {
        byte[] envelope = KeyEnvelope.seal(secret, List.of(apple), random);
        for (int at = envelope.length - 300; at < envelope.length; at += 7) {
            byte[] altered = envelope.clone();
            altered[at] ^= 4;
            assertNotRead(altered);
        }
        for (int length = 0; length < envelope.length; length += 31) assertNotRead(Arrays.copyOf(envelope, length));
    }

    /** Refused, or, where an octet carries no meaning, the key itself: never another one. */
    private void assertNotRead(byte[] envelope) {
        try {
            assertThat(KeyEnvelope.open(envelope, temp.resolve("apple"))).isEqualTo(secret);
        } catch (ClusterException refused) {
            assertThat(refused.reason()).isEqualTo(Reason.KEY_UNUSABLE);
        }
    }

    private void assertUnusable(byte[] envelope, String node) {
        assertThatThrownBy(() -> KeyEnvelope.open(envelope, temp.resolve(node)))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.KEY_UNUSABLE));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
