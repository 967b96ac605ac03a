package org.quorate.core.conf;

import java.util.Optional;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * What nodes and clusters may be called: letters, digits and, not first nor last, hyphens. Case is kept and counts. Source: pvecm.md 3;
 * the length of a node's name is that of a label in DNS.
 */
public enum NameRule {
    /** The name of a node, at most 63 characters. */
    NODE("node", 63),
    /** The name of a cluster, at most 15 characters. */
    CLUSTER("cluster", 15);

    private final String word;
    private final int maxChars;

    NameRule(String word, int maxChars) {
        this.word = word;
        this.maxChars = maxChars;
    }

    /** Most characters of such a name. */
    public int maxChars() {
        return maxChars;
    }

    /** What is wrong with {@code name}; empty if nothing is. */
    public Optional<Problem> problemOf(String name) {
        if (name.isEmpty()) return Optional.of(Problem.EMPTY);
        if (name.length() > maxChars) return Optional.of(Problem.TOO_LONG);
        if (!name.chars().allMatch(c -> c == '-' || isLetterOrDigit(c))) return Optional.of(Problem.WRONG_CHARACTER);
        if (name.startsWith("-") || name.endsWith("-")) return Optional.of(Problem.HYPHEN_AT_AN_END);
        return Optional.empty();
    }

    /** The problem as a sentence with the name and what would be right. */
    public String sentence(Problem problem, String name) {
        String what = "the name of a " + word + " ";
        String shown = "\"" + (name.length() > 80 ? name.substring(0, 80) + "..." : name) + "\" ";
        return switch (problem) {
            case EMPTY -> what + "is empty; give it 1 to " + maxChars + " letters, digits or hyphens";
            case TOO_LONG -> shown + "has " + name.length() + " characters; " + what + "has at most " + maxChars;
            case WRONG_CHARACTER ->
                shown + "has other characters than letters, digits and hyphens, of which " + what + "is made";
            case HYPHEN_AT_AN_END ->
                shown + "begins or ends with a hyphen; " + what + "begins and ends with a letter or digit";
        };
    }

    /**
     * Returns {@code name}.
     *
     * @throws ClusterException with {@link Reason#NAME_INVALID} if it breaks the rule
     */
    public String checked(String name) {
        problemOf(name).ifPresent(problem -> {
            throw new ClusterException(Reason.NAME_INVALID, sentence(problem, name));
        });
        return name;
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** What can be wrong with a name. */
    public enum Problem {
        /** There is nothing. */
        EMPTY,
        /** More than {@link NameRule#maxChars} characters. */
        TOO_LONG,
        /** Something that is no letter of a to z, digit or hyphen. */
        WRONG_CHARACTER,
        /** A hyphen first or last. */
        HYPHEN_AT_AN_END
    }
}
