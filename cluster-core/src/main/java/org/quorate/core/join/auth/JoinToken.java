package org.quorate.core.join.auth;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * A secret that lets one machine join once. As text it has 40 letters and digits in eight groups: five bytes of number, 16 random bytes, and
 * four bytes of check sum over both, so that a slip of the hand is noticed before anybody is asked. Case, blanks and hyphens do not count.
 *
 * <p>Only {@link #text} tells the secret. Wiped by {@link #close}.
 */
public final class JoinToken implements AutoCloseable {
    /** Characters of the text without the hyphens. */
    public static final int TEXT_CHARS = 40;

    private static final int NUMBER_BYTES = 5;
    private static final int SECRET_BYTES = 16;
    private static final int CHECK_BYTES = 4;
    private static final int GROUP_CHARS = 5;
    /** No i, l, o, u: they look like others, or make words. */
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

    private static final int MAX_TEXT_CHARS = 200;

    private final byte[] bytes;

    private JoinToken(byte[] bytes) {
        this.bytes = bytes;
    }

    static JoinToken create(SecureRandom random) {
        byte[] bytes = new byte[NUMBER_BYTES + SECRET_BYTES + CHECK_BYTES];
        random.nextBytes(bytes);
        byte[] check = check(bytes);
        System.arraycopy(check, 0, bytes, NUMBER_BYTES + SECRET_BYTES, CHECK_BYTES);
        return new JoinToken(bytes);
    }

    /**
     * Reads what somebody has pasted; the array stays the caller's, who wipes it.
     *
     * @throws ClusterException with {@link Reason#REFUSED} if it is no token, is cut off or was altered; no part of it is in the message
     */
    public static JoinToken parse(char[] text) {
        byte[] bytes = new byte[NUMBER_BYTES + SECRET_BYTES + CHECK_BYTES];
        int count = 0;
        boolean good = text.length <= MAX_TEXT_CHARS;
        for (int i = 0; good && i < text.length; i++) {
            char c = text[i];
            if (c == '-' || Character.isWhitespace(c)) continue;
            int digit = DIGITS.indexOf(Character.toLowerCase(c));
            good = digit >= 0 && count < TEXT_CHARS;
            if (good) put(bytes, count++, digit);
        }
        good = good
                && count == TEXT_CHARS
                && Arrays.equals(check(bytes), Arrays.copyOfRange(bytes, NUMBER_BYTES + SECRET_BYTES, bytes.length));
        if (good) return new JoinToken(bytes);
        Arrays.fill(bytes, (byte) 0);
        throw new ClusterException(
                Reason.REFUSED,
                "this is no join token, or not all of it, or it was altered; copy the whole of it again");
    }

    private static void put(byte[] bytes, int position, int digit) {
        for (int bit = 0; bit < 5; bit++) {
            int at = position * 5 + bit;
            if ((digit & (16 >> bit)) != 0) bytes[at / 8] |= (byte) (0x80 >> (at % 8));
        }
    }

    private static byte[] check(byte[] bytes) {
        byte[] covered = Arrays.copyOf(bytes, NUMBER_BYTES + SECRET_BYTES);
        byte[] hash = Scram.hash(covered);
        Arrays.fill(covered, (byte) 0);
        return Arrays.copyOf(hash, CHECK_BYTES);
    }

    /** The text to paste. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (int position = 0; position < TEXT_CHARS; position++) {
            if (position > 0 && position % GROUP_CHARS == 0) text.append('-');
            int digit = 0;
            for (int bit = 0; bit < 5; bit++) {
                int at = position * 5 + bit;
                digit = digit << 1 | (bytes[at / 8] >> (7 - at % 8) & 1);
            }
            text.append(DIGITS.charAt(digit));
        }
        return text.toString();
    }

    /** The part that is no secret: ten hexadecimal digits. */
    public String number() {
        return HexFormat.of().formatHex(bytes, 0, NUMBER_BYTES).toLowerCase(Locale.ROOT);
    }

    /** The secret as hexadecimal digits, in the place of a password; the caller wipes it. */
    char[] secret() {
        byte[] secret = Arrays.copyOfRange(bytes, NUMBER_BYTES, NUMBER_BYTES + SECRET_BYTES);
        char[] digits = new char[SECRET_BYTES * 2];
        for (int i = 0; i < secret.length; i++) {
            digits[2 * i] = Character.forDigit(secret[i] >> 4 & 15, 16);
            digits[2 * i + 1] = Character.forDigit(secret[i] & 15, 16);
        }
        Arrays.fill(secret, (byte) 0);
        return digits;
    }

    /** Wipes it. */
    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "join token " + number();
    }
}
