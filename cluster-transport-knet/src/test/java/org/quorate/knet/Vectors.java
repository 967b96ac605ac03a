package org.quorate.knet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.quorate.CryptoConfig;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.testkit.Json;

/** Traffic of real libknet 1.25 nodes: one capture, its keys, and datagrams of it with everything that is known about them. */
public record Vectors(String name, CryptoConfig crypto, List<byte[]> keys, Json json) {
    /** The captures. */
    public static final List<String> NAMES = List.of(
            "active2",
            "aes128md5",
            "hashonly1",
            "jumbo1",
            "mixed1",
            "none1",
            "nss2",
            "openssl2",
            "rekey1",
            "restart3",
            "rr2",
            "v6",
            "zlib1");

    /** One of {@link #NAMES}. */
    public static Vectors load(String name) {
        Json json = Json.resource("knet/" + name + ".json");
        List<byte[]> keys = new ArrayList<>();
        for (Json key : json.get("keys").items()) keys.add(key.hex());
        return new Vectors(
                name,
                new CryptoConfig(
                        CryptoConfig.Cipher.valueOf(json.get("cipher").text().toUpperCase(Locale.ROOT)),
                        CryptoConfig.Hash.valueOf(json.get("hash").text().toUpperCase(Locale.ROOT))),
                keys,
                json);
    }

    /** A cipher with the key of that number; without crypto there is only number 0, and no key. */
    public FrameCipher cipher(int key, RandomGenerator ivSource) {
        return FrameCipher.of(crypto, crypto.isOn() ? keys.get(key) : new byte[0], ivSource);
    }

    /** The plain frame in a datagram, which must open with one of the keys. */
    public byte[] open(byte[] datagram) {
        for (int key = 0; key < Math.max(1, keys.size()); key++) {
            try (FrameCipher cipher = cipher(key, replaying(new byte[16]))) {
                ByteBuffer plain = ByteBuffer.allocate(datagram.length);
                if (cipher.open(ByteBuffer.wrap(datagram), plain) == FrameCipher.Opened.OK) return bytes(plain.flip());
            }
        }
        throw new AssertionError(name + ": no key opens a datagram of " + datagram.length + " bytes");
    }

    /** A source of randomness that always gives these bytes. */
    public static RandomGenerator replaying(byte[] iv) {
        return new RandomGenerator() {
            @Override
            public void nextBytes(byte[] bytes) {
                assertThat(bytes).hasSameSizeAs(iv);
                System.arraycopy(iv, 0, bytes, 0, iv.length);
            }

            @Override
            public long nextLong() {
                throw new AssertionError("only whole initialisation vectors are to be drawn");
            }
        };
    }

    /** What is between position and limit. */
    public static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }
}
