package org.quorate.core.join;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts by {@link JoinCounter}. Thread-safe. */
final class JoinCounters {
    private final Map<JoinCounter, Long> counts = new EnumMap<>(JoinCounter.class);

    synchronized void add(JoinCounter counter) {
        counts.merge(counter, 1L, Long::sum);
    }

    synchronized Map<String, Long> all() {
        TreeMap<String, Long> all = new TreeMap<>();
        for (JoinCounter each : JoinCounter.values()) all.put(each.key(), counts.getOrDefault(each, 0L));
        return all;
    }
}
