package org.quorate;

import java.util.Locale;
import org.quorate.ClusterException.Reason;

/**
 * How messages are compressed before they are sent. What others send is read whatever this says, as every frame names its model; some
 * models need a library on the path, to read and to send.
 *
 * <p>Source: corosync.conf(5) knet_compression_model, _threshold, _level; limits as libknet 1.25 has them. Differs: for a level or
 * threshold out of range Corosync 3.1 logs an error and goes on uncompressed; here it is refused.
 *
 * @param model the format, or none
 * @param thresholdBytes only longer messages are compressed, 0..65536; 0 means 100
 * @param level effort; its range depends on the model, and 0 mostly means the model's own default
 */
public record CompressionConfig(Model model, int thresholdBytes, int level) {
    /** Nothing is compressed. */
    public static final CompressionConfig OFF = new CompressionConfig(Model.NONE, 0, 0);

    /** The threshold in force when it is 0. */
    public static final int DEFAULT_THRESHOLD_BYTES = 100;

    /** No message is longer. */
    private static final int MAX_THRESHOLD_BYTES = 65_536;

    /** Checks threshold and level if there is a model; each message names the key of corosync.conf. */
    public CompressionConfig {
        if (model != Model.NONE) {
            check("knet_compression_threshold", thresholdBytes, 0, MAX_THRESHOLD_BYTES, "");
            check("knet_compression_level", level, model.leastLevel, model.mostLevel, " for " + model.confName());
        }
    }

    /** Whether anything is compressed. */
    public boolean isOn() {
        return model != Model.NONE;
    }

    private static void check(String key, int value, int least, int most, String forWhat) {
        if (value < least || value > most)
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    key + " " + value + " is not in " + least + ".." + most + ", the range" + forWhat
                            + "; correct it in the configuration");
    }

    /** Formats. The remarks say what the level means. */
    public enum Model {
        /** Uncompressed. */
        NONE(0, 0),
        /** Built in. 1, fast, to 9, small; 0 and -1 mean 6. */
        ZLIB(-1, 9),
        /** Any level; all mean the same here. */
        LZ4(Integer.MIN_VALUE, Integer.MAX_VALUE),
        /** Slower than {@link #LZ4} and smaller: 1 to 12; lower values mean 9, higher ones 12. */
        LZ4HC(Integer.MIN_VALUE, Integer.MAX_VALUE),
        /** Built in. Any level; all mean the same here. */
        LZO2(Integer.MIN_VALUE, Integer.MAX_VALUE),
        /** 0, fast, to 9, small. */
        LZMA(0, 9),
        /** 1 to 9; without a default, so that the level has to be set. */
        BZIP2(1, 9),
        /** 1, fast, to 22, small; negative ones are faster still; 0 means 3. */
        ZSTD(Integer.MIN_VALUE, Integer.MAX_VALUE);

        private final int leastLevel;
        private final int mostLevel;

        Model(int leastLevel, int mostLevel) {
            this.leastLevel = leastLevel;
            this.mostLevel = mostLevel;
        }

        /** The word in corosync.conf. */
        public String confName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
