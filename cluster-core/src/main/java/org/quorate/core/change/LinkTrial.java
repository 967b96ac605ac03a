package org.quorate.core.change;

/**
 * That the new addresses of a change are tried before it is decided.
 *
 * @param key 32 random bytes, hexadecimal, made for this change only: what is sent over the links is authenticated by it
 * @param limitMillis how long a member waits for the others to be heard
 * @param forced whether the change is made even if not everybody is heard
 */
public record LinkTrial(String key, int limitMillis, boolean forced) {
    /** Length of the key in characters. */
    public static final int KEY_CHARS = 64;
    /** The longest limit. */
    public static final int MAX_LIMIT_MILLIS = 60_000;

    /** Without the key. */
    @Override
    public String toString() {
        return "trial of " + limitMillis + " ms" + (forced ? ", forced" : "");
    }
}
