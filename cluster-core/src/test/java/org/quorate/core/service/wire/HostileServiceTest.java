package org.quorate.core.service.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.quorate.core.service.wire.CfgMessage.CryptoPhase;
import org.quorate.core.service.wire.CfgMessage.KillNode;
import org.quorate.core.service.wire.CfgMessage.Reload;
import org.quorate.core.service.wire.CfgMessage.RingReenable;
import org.quorate.core.service.wire.CfgMessage.Shutdown;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/** Messages of cmap and cfg that cannot be right, and those of newer or other-endian nodes. */
class HostileServiceTest {
    private static final byte[] VERSION_7 =
            new ConfigVersionMessage(ConfigVersionMessage.SYNC, OptionalLong.of(7)).encode();

    @Test
    void aServiceNumberOf64OrMoreIsRefused() {
        byte[] message = new Shutdown().encode();
        assertThat(header(with32(message, 0, 63 << 16 | 0xFFFF)))
                .isEqualTo(Parsed.ok(new ServiceHeader(63, 0xFFFF, 16)));
        assertThat(header(with32(message, 0, 64 << 16))).isEqualTo(bad(DropReason.SERVICE_NUMBER));
        assertThat(header(with32(message, 0, -1))).isEqualTo(bad(DropReason.SERVICE_NUMBER));
    }

