/**
 * Undoes, and for zlib does, knet's compression of whole messages: {@link org.quorate.knet.compress.Decompressor} bounds what may come
 * out, {@link org.quorate.knet.compress.CompressionModel} names what exists.
 */
@NullMarked
package org.quorate.knet.compress;

import org.jspecify.annotations.NullMarked;
