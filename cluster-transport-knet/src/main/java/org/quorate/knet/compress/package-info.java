/**
 * Undoes and does knet's compression of whole messages: {@link org.quorate.knet.compress.Decompressor} bounds what may come out, {@link
 * org.quorate.knet.compress.Compressor} sends what became smaller, {@link org.quorate.knet.compress.CompressionModel} names what exists and
 * which library it needs. Behind them is one codec for each format; nothing else touches the libraries.
 */
@NullMarked
package org.quorate.knet.compress;

import org.jspecify.annotations.NullMarked;
