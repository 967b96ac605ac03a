package org.quorate.quorum.vote;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quorate.spi.QuorumSettings;

/**
 * All that an engine without a device knows, to copy it and to compare it: found by looking at its fields, so that one that is added later is
 * not forgotten.
 */
final class EngineState {
    private static final List<String> NOT_DECIDING = List.of("state", "settings", "syncing", "started");
    private static final List<Field> ENGINE = fields(VoteEngine.class, NOT_DECIDING);
    private static final List<Field> ALL_OF_ENGINE = fields(VoteEngine.class, List.of());
    private static final List<Field> BALLOT = fields(Ballot.class, List.of("options"));
    private static final List<Field> VOTER = fields(Voter.class, List.of());
    private static final Field BALLOT_OF_ENGINE = ballot();

    private EngineState() {}

    /** An engine in the same state. */
    static VoteEngine copy(VoteEngine from, QuorumSettings settings) {
        VoteEngine to = new VoteEngine(settings);
        Ballot ballot = ballot(to);
        ALL_OF_ENGINE.forEach(field -> set(field, to, get(field, from)));
        BALLOT.forEach(field -> set(field, ballot, get(field, ballot(from))));
        for (Voter voter : ballot(from).all()) {
            Voter same = ballot.voter(voter.id);
            VOTER.forEach(field -> set(field, same, get(field, voter)));
        }
        return to;
    }

    /**
     * Two engines with the same text go on in the same way. What a dead node said last has no part in it: it is replaced before it is read.
     */
    static void describe(VoteEngine engine, StringBuilder out) {
        ENGINE.forEach(field -> out.append(get(field, engine)).append(' '));
        BALLOT.forEach(field -> out.append(get(field, ballot(engine))).append(' '));
        for (Voter voter : ballot(engine).all()) {
            out.append('|').append(voter.id);
            if (voter.present()) VOTER.forEach(field -> out.append(' ').append(get(field, voter)));
        }
        out.append('\n');
    }

    static Ballot ballot(VoteEngine engine) {
        return (Ballot) Objects.requireNonNull(get(BALLOT_OF_ENGINE, engine));
    }

    /** Those that can change. */
    private static List<Field> fields(Class<?> type, List<String> without) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers()))
                .filter(field -> !without.contains(field.getName()))
                .peek(field -> field.setAccessible(true))
                .toList();
    }

    private static Field ballot() {
        try {
            Field field = VoteEngine.class.getDeclaredField("ballot");
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object get(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void set(Field field, Object of, @Nullable Object value) {
        try {
            field.set(of, value);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
