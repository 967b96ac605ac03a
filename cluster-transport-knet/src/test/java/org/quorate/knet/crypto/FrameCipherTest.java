package org.quorate.knet.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;
import org.quorate.knet.Ciphers;
import org.quorate.knet.Vectors;
import org.quorate.knet.crypto.FrameCipher.Opened;
import org.quorate.knet.wire.KnetFrames;

/** What is sealed opens, what was touched does not, nothing bad throws, and no key stays behind. */
class FrameCipherTest {
    private static final CryptoConfig AES256_SHA256 = CryptoConfig.DEFAULT;
    private final Random random = new Random(7);

    @Test
    void everyConfigurationOpensWhatItSealed() {
        int checked = 0;
        for (CryptoConfig config : Ciphers.configurations()) {
            try (FrameCipher cipher = Ciphers.of(config, random)) {
                for (int length = 1; length <= 70; length++) {
                    byte[] plain = Ciphers.key(length, length);
                    byte[] datagram = seal(cipher, plain);
                    assertThat(datagram).hasSize(cipher.sealedBytes(length));
                    assertThat(open(cipher, datagram)).isEqualTo(plain);
                    checked++;
                }
            }
        }
        assertThat(checked).isEqualTo(21 * 70);
    }

    @Test
    void sealedLengthsAreThoseOfTheProtocol() {
        assertThat(sizes(AES256_SHA256, 26, 9)).containsExactly(80, 64);
        assertThat(sizes(CryptoConfig.NONE, 26, 1)).containsExactly(26, 1);
        assertThat(sizes(new CryptoConfig(Cipher.NONE, Hash.SHA512), 26)).containsExactly(90);
        // whole blocks get a block of padding
        assertThat(sizes(new CryptoConfig(Cipher.AES128, Hash.MD5), 15, 16, 17)).containsExactly(48, 64, 64);
    }

    @Test
    void dataMtusAreThoseThatCorosyncReports() {
        assertThat(dataMtu(CryptoConfig.NONE, 1472, 508)).containsExactly(1446, 482);
        assertThat(dataMtu(AES256_SHA256, 1472, 508, 8972)).containsExactly(1397, 421, 8885);
        assertThat(dataMtu(new CryptoConfig(Cipher.NONE, Hash.SHA512), 1472, 508))
                .containsExactly(1382, 418);
        assertThat(dataMtu(new CryptoConfig(Cipher.AES128, Hash.MD5), 1472, 508))
                .containsExactly(1413, 437);
        assertThat(dataMtu(new CryptoConfig(Cipher.AES192, Hash.SHA384), 1472, 508))
                .containsExactly(1381, 405);
        assertThat(dataMtu(AES256_SHA256, 0, 47, 79, 80)).containsExactly(0, 0, 0, 5);
    }

