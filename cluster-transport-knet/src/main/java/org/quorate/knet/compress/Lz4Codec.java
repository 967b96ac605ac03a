package org.quorate.knet.compress;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Raw LZ4 blocks, with lz4-java's plain Java code: its faster variants need native code or {@code sun.misc.Unsafe}, which newer JDKs
 * take away.
 */
final class Lz4Codec implements Codec {
    private static final int DEFAULT_LEVEL = 9;
    private static final int MAX_LEVEL = 12;

    private final LZ4SafeDecompressor decompressor;
    private final LZ4Compressor compressor;

    private Lz4Codec(LZ4Factory factory, LZ4Compressor compressor) {
        this.decompressor = factory.safeDecompressor();
        this.compressor = compressor;
    }

    /** For the model lz4. */
    static Lz4Codec fast() {
        LZ4Factory factory = LZ4Factory.safeInstance();
        return new Lz4Codec(factory, factory.fastCompressor());
    }

    /** For the model lz4hc. Levels out of range are bent as the LZ4 library does it. */
    static Lz4Codec small(int level) {
        LZ4Factory factory = LZ4Factory.safeInstance();
        int used = level < 1 ? DEFAULT_LEVEL : Math.min(level, MAX_LEVEL);
        return new Lz4Codec(factory, factory.highCompressor(used));
    }

    @Override
    public int decompress(byte[] data, int from, int length, byte[] output) throws UndecodableException {
        try {
            return decompressor.decompress(data, from, length, output, 0, output.length);
        } catch (LZ4Exception | IndexOutOfBoundsException e) { // a block does not say how long it will be
            throw UndecodableException.bad("not an LZ4 block, or one that holds too much: " + e.getMessage());
        }
    }

    @Override
    public int compress(byte[] data, int from, int length, byte[] output) {
        return compressor.compress(data, from, length, output, 0, output.length);
    }
}
