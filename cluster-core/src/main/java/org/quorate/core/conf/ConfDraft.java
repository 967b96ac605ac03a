package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.quorate.core.conf.ConfSection.ConfKey;
import org.quorate.core.conf.EditFinding.Kind;

/** A configuration while it is edited, and what was found on the way. Not thread-safe. */
final class ConfDraft {
    private final AddressBook book;
    private final List<EditFinding> findings = new ArrayList<>();
    private ConfSection file;

    ConfDraft(ConfSection file, AddressBook book) {
        this.file = file;
        this.book = book;
    }

    ConfSection file() {
        return file;
    }

    void replaceFile(ConfSection fresh) {
        file = fresh;
    }

    AddressBook book() {
        return book;
    }

    void found(Kind kind, String sentence) {
        findings.add(new EditFinding(kind, sentence));
    }

    List<EditFinding> findings() {
        return findings;
    }

    boolean isBlocked() {
        return findings.stream().anyMatch(EditFinding::blocks);
    }

    List<ConfSection> nodes() {
        return ConfValues.ofTop("", file, "nodelist").inner("node");
    }

    /** The node of that name, else of that id; a finding if there is none. */
    Optional<ConfSection> node(String nameOrId) {
        Optional<ConfSection> named =
                nodes().stream().filter(n -> has(n, "name", nameOrId)).findFirst();
        Optional<ConfSection> found = named.or(
                () -> nodes().stream().filter(n -> has(n, "nodeid", nameOrId)).findFirst());
        if (found.isEmpty())
            found(
                    Kind.NODE_UNKNOWN,
                    "there is no node " + nameOrId + "; listed are "
                            + String.join(
                                    ", ",
                                    nodes().stream().map(AdditionCheck::nameOf).toList()));
        return found;
    }

    private static boolean has(ConfSection section, String key, String value) {
        return section.key(key).map(ConfKey::value).filter(value::equals).isPresent();
    }

    /** Every link that a node has an address for. */
    SortedSet<Integer> links() {
        TreeSet<Integer> all = new TreeSet<>();
        nodes().forEach(node -> all.addAll(AdditionCheck.addresses(node).keySet()));
        return all;
    }

    /** A number of a section, which was checked when it was read. */
    static int number(ConfSection section, String key, int otherwise) {
        return section.key(key).map(k -> Integer.parseInt(k.value())).orElse(otherwise);
    }

    /** Changes every {@code inner} section of every {@code outer} one; null takes it away. */
    void change(String outer, String inner, UnaryOperator<@Nullable ConfSection> how) {
        List<ConfSection> top = new ArrayList<>();
        for (ConfSection section : file.sections()) {
            if (!section.name().equals(outer)) {
                top.add(section);
                continue;
            }
            List<ConfSection> kept = new ArrayList<>();
            for (ConfSection each : section.sections()) {
                @Nullable ConfSection changed = each.name().equals(inner) ? how.apply(each) : each;
                if (changed != null) kept.add(changed);
            }
            top.add(new ConfSection(section.name(), section.line(), section.keys(), kept));
        }
        file = new ConfSection(file.name(), file.line(), file.keys(), top);
    }

    /** Changes the node sections. */
    void changeNodes(UnaryOperator<@Nullable ConfSection> how) {
        change("nodelist", "node", how);
    }

    /** The value of a key in the sections {@code section}, of which the last one counts. */
    Optional<String> value(String section, String key) {
        return ConfValues.ofTop("", file, section).key(key).map(ConfKey::value);
    }

    /** Sets a key in the section that has it, else in the last one called {@code section}, else in a new one. */
    void set(String section, String key, String value) {
        int place = -1;
        boolean hasKey = false;
        for (int i = 0; i < file.sections().size(); i++) {
            ConfSection each = file.sections().get(i);
            boolean here = each.name().equals(section) && each.key(key).isPresent();
            if (here || (each.name().equals(section) && !hasKey)) place = i;
            hasKey |= here;
        }
        if (place < 0) file = file.with(ConfSection.of(section, List.of(ConfKey.of(key, value)), List.of()));
        else file = file.withSection(place, file.sections().get(place).with(key, value));
    }

    /** Takes a key out of every section {@code section}. */
    void remove(String section, String key) {
        List<ConfSection> top = new ArrayList<>();
        for (ConfSection each : file.sections()) top.add(each.name().equals(section) ? without(each, key) : each);
        file = new ConfSection(file.name(), file.line(), file.keys(), top);
    }

    /** Adds a section inside the last one called {@code outer}. */
    void add(String outer, ConfSection inner) {
        for (int i = file.sections().size() - 1; i >= 0; i--)
            if (file.sections().get(i).name().equals(outer)) {
                file = file.withSection(i, file.sections().get(i).with(inner));
                return;
            }
        throw new IllegalStateException("a configuration without " + outer + " was found to be in order");
    }

    static ConfSection without(ConfSection section, String key) {
        return new ConfSection(
                section.name(),
                section.line(),
                section.keys().stream().filter(k -> !k.name().equals(key)).toList(),
                section.sections());
    }
}
