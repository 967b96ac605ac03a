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

    /**
     * A provider that applies a pure rule to each membership: the engine sends no messages, remembers nothing and refuses an operator's
     * requests.
     *
     * @param name the provider's
     * @param rule called on the node's event loop, once for each membership after everybody has been synchronised, and again when the node
     *     list or the options change. It must not block: heartbeats and the token wait meanwhile. It must depend on its input only, not on a
     *     clock, a file or earlier calls: each member computes for itself, and all have to come to the same answer. What it throws stops the
     *     node. If one instance serves several nodes, their loops call it at the same time
     */
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
