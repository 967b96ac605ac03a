package org.quorate.examples.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.quorate.CryptoConfig;

/**
 * What two nodes do to each other in one measurement; travels as the arguments of the two processes.
 *
 * @param mode one way, or back and forth
 * @param bytes size of a message, 9 to 65 536
 * @param warmUp not counted
 * @param measured counted
 * @param window messages under way at most
 * @param crypto cipher and hash
 */
record Load(Mode mode, int bytes, Duration warmUp, Duration measured, int window, CryptoConfig crypto) {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int MOST_UNDER_WAY = 1024;

    /** The pattern of messages. */
    enum Mode {
        /** Node 1 sends as fast as the window allows. */
        ONEWAY,
        /** Each message is answered before the next. */
        PINGPONG
    }

    /** With a window of 1 MiB and 1024 messages at most, or of one message. */
    static Load of(Mode mode, int bytes, Duration warmUp, Duration measured, CryptoConfig crypto) {
        int window = mode == Mode.PINGPONG ? 1 : Math.min(MOST_UNDER_WAY, WINDOW_BYTES / bytes);
        return new Load(mode, bytes, warmUp, measured, window, crypto);
    }

    /** Such as {@code aes256/sha256}. */
    String cryptoName() {
        return crypto.cipher().confName() + "/" + crypto.hash().confName();
    }

    /** The arguments of either program, after the node's id. */
    List<String> arguments() {
        return List.of(
                mode.name().toLowerCase(Locale.ROOT),
                Integer.toString(bytes),
                Long.toString(warmUp.toMillis()),
                Long.toString(measured.toMillis()),
                Integer.toString(window),
                crypto.cipher().confName(),
                crypto.hash().confName());
    }

    /** The reverse of {@link #arguments}. */
    static Load parse(List<String> arguments) {
        return new Load(
                Mode.valueOf(arguments.get(0).toUpperCase(Locale.ROOT)),
                Integer.parseInt(arguments.get(1)),
                Duration.ofMillis(Long.parseLong(arguments.get(2))),
                Duration.ofMillis(Long.parseLong(arguments.get(3))),
                Integer.parseInt(arguments.get(4)),
                new CryptoConfig(
                        CryptoConfig.Cipher.valueOf(arguments.get(5).toUpperCase(Locale.ROOT)),
                        CryptoConfig.Hash.valueOf(arguments.get(6).toUpperCase(Locale.ROOT))));
    }
}
