package org.quorate.knet.compress;

/**
 * Raw LZO1X, both ways. Written here because the libraries for it are under a licence that most users cannot take, or need {@code
 * sun.misc.Unsafe}.
 *
 * <p>A stream is a row of instructions; each copies bytes from earlier output, from the input, or first the one and then up to three of the
 * other. What an instruction below 16 means depends on how many bytes the one before it took from the input ({@code literals} below).
 * Source: the description of the stream format in Linux, Documentation/staging/lzo.rst; both directions were compared with liblzo2 2.10.
 */
final class LzoCodec implements Codec {
    private final LzoDecoder decoder = new LzoDecoder();
    private final LzoEncoder encoder = new LzoEncoder();

    @Override
    public int decompress(byte[] data, int from, int length, byte[] output) throws UndecodableException {
        return decoder.decode(data, from, length, output);
    }

    @Override
    public int compress(byte[] data, int from, int length, byte[] output) {
        return encoder.encode(data, from, length, output);
    }
}