    @Test
    void theRoomAskedForIsEnoughAndLessIsRefused() {
        try (FrameCipher cipher = Ciphers.of(AES256_SHA256, random)) {
            ByteBuffer plain = ByteBuffer.wrap(new byte[26]);
            assertThatThrownBy(() -> cipher.seal(plain, ByteBuffer.allocate(79)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("79")
                    .hasMessageContaining("80");
            ByteBuffer datagram = ByteBuffer.allocate(80);
            cipher.seal(plain, datagram);
            datagram.flip();
            assertThat(cipher.openBytes(80)).isEqualTo(32);
            assertThatThrownBy(() -> cipher.open(datagram, ByteBuffer.allocate(31)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(cipher.open(datagram, ByteBuffer.allocate(32))).isEqualTo(Opened.OK);
            assertThat(cipher.maxSealedBytes()).isEqualTo(16 + 65_568 + 32);
        }
    }

    @Test
    void everyKindOfBufferAndOffsetWillDo() {
        byte[] content = Ciphers.key(100, 3);
        for (CryptoConfig config : Ciphers.configurations()) {
            try (FrameCipher cipher = Ciphers.of(config, random)) {
                for (Place place : Place.values()) {
                    ByteBuffer plain = place.holding(content);
                    if (place == Place.READ_ONLY) plain = plain.asReadOnlyBuffer();
                    ByteBuffer out = place.room(cipher.sealedBytes(100));
                    int start = out.position();
                    cipher.seal(plain, out);
                    assertThat(plain.hasRemaining()).isFalse();
                    assertThat(out.position() - start).isEqualTo(cipher.sealedBytes(100));
                    ByteBuffer datagram = out.flip().position(start);
                    if (place == Place.READ_ONLY) datagram = datagram.asReadOnlyBuffer();
                    ByteBuffer opened = place.room(cipher.openBytes(datagram.remaining()));
                    int from = opened.position();
                    assertThat(cipher.open(datagram, opened)).isEqualTo(Opened.OK);
                    assertThat(datagram.position()).as("left as it was").isEqualTo(start);
                    assertThat(Vectors.bytes(opened.flip().position(from))).isEqualTo(content);
                }
            }
        }
    }

    @Test
    void noBitCanBeFlippedUnnoticed() {
        for (CryptoConfig config : Ciphers.configurations()) {
            if (!config.isOn()) continue;
            try (FrameCipher cipher = Ciphers.of(config, random)) {
                byte[] datagram = seal(cipher, new byte[20]);
                for (int bit = 0; bit < datagram.length * 8; bit++) {
                    datagram[bit / 8] ^= (byte) (1 << bit % 8);
                    ByteBuffer out = ByteBuffer.allocate(100);
                    assertThat(cipher.open(ByteBuffer.wrap(datagram), out)).isEqualTo(Opened.NOT_AUTHENTIC);
                    assertThat(out.position()).isZero();
                    datagram[bit / 8] ^= (byte) (1 << bit % 8);
                }
            }
        }
    }

    @Test
    void everyByteOfTheKeyCounts() {
        byte[] key = Ciphers.key(256, 1);
        try (FrameCipher sender = FrameCipher.of(AES256_SHA256, key, random)) {
            byte[] datagram = seal(sender, new byte[20]);
            for (int i : new int[] {0, 31, 32, 128, 255}) {
                byte[] other = key.clone();
                other[i] ^= 1;
                try (FrameCipher receiver = FrameCipher.of(AES256_SHA256, other, random)) {
                    assertThat(receiver.open(ByteBuffer.wrap(datagram), ByteBuffer.allocate(100)))
                            .isEqualTo(Opened.NOT_AUTHENTIC);
                }
            }
        }
    }

    @Test
    void keysOfOtherLengthsAreRefused() {
        for (int bytes : new int[] {0, 127, 4097})
            assertThatThrownBy(() -> FrameCipher.of(AES256_SHA256, new byte[bytes], random))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bytes + " bytes");
        for (int bytes : new int[] {128, 4096}) {
            try (FrameCipher cipher = FrameCipher.of(AES256_SHA256, Ciphers.key(bytes, 1), random)) {
                assertThat(open(cipher, seal(cipher, new byte[5]))).hasSize(5);
            }
        }
        try (FrameCipher clear = FrameCipher.of(CryptoConfig.NONE, new byte[0], random)) {
            assertThat(seal(clear, new byte[] {1, 2})).containsExactly(1, 2);
        }
    }

    @Test
    void datagramsTooShortToHoldAFrameAreRefused() {
        for (CryptoConfig config : Ciphers.configurations()) {
            int overhead = config.hash().digestBytes();
            try (FrameCipher cipher = Ciphers.of(config, random)) {
                for (int length = 0; length <= overhead; length++)
                    assertThat(cipher.open(ByteBuffer.allocate(length), ByteBuffer.allocate(100)))
                            .isEqualTo(Opened.TOO_SHORT);
            }
        }
    }

    @Test
    void datagramsLongerThanTheLargestFrameAreRefused() {
        for (CryptoConfig config : Ciphers.configurations()) {
            try (FrameCipher cipher = Ciphers.of(config, random)) {
                ByteBuffer room = ByteBuffer.allocate(cipher.openBytes(cipher.maxSealedBytes()));
                byte[] largest = seal(cipher, new byte[KnetFrames.MAX_PLAIN_BYTES]);
                assertThat(largest).hasSize(cipher.maxSealedBytes());
                assertThat(cipher.open(ByteBuffer.wrap(largest), room)).isEqualTo(Opened.OK);
                assertThat(cipher.open(ByteBuffer.allocate(largest.length + 1), room.clear()))
                        .isEqualTo(Opened.TOO_LARGE);
            }
        }
    }

    @Test
    void anAuthenticDatagramWithoutWholeBlocksIsRefused() throws GeneralSecurityException {
        try (FrameCipher cipher = Ciphers.of(AES256_SHA256, random)) {
            for (int body = 1; body <= 80; body++) {
                byte[] datagram = authenticate(new byte[body]);
                Opened expected = body < 32 ? Opened.TOO_SHORT : Opened.BAD_PADDING;
                if (body < 32 || body % 16 != 0)
                    assertThat(cipher.open(ByteBuffer.wrap(datagram), ByteBuffer.allocate(100)))
                            .isEqualTo(expected);
            }
        }
    }

    @Test
    void anAuthenticDatagramWithBadPaddingIsRefused() throws GeneralSecurityException {
        try (FrameCipher cipher = Ciphers.of(AES256_SHA256, random)) {
            byte[] good = new byte[32];
            Arrays.fill(good, 29, 32, (byte) 3);
            assertThat(openPadded(cipher, good)).isEqualTo(Opened.OK);
            for (int padding : new int[] {0, 17, 32, 127, 255}) {
                byte[] bad = new byte[32];
                Arrays.fill(bad, (byte) padding);
                assertThat(openPadded(cipher, bad)).isEqualTo(Opened.BAD_PADDING);
            }
            byte[] uneven = good.clone();
            uneven[30] = 2;
            assertThat(openPadded(cipher, uneven)).isEqualTo(Opened.BAD_PADDING);
        }
    }

    @Test
    void aDatagramOfPaddingAloneIsAnEmptyFrame() throws GeneralSecurityException {
        byte[] padding = new byte[16];
        Arrays.fill(padding, (byte) 16);
        try (FrameCipher cipher = Ciphers.of(AES256_SHA256, random)) {
            ByteBuffer out = ByteBuffer.allocate(16);
            assertThat(cipher.open(ByteBuffer.wrap(authenticate(encrypt(padding))), out))
                    .isEqualTo(Opened.OK);
            assertThat(out.position()).isZero();
        }
    }

    @Test
    void aRefusalNamesTheReasonToCountAndSuccessHasNone() {
        for (Opened opened : Opened.values())
            if (opened != Opened.OK) assertThat(opened.reason().name()).isEqualTo(opened.name());
        assertThatThrownBy(Opened.OK::reason).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyFrameHasItsOwnInitialisationVector() {
        try (FrameCipher cipher = Ciphers.of(AES256_SHA256, random)) {
            byte[] first = seal(cipher, new byte[20]);
            byte[] second = seal(cipher, new byte[20]);
            assertThat(Arrays.copyOf(first, 16)).isNotEqualTo(Arrays.copyOf(second, 16));
            assertThat(Arrays.copyOfRange(first, 16, 48)).isNotEqualTo(Arrays.copyOfRange(second, 16, 48));
        }
    }

    @Test
    void closingWipesTheKeysAndEndsItsUse() {
        for (CryptoConfig config : Ciphers.configurations()) {
            byte[] key = Ciphers.key(256, 1);
            FrameCipher cipher = FrameCipher.of(config, key, random);
            assertThat(cipher.isWiped()).isEqualTo(!config.isOn());
            cipher.close();
            cipher.close();
            assertThat(cipher.isWiped()).isTrue();
            assertThat(key).as("the caller's own").isEqualTo(Ciphers.key(256, 1));
            assertThatThrownBy(() -> seal(cipher, new byte[5])).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> open(cipher, new byte[200])).isInstanceOf(IllegalStateException.class);
        }
    }

    private Opened openPadded(FrameCipher cipher, byte[] padded) throws GeneralSecurityException {
        return cipher.open(ByteBuffer.wrap(authenticate(encrypt(padded))), ByteBuffer.allocate(100));
    }

    /** IV and cipher text of these blocks, without further padding. */
    private static byte[] encrypt(byte[] blocks) throws GeneralSecurityException {
        javax.crypto.Cipher cipher = javax.crypto.Cipher.getInstance("AES/CBC/NoPadding");
        SecretKeySpec key = new SecretKeySpec(Ciphers.key(256, 1), 0, 32, "AES");
        cipher.init(javax.crypto.Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[16]));
        byte[] all = new byte[16 + blocks.length];
        cipher.doFinal(blocks, 0, blocks.length, all, 16);
        return all;
    }

    private static byte[] authenticate(byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Ciphers.key(256, 1), "HmacSHA256"));
        byte[] all = Arrays.copyOf(body, body.length + 32);
        System.arraycopy(mac.doFinal(body), 0, all, body.length, 32);
        return all;
    }

