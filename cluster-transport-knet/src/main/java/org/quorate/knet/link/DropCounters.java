package org.quorate.knet.link;

import java.util.EnumMap;
import java.util.Map;
import org.quorate.knet.wire.DropReason;

/** How much was dropped, by reason. */
final class DropCounters {
    private static final class Count {
        long value;
    }

    private final EnumMap<DropReason, Count> counts = new EnumMap<>(DropReason.class);

    DropCounters() {
        for (DropReason reason : DropReason.values()) counts.put(reason, new Count());
    }

    void add(DropReason reason) {
        add(reason, 1);
    }

    void add(DropReason reason, long count) {
        Count present = counts.get(reason);
        if (present != null) present.value += count;
    }

    /** Puts every counter into {@code out}, those that are zero too. */
    void putInto(Map<String, Long> out) {
        counts.forEach((reason, count) -> out.put(reason.counterName(), count.value));
    }
}
