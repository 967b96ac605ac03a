package org.quorate.core.shell;

/** The rule for names of durable values: relative paths of letters, digits, {@code _ - .}, no part beginning with a dot. */
final class StoreNames {
    /** Longest name in characters. */
    static final int MAX_CHARS = 200;

    private StoreNames() {}

    /** Returns {@code name}. Throws an {@link IllegalArgumentException} if it could lead out of the folder or is no portable file name. */
    static String checked(String name) {
        if (name.length() > MAX_CHARS || !name.matches("[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*"))
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a durable value");
        return name;
    }
}
