package org.quorate.core.conf;

import java.util.List;
import java.util.Optional;

/**
 * One section of a configuration file with everything in it, known or not, in the order of the file. The file as a whole is a section
 * without a name.
 *
 * @param name as written before the brace; empty for the whole file
 * @param line where it begins, from 1; 0 for the whole file
 * @param keys its own keys; a key may be there more than once, then the last one counts
 * @param sections the sections inside
 */
public record ConfSection(String name, int line, List<ConfKey> keys, List<ConfSection> sections) {
    /** Takes copies. */
    public ConfSection {
        keys = List.copyOf(keys);
        sections = List.copyOf(sections);
    }

    /** The last key called {@code key}. */
    public Optional<ConfKey> key(String key) {
        Optional<ConfKey> last = Optional.empty();
        for (ConfKey each : keys) if (each.name().equals(key)) last = Optional.of(each);
        return last;
    }

    /** Every section called {@code section}, in order. */
    public List<ConfSection> sections(String section) {
        return sections.stream().filter(s -> s.name().equals(section)).toList();
    }

    /**
     * One line {@code name: value}.
     *
     * @param name what stands before the first colon
     * @param value the rest of the line, without blanks around it; may be empty
     * @param line where, from 1
     */
    public record ConfKey(String name, String value, int line) {}
}