    private int[] sizes(CryptoConfig config, int... plainBytes) {
        try (FrameCipher cipher = Ciphers.of(config, random)) {
            return Arrays.stream(plainBytes).map(cipher::sealedBytes).toArray();
        }
    }

    private int[] dataMtu(CryptoConfig config, int... udpPayloadBytes) {
        try (FrameCipher cipher = Ciphers.of(config, random)) {
            return Arrays.stream(udpPayloadBytes).map(cipher::maxDataBytes).toArray();
        }
    }

    private static byte[] seal(FrameCipher cipher, byte[] plain) {
        ByteBuffer out = ByteBuffer.allocate(cipher.sealedBytes(plain.length));
        cipher.seal(ByteBuffer.wrap(plain), out);
        return out.array();
    }

    private static byte[] open(FrameCipher cipher, byte[] datagram) {
        ByteBuffer out = ByteBuffer.allocate(datagram.length);
        assertThat(cipher.open(ByteBuffer.wrap(datagram), out)).isEqualTo(Opened.OK);
        return Vectors.bytes(out.flip());
    }

    private enum Place {
        ARRAY,
        SLICE_OF_ARRAY,
        DIRECT,
        READ_ONLY;

        /** Room in the middle of something larger. */
        ByteBuffer room(int bytes) {
            ByteBuffer all = this == DIRECT ? ByteBuffer.allocateDirect(bytes + 12) : ByteBuffer.allocate(bytes + 12);
            if (this == SLICE_OF_ARRAY) all = all.position(5).slice();
            return all.position(3).limit(3 + bytes);
        }

        ByteBuffer holding(byte[] content) {
            ByteBuffer room = room(content.length);
            room.put(room.position(), content);
            return room;
        }
    }
}
