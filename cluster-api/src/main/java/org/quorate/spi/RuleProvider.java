package org.quorate.spi;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.QuorumState.NodeState;
import org.quorate.engine.Effects;

/** {@link QuorumProvider#of}: each membership goes through a pure rule; no messages, no memory, no time. */
record RuleProvider(String name, Function<RuleInput, RuleDecision> rule) implements QuorumProvider {
    @Override
    public QuorumEngine open(QuorumSettings settings) {
        return new RuleEngine(settings, rule);
    }

    private static final class RuleEngine implements QuorumEngine {
        private final Function<RuleInput, RuleDecision> rule;
        private QuorumSettings settings;
        private Set<NodeId> members = Set.of();
        private QuorumState state = QuorumState.UNKNOWN;

        RuleEngine(QuorumSettings settings, Function<RuleInput, RuleDecision> rule) {
            this.settings = settings;
            this.rule = rule;
        }

        @Override
        public OptionalInt service() {
            return OptionalInt.empty();
        }

        @Override
        public QuorumState state() {
            return state;
        }

        @Override
        public void step(long nowNanos, Input input, Effects<Effect> out) {
            if (input instanceof Input.ViewStarted view) {
                members = new HashSet<>(view.members());
            } else if (input instanceof Input.SettingsChanged changed) {
                settings = changed.settings();
                decide(out);
            } else if (input instanceof Input.SyncDone) {
                decide(out);
            } else if (input instanceof Input.Request request) {
                out.add(new Effect.Refused(
                        request, "this cluster's quorum provider decides by the node list; change that instead"));
            }
        }

        private void decide(Effects<Effect> out) {
            List<NodeConfig> present = settings.nodes().stream()
                    .filter(n -> members.contains(n.id()))
                    .toList();
            RuleDecision decision = rule.apply(new RuleInput(settings, present));
            int expected = settings.nodes().stream().mapToInt(NodeConfig::votes).sum();
            int total = present.stream().mapToInt(NodeConfig::votes).sum();
            List<QuorumState.NodeVotes> votes = settings.nodes().stream()
                    .map(n -> new QuorumState.NodeVotes(
                            n.id(), n.votes(), expected, members.contains(n.id()) ? NodeState.MEMBER : NodeState.DEAD))
                    .toList();
            state = new QuorumState(
                    decision.quorate(),
                    expected,
                    expected,
                    total,
                    0,
                    decision.quorate() ? Set.of(QuorumState.Flag.QUORATE) : Set.of(),
                    votes,
                    decision.reason(),
                    QuorumState.Basis.RULE);
            out.add(new Effect.Decided(state));
        }

        @Override
        public void tick(long nowNanos, Effects<Effect> out) {}

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }
    }
}