    @Test
    void aHeaderThatIsCutOrClaimsMoreThanThereIsIsRefused() {
        byte[] message = new Shutdown().encode();
        for (int bytes = 0; bytes < 16; bytes++) {
            assertThat(header(Arrays.copyOf(message, bytes))).isEqualTo(bad(DropReason.MESSAGE_SHORT));
        }
        for (int size : new int[] {0, 15, 17, -1, Integer.MAX_VALUE}) {
            assertThat(header(with32(message, 8, size))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
        }
    }

    @Test
    void messagesHaveTheSizesOfCorosync() {
        assertThat(VERSION_7).hasSize(336);
        assertThat(new ConfigVersionMessage(1, OptionalLong.empty()).encode()).hasSize(328);
        assertThat(new RingReenable(1, 2).encode()).hasSize(32);
        assertThat(new KillNode(1, "why").encode()).hasSize(288);
        assertThat(new Shutdown().encode()).hasSize(16);
        assertThat(new Reload(1, 2).encode()).hasSize(32);
        assertThat(new CryptoPhase(1).encode()).hasSize(24);
    }

    @Test
    void anUnknownFunctionOfCfgOrOfCmapIsRefused() {
        assertThat(cfg(with32(new Shutdown().encode(), 0, ServiceHeader.id(ServiceHeader.CFG, 5))))
                .isEqualTo(bad(DropReason.SERVICE_FUNCTION));
        assertThat(cfg(VERSION_7)).isEqualTo(bad(DropReason.SERVICE_FUNCTION));
        assertThat(version(new Shutdown().encode())).isEqualTo(bad(DropReason.SERVICE_FUNCTION));
        assertThat(version(with32(VERSION_7, 0, 1))).isEqualTo(bad(DropReason.SERVICE_FUNCTION));
    }

    @Test
    void everyCfgMessageShorterThanItsKindIsRefused() {
        for (CfgMessage message :
                new CfgMessage[] {new RingReenable(1, 2), new KillNode(1, "why"), new Reload(1, 2), new CryptoPhase(1)
                }) {
            byte[] octets = message.encode();
            assertThat(cfg(octets)).isEqualTo(Parsed.ok(message));
            for (int bytes = 16; bytes < octets.length; bytes++) {
                assertThat(cfg(with32(Arrays.copyOf(octets, bytes), 8, bytes))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
            }
            assertThat(cfg(Arrays.copyOf(octets, octets.length + 9))).isEqualTo(Parsed.ok(message));
        }
    }

    @Test
    void aKillsTextEndsAtItsLengthOrItsFirstZero() {
        byte[] kill = new KillNode(3, "Killed").encode();
        assertThat(kill[24]).isEqualTo((byte) 7);
        Arrays.fill(kill, 39, 288, (byte) 'x');
        assertThat(cfg(kill)).isEqualTo(Parsed.ok(new KillNode(3, "Killed")));
        kill[24] = 4;
        assertThat(cfg(kill)).isEqualTo(Parsed.ok(new KillNode(3, "Kill")));
        kill[24] = 0;
        assertThat(cfg(kill)).isEqualTo(Parsed.ok(new KillNode(3, "")));
    }

    @Test
    void aKillsTextWithoutEndIsCutAndOneBeyondItsFieldRefused() {
        byte[] kill = new KillNode(3, "x".repeat(255)).encode();
        assertThat(cfg(kill)).isEqualTo(Parsed.ok(new KillNode(3, "x".repeat(255))));
        kill[287] = 'x';
        assertThat(cfg(kill)).isEqualTo(Parsed.ok(new KillNode(3, "x".repeat(255))));
        kill[24] = 1;
        assertThat(kill[25]).isEqualTo((byte) 1);
        assertThat(cfg(kill)).isEqualTo(bad(DropReason.CFG_TEXT));
        assertThatThrownBy(() -> new KillNode(3, "x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKillsTextThatIsNoUtf8IsReadAsFarAsItFits() {
        byte[] kill = new KillNode(3, "xx").encode();
        kill[32] = (byte) 0xFF;
        assertThat(cfg(kill)).isEqualTo(Parsed.ok(new KillNode(3, "\uFFFDx")));
        byte[] full = new KillNode(3, "x".repeat(255)).encode();
        Arrays.fill(full, 32, 287, (byte) 0xFF);
        assertThat(cfg(full)).isEqualTo(bad(DropReason.CFG_TEXT));
    }

    @Test
    void onlyAKillExistsInBigEndian() {
        byte[] kill = new KillNode(3, "Killed").encode();
        ByteBuffer.wrap(kill)
                .order(BIG_ENDIAN)
                .putInt(0, 0x10001)
                .putInt(8, 288)
                .putInt(16, 3)
                .putShort(24, (short) 7);
        assertThat(CfgMessage.decode(ByteBuffer.wrap(kill), false)).isEqualTo(Parsed.ok(new KillNode(3, "Killed")));
        byte[] reload = new Reload(1, 2).encode();
        ByteBuffer.wrap(reload).order(BIG_ENDIAN).putInt(0, 0x10003).putInt(8, 32);
        assertThat(CfgMessage.decode(ByteBuffer.wrap(reload), false)).isEqualTo(bad(DropReason.MESSAGE_BYTE_ORDER));
    }

    @Test
    void aVersionIsFoundBehindOtherKeysAndOtherTypesDoNotCount() {
        byte[] two = Arrays.copyOf(VERSION_7, 336 + 280 + 8);
        System.arraycopy(VERSION_7, 48, two, 336, 288);
        two[24] = 2;
        two[48 + 8] = 'T';
        two[48 + 280] = 9;
        assertThat(version(with32(two, 8, two.length)))
                .isEqualTo(Parsed.ok(new ConfigVersionMessage(0, OptionalLong.of(7))));
        byte[] text = VERSION_7.clone();
        text[48 + 264] = 11;
        assertThat(version(text)).isEqualTo(Parsed.ok(new ConfigVersionMessage(0, OptionalLong.empty())));
    }

    @Test
    void moreItemsThan32OrThanFitAreRefused() {
        byte[] message = VERSION_7.clone();
        message[24] = 0;
        assertThat(version(message)).isEqualTo(Parsed.ok(new ConfigVersionMessage(0, OptionalLong.empty())));
        for (int count : new int[] {2, 32, 33, 255}) {
            message[24] = (byte) count;
            assertThat(version(message)).isEqualTo(bad(DropReason.CMAP_ITEM));
        }
    }

    @Test
    void anItemWhoseKeyOrValueIsLongerThanItsFieldIsRefused() {
        byte[] key = VERSION_7.clone();
        ByteBuffer.wrap(key).order(LITTLE_ENDIAN).putShort(48, (short) 257);
        assertThat(version(key)).isEqualTo(bad(DropReason.CMAP_ITEM));
        for (long length : new long[] {9, Long.MAX_VALUE, -1, Long.MIN_VALUE, 0x1_0000_0000L}) {
            byte[] value = VERSION_7.clone();
            ByteBuffer.wrap(value).order(LITTLE_ENDIAN).putLong(48 + 272, length);
            assertThat(version(value)).isEqualTo(bad(DropReason.CMAP_ITEM));
        }
    }

    @Test
    void aVersionMessageWithoutRoomForItsCountIsRefused() {
        assertThat(version(with32(Arrays.copyOf(VERSION_7, 47), 8, 47))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
    }

    @Test
    void aBigEndianNodesVersionIsRead() {
        ByteBuffer big = ByteBuffer.allocate(336).order(BIG_ENDIAN);
        big.putInt(8, 336).put(16, (byte) 1).put(24, (byte) 1).putShort(48, (short) 20);
        big.put(56, "totem.config_version".getBytes(StandardCharsets.US_ASCII));
        big.put(312, (byte) 8).putLong(320, 8).putLong(328, 0x0102L);
        assertThat(ConfigVersionMessage.decode(big, false))
                .isEqualTo(Parsed.ok(new ConfigVersionMessage(1, OptionalLong.of(0x0102))));
    }

    private static Parsed<ServiceHeader> header(byte[] message) {
        return ServiceHeader.decode(ByteBuffer.wrap(message), true);
    }

    private static Parsed<CfgMessage> cfg(byte[] message) {
        return CfgMessage.decode(ByteBuffer.wrap(message), true);
    }

    private static Parsed<ConfigVersionMessage> version(byte[] message) {
        return ConfigVersionMessage.decode(ByteBuffer.wrap(message), true);
    }

    private static <T> Parsed<T> bad(DropReason reason) {
        return Parsed.malformed(reason);
    }

    private static byte[] with32(byte[] message, int at, int value) {
        byte[] copy = message.clone();
        ByteBuffer.wrap(copy).order(LITTLE_ENDIAN).putInt(at, value);
        return copy;
    }
}
