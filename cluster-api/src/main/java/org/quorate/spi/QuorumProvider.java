package org.quorate.spi;

import java.util.List;
import java.util.function.Function;

/**
 * Decides whether a node may act. Found by {@link java.util.ServiceLoader} and chosen by {@link #name}.
 *
 * <p>A provider makes an engine, which sees the views, exchanges ordered messages with its peers if it wants to, and says what it
 * decided. A rule that needs no messages, only the members and the node list, is one line: {@link #of}.
 */
public interface QuorumProvider {
    /** The name in the configuration, such as {@code corosync_votequorum}. */
    String name();

    /**
     * A new engine for one life of one node.
     *
     * @throws org.quorate.ClusterException if the settings contradict each other
     */
    QuorumEngine open(QuorumSettings settings);

    /** Dangerous but legal settings, one sentence each, for the log and the status. */
    default List<String> warnings(QuorumSettings settings) {
        return List.of();
    }

    /** A provider that applies a pure rule to each membership. */
    static QuorumProvider of(String name, Function<RuleInput, RuleDecision> rule) {
        return new RuleProvider(name, rule);
    }

    /**
     * What a pure rule sees.
     *
     * @param settings the node list and options
     * @param present the node list's entries that are members now, ascending by id
     */
    record RuleInput(QuorumSettings settings, List<org.quorate.NodeConfig> present) {
        /** Takes a copy. */
        public RuleInput {
            present = List.copyOf(present);
        }
    }

    /**
     * What a pure rule answers.
     *
     * @param quorate whether this partition may act
     * @param reason one sentence
     */
    record RuleDecision(boolean quorate, String reason) {
        /** May act. */
        public static RuleDecision quorate(String reason) {
            return new RuleDecision(true, reason);
        }

        /** May not act. */
        public static RuleDecision inquorate(String reason) {
            return new RuleDecision(false, reason);
        }
    }
}
