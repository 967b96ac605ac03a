package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.ConfSection.ConfKey;

/**
 * Writes a tree as a corosync.conf in the form that Proxmox VE's cluster manager writes, byte for byte.
 *
 * <p>Rule: keys and sections of a level are sorted by name; two spaces a level; nodes are sorted by name, or by the address of link 0 if
 * they have none, interfaces by link number as text; an empty line follows each section of the top level. Everything in the tree is
 * written, known or not, and what has the same place in the order stays in the order of the tree, so a key that is there twice keeps its
 * last value. Source: pvecm.md 5.2; its vectors were made by that writer.
 */
public final class ConfWriter {
    private ConfWriter() {}

    /**
     * The text of {@code file}.
     *
     * @throws ClusterException with {@link Reason#CONFIGURATION_INVALID} if it has something that would be read as something else, such as
     *     a value of two lines
     */
    public static String text(ConfSection file) {
        ConfSection sorted = sorted(file);
        StringBuilder out = new StringBuilder();
        write(sorted, 0, out);
        String text = out.toString();
        if (!sorted(ConfText.parse(text, "the new configuration")).equals(sorted))
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    "the new configuration has a name or value that would be read as something else; names and values"
                            + " have one line, no { and no blanks at their ends, and names no colon");
        return text;
    }

    private static void write(ConfSection section, int level, StringBuilder out) {
        String indent = "  ".repeat(level);
        for (Entry<String, Object> entry : entries(section)) {
            if (entry.getValue() instanceof ConfKey key) {
                out.append(indent)
                        .append(key.name())
                        .append(": ")
                        .append(key.value())
                        .append('\n');
            } else if (entry.getValue() instanceof ConfSection inner) {
                out.append(indent).append(inner.name()).append(" {\n");
                write(inner, level + 1, out);
                out.append(indent).append("}\n");
                if (level == 0) out.append('\n');
            }
        }
    }

    /** Keys and sections in one order by name; those of one name stay as they are. */
    private static List<Entry<String, Object>> entries(ConfSection section) {
        List<Entry<String, Object>> all = new ArrayList<>();
        section.keys().forEach(key -> all.add(Map.entry(key.name(), key)));
        section.sections().forEach(inner -> all.add(Map.entry(inner.name(), inner)));
        all.sort(Entry.comparingByKey());
        return all;
    }

    /** The same tree in the order of its text, and without line numbers. */
    private static ConfSection sorted(ConfSection section) {
        List<ConfKey> keys = section.keys().stream()
                .map(key -> ConfKey.of(key.name(), key.value()))
                .sorted(Comparator.comparing(ConfKey::name))
                .toList();
        List<ConfSection> sections = section.sections().stream()
                .map(ConfWriter::sorted)
                .sorted(Comparator.comparing(ConfSection::name).thenComparing(ConfWriter::rank))
                .toList();
        return ConfSection.of(section.name(), keys, sections);
    }

    private static String rank(ConfSection section) {
        return switch (section.name()) {
            case "node" -> value(section, "name", "ring0_addr");
            case "interface" -> value(section, "linknumber", "ringnumber");
            default -> "";
        };
    }

    private static String value(ConfSection section, String key, String otherwise) {
        return section.key(key)
                .or(() -> section.key(otherwise))
                .map(ConfKey::value)
                .orElse("");
    }
}
