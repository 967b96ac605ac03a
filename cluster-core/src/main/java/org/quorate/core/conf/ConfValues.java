package org.quorate.core.conf;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.ConfSection.ConfKey;

/**
 * Values of sections that belong together: those of several sections of one name count as one section, the last value of a key wins.
 * The values were checked against their {@link KeyRule} before, so numbers are numbers here.
 */
final class ConfValues {
    private final String sourceName;
    private final int line;
    private final List<ConfSection> sections;

    ConfValues(String sourceName, int line, List<ConfSection> sections) {
        this.sourceName = sourceName;
        this.line = line;
        this.sections = sections;
    }

    /** Those of every section {@code name} of {@code file}. */
    static ConfValues ofTop(String sourceName, ConfSection file, String name) {
        List<ConfSection> all = file.sections(name);
        return new ConfValues(sourceName, all.isEmpty() ? 0 : all.get(0).line(), all);
    }

    boolean isEmpty() {
        return sections.isEmpty();
    }

    /** Every section {@code name} inside, in order. */
    List<ConfSection> inner(String name) {
        return sections.stream().flatMap(s -> s.sections(name).stream()).toList();
    }

    Optional<ConfKey> key(String name) {
        Optional<ConfKey> last = Optional.empty();
        for (ConfSection each : sections) {
            Optional<ConfKey> here = each.key(name);
            if (here.isPresent()) last = here;
        }
        return last;
    }

    String text(String name, String otherwise) {
        return key(name).map(ConfKey::value).orElse(otherwise);
    }

    long number(String name, long otherwise) {
        return key(name).map(k -> Long.parseLong(k.value())).orElse(otherwise);
    }

    /** The number, unless it is absent or 0, which means the default for most keys. */
    Optional<Long> positive(String name) {
        return key(name).map(k -> Long.parseLong(k.value())).filter(n -> n > 0);
    }

    int positiveInt(String name, int otherwise) {
        return positive(name).map(Long::intValue).orElse(otherwise);
    }

    Optional<Duration> millis(String name) {
        return positive(name).map(Duration::ofMillis);
    }

    /** Where {@code name} is set, or where the section begins if it is not. */
    int lineOf(String name) {
        return key(name).map(ConfKey::line).orElse(line);
    }

    /** A refusal at {@code where}, or of the whole source if {@code where} is 0. */
    ClusterException refused(int where, String sentence) {
        return new ClusterException(
                Reason.CONFIGURATION_INVALID, sourceName + (where == 0 ? "" : ":" + where) + ": " + sentence);
    }

    /** Makes a value whose constructor checks it; a refusal gets the place in front. */
    <T> T at(int where, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (ClusterException contradiction) {
            throw refused(where, String.valueOf(contradiction.getMessage()));
        }
    }
}
