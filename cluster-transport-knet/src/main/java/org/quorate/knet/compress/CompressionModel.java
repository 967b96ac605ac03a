package org.quorate.knet.compress;

import java.util.Locale;
import java.util.Optional;

/** The compression models of knet. Source: docs/protocol/knet.md 4, and corosync.conf(5) knet_compression_model. */
public enum CompressionModel {
    /** 0: not compressed. */
    NONE(0),
    /** 1: an RFC 1950 stream. */
    ZLIB(1),
    /** 2: a raw LZ4 block. */
    LZ4(2),
    /** 3: a raw LZ4 block too; its sender tried harder. */
    LZ4HC(3),
    /** 4: raw LZO1X. */
    LZO2(4),
    /** 5: an .xz stream. */
    LZMA(5),
    /** 6: a bzip2 stream. */
    BZIP2(6),
    /** 7: a zstd frame. */
    ZSTD(7);

    private static final CompressionModel[] BY_NUMBER = values();

    private final int number;

    CompressionModel(int number) {
        this.number = number;
    }

    /** The number on the wire, 0..7. */
    public int number() {
        return number;
    }

    /** The word in corosync.conf. */
    public String confName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The model with this number, if there is one. */
    public static Optional<CompressionModel> of(int number) {
        return number < 0 || number >= BY_NUMBER.length ? Optional.empty() : Optional.of(BY_NUMBER[number]);
    }
}
