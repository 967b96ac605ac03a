package org.quorate.knet.compress;

/** One compression format, both ways. For one thread. */
interface Codec extends AutoCloseable {
    /**
     * Undoes the compression of {@code length} bytes from {@code data[from]} on.
     *
     * @param output as long as the longest message and one byte more
     * @return how many bytes of {@code output} were filled; all of them if the message is too long, as far as the format tells
     */
    int decompress(byte[] data, int from, int length, byte[] output) throws UndecodableException;

    /**
     * Compresses {@code length} bytes from {@code data[from]} on.
     *
     * @param output {@link Codecs#OUTPUT_BYTES} long, more than any format needs in the worst case
     * @return how many bytes of {@code output} were filled, or a number of at least {@code length} if it does not become smaller
     */
    int compress(byte[] data, int from, int length, byte[] output);

    /** Releases native memory; not to be used afterwards. */
    @Override
    default void close() {}
}
