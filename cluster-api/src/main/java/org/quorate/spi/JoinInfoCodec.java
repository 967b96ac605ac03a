package org.quorate.spi;

import org.quorate.JoinInfo;

/** Writes and reads the text of {@link JoinInfo}. Thread-safe. */
public interface JoinInfoCodec {
    /** The text of {@code info}, one line. */
    String encode(JoinInfo info);

    /**
     * Reads a text.
     *
     * @throws org.quorate.JoinInfoException with the problem and a sentence, and nothing else, whatever the text is
     */
    JoinInfo parse(String text);
}
