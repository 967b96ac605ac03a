package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.core.conf.ConfSection.ConfKey;

/** What two configurations say differently, for people. Secrets are left out. */
public final class ConfComparison {
    private static final int MAX_LINES = 200;

    private ConfComparison() {}

    /** One line for each key that is not the same, such as {@code nodelist.node pear.quorum_votes: 1 here, 2 there}. */
    public static List<String> lines(ConfSection here, ConfSection there) {
        SortedMap<String, String> mine = new TreeMap<>();
        SortedMap<String, String> theirs = new TreeMap<>();
        flatten(here, "", mine);
        flatten(there, "", theirs);
        TreeSet<String> all = new TreeSet<>(mine.keySet());
        all.addAll(theirs.keySet());
        List<String> lines = new ArrayList<>();
        for (String path : all) {
            String one = mine.get(path);
            String other = theirs.get(path);
            if (one != null && one.equals(other)) continue;
            if (lines.size() == MAX_LINES) {
                lines.add("and more");
                break;
            }
            lines.add(path + ": " + said(one) + " here, " + said(other) + " there");
        }
        return lines;
    }

    private static String said(@org.jspecify.annotations.Nullable String value) {
        return value == null ? "nothing" : value;
    }

    private static void flatten(ConfSection section, String path, Map<String, String> all) {
        for (ConfKey key : section.keys())
            if (!(path.equals("totem.") && key.name().equals("key"))) all.put(path + key.name(), key.value());
        for (ConfSection inner : section.sections()) flatten(inner, path + called(inner) + ".", all);
    }

    private static String called(ConfSection section) {
        String by = section.name().equals("node") ? "nodeid" : section.name().equals("interface") ? "linknumber" : "";
        return by.isEmpty()
                ? section.name()
                : section.name() + " "
                        + section.key(by).map(ConfKey::value).orElse(by.equals("linknumber") ? "0" : "?");
    }
}
