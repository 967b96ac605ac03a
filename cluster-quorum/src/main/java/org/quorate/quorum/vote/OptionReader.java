package org.quorate.quorum.vote;

import java.util.Map;
import java.util.OptionalInt;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/** Numbers out of the text of the quorum section. */
record OptionReader(Map<String, String> options) {
    /** A decimal number 0..2^31-1, or empty. */
    static OptionalInt number(String text) {
        if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9'))
            return OptionalInt.empty();
        long value = Long.parseLong(text);
        return value <= Integer.MAX_VALUE ? OptionalInt.of((int) value) : OptionalInt.empty();
    }

    boolean has(String key) {
        return options.containsKey(key);
    }

    String text(String key) {
        return options.getOrDefault(key, "").strip();
    }

    int number(String key, int absent) {
        if (!has(key)) return absent;
        return number(text(key))
                .orElseThrow(() -> invalid(
                        "quorum." + key + " is \"" + text(key) + "\"; use a number from 0 to " + Integer.MAX_VALUE));
    }

    boolean flag(String key, boolean absent) {
        if (!has(key)) return absent;
        return switch (text(key)) {
            case "0" -> false;
            case "1" -> true;
            default -> throw invalid("quorum." + key + " is \"" + text(key) + "\"; use 0 or 1");
        };
    }

    static ClusterException invalid(String sentence) {
        return new ClusterException(Reason.CONFIGURATION_INVALID, sentence);
    }
}
