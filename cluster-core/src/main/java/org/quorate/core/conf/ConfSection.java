package org.quorate.core.conf;

import java.util.ArrayList;
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

    /** A section that was not read but is to be written. */
    public static ConfSection of(String name, List<ConfKey> keys, List<ConfSection> sections) {
        return new ConfSection(name, 0, keys, sections);
    }

    /** A copy in which {@code key} is there once, with {@code value}, where it was first; at the end if it is new. */
    public ConfSection with(String key, String value) {
        List<ConfKey> changed = new ArrayList<>();
        boolean done = false;
        for (ConfKey each : keys) {
            if (!each.name().equals(key)) changed.add(each);
            else if (!done) {
                changed.add(ConfKey.of(key, value));
                done = true;
            }
        }
        if (!done) changed.add(ConfKey.of(key, value));
        return new ConfSection(name, line, changed, sections);
    }

    /** A copy with {@code inner} after the sections that are there. */
    public ConfSection with(ConfSection inner) {
        List<ConfSection> changed = new ArrayList<>(sections);
        changed.add(inner);
        return new ConfSection(name, line, keys, changed);
    }

    /** A copy in which the section at {@code index} is {@code fresh}. */
    ConfSection withSection(int index, ConfSection fresh) {
        List<ConfSection> changed = new ArrayList<>(sections);
        changed.set(index, fresh);
        return new ConfSection(name, line, keys, changed);
    }

    /**
     * One line {@code name: value}.
     *
     * @param name what stands before the first colon
     * @param value the rest of the line, without blanks around it; may be empty
     * @param line where, from 1
     */
    public record ConfKey(String name, String value, int line) {
        /** A key that was not read but is to be written. */
        public static ConfKey of(String name, String value) {
            return new ConfKey(name, value, 0);
        }
    }
}
