package org.quorate.knet.compress;

import java.util.Locale;
import java.util.Optional;
import org.quorate.CompressionConfig;

/** The compression models of knet. Source: docs/protocol/knet.md 4, and corosync.conf(5) knet_compression_model. */
public enum CompressionModel {
    /** 0: not compressed. */
    NONE(0, "", ""),
    /** 1: an RFC 1950 stream. */
    ZLIB(1, "", ""),
    /** 2: a raw LZ4 block. */
    LZ4(2, "at.yawk.lz4:lz4-java", "org.lz4.java"),
    /** 3: a raw LZ4 block too; its sender tried harder. */
    LZ4HC(3, "at.yawk.lz4:lz4-java", "org.lz4.java"),
    /** 4: raw LZO1X. */
    LZO2(4, "", ""),
    /** 5: an .xz stream. */
    LZMA(5, "org.tukaani:xz", "org.tukaani.xz"),
    /** 6: a bzip2 stream. */
    BZIP2(6, "org.apache.commons:commons-compress", "org.apache.commons.compress"),
    /** 7: a zstd frame. */
    ZSTD(7, "com.github.luben:zstd-jni", "com.github.luben.zstd_jni");

    private static final CompressionModel[] BY_NUMBER = values();

    private final int number;
    private final String library;
    private final String moduleName;

    CompressionModel(int number, String library, String moduleName) {
        this.number = number;
        this.library = library;
        this.moduleName = moduleName;
    }

    /** The number on the wire, 0..7. */
    public int number() {
        return number;
    }

    /** The word in corosync.conf. */
    public String confName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Group and artifact of the library that it needs; empty if it is built in. */
    public String library() {
        return library;
    }

    /** Name of that library's module; empty if it is built in. */
    public String moduleName() {
        return moduleName;
    }

    /** The model with this number, if there is one. */
    public static Optional<CompressionModel> of(int number) {
        return number < 0 || number >= BY_NUMBER.length ? Optional.empty() : Optional.of(BY_NUMBER[number]);
    }

    /** The model that is configured. */
    static CompressionModel of(CompressionConfig.Model model) {
        return valueOf(model.name());
    }
}
