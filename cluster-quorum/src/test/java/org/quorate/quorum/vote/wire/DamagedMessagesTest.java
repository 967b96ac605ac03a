package org.quorate.quorum.vote.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.NodeId;

/** Whatever arrives, reading it answers with a message or a reason; what is read can be written and read again. */
class DamagedMessagesTest {
    private static final long SEED = Long.getLong("quorum.seed", System.nanoTime());
    private static final int ROUNDS = 20_000;

    private static final List<VoteMessage> SAMPLES = List.of(
            new NodeInfo(3, 1, 4, NodeInfo.QUORATE | NodeInfo.WAITING),
            new NodeInfo(NodeInfo.DEVICE, 2, 0, 0),
            new Reconfigure(NodeId.of(7), 5, Reconfigure.What.EXPECTED_VOTES),
            new Reconfigure(NodeId.of(65535), 0, Reconfigure.What.CANCEL_WAIT_FOR_ALL),
            new DeviceRegister(true, "Qdevice"),
            new DeviceRegister(false, "x".repeat(254)),
            new DeviceRename("old", ""));

    @Test
    void whatIsWrittenIsReadAgain() {
        for (VoteMessage sample : SAMPLES)
            assertThat(VoteMessage.decode(sample.function(), sample.encode())).isEqualTo(new Decoded.Ok(sample));
    }

    @Test
    void bodiesHaveTheSizesOfTheProtocol() {
        assertThat(SAMPLES.stream().map(m -> m.encode().length)).containsExactly(16, 16, 16, 16, 264, 264, 512);
    }

    @Test
    void damageIsReportedAndNeverThrown() {
        System.out.println("replay with -Dquorum.seed=" + SEED);
        Random random = new Random(SEED);
        Set<DropReason> seen = EnumSet.noneOf(DropReason.class);
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            VoteMessage sample = SAMPLES.get(random.nextInt(SAMPLES.size()));
            byte[] body = sample.encode();
            switch (random.nextInt(4)) {
                case 0 -> body = Arrays.copyOf(body, random.nextInt(body.length));
                case 1 -> body = Arrays.copyOf(body, body.length + 1 + random.nextInt(64));
                case 2 -> body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
                default -> random.nextBytes(body);
            }
            int function = random.nextInt(10) == 0 ? random.nextInt(65536) : sample.function();
            Decoded decoded = VoteMessage.decode(function, body);
            if (decoded instanceof Decoded.Malformed malformed) seen.add(malformed.reason());
            if (decoded instanceof Decoded.Ok ok) {
                understood++;
                assertThat(VoteMessage.decode(function, ok.message().encode())).isEqualTo(decoded);
            }
        }
        assertThat(understood).isPositive();
        assertThat(seen).contains(DropReason.UNKNOWN_FUNCTION, DropReason.WRONG_SIZE, DropReason.OUT_OF_RANGE);
    }

    @Test
    void aNameThatDoesNotEndIsRefused() {
        byte[] body = new DeviceRegister(true, "a").encode();
        Arrays.fill(body, 4, body.length, (byte) 'a');
        assertThat(VoteMessage.decode(DeviceRegister.FUNCTION, body))
                .isEqualTo(new Decoded.Malformed(DropReason.UNTERMINATED_NAME, "device register"));
        byte[] rename = new DeviceRename("a", "b").encode();
        Arrays.fill(rename, 255, rename.length, (byte) 'b');
        assertThat(VoteMessage.decode(DeviceRename.FUNCTION, rename))
                .isEqualTo(new Decoded.Malformed(DropReason.UNTERMINATED_NAME, "device rename"));
    }

    @Test
    void aNumberOfANewerVersionIsRefused() {
        assertThat(VoteMessage.decode(4, new byte[16]))
                .isEqualTo(new Decoded.Malformed(DropReason.UNKNOWN_FUNCTION, "function 4"));
    }

    @Test
    void aNameThatDoesNotFitCannotBeWritten() {
        assertThatThrownBy(() -> new DeviceRegister(true, "x".repeat(255)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("254");
        assertThatThrownBy(() -> new DeviceRename("a\0b", "c")).isInstanceOf(IllegalArgumentException.class);
    }
}
