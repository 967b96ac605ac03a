package org.quorate.core.join;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.quorate.ClusterException;
import org.quorate.core.conf.AdditionFinding;
import org.quorate.core.conf.ConfSection;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.NodeAddition;
import org.quorate.core.conf.NodeAddition.Outcome;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;
import org.quorate.core.join.wire.JoinRequest;

/** What a configuration says to a joiner's request: {@link NodeAddition} in the words of a join. For implementations of {@link Admission}. */
public final class RequestedAddition {
    private RequestedAddition() {}

    /**
     * How it went.
     *
     * @param file the configuration with the new node; empty if something blocks it
     * @param findings in the words of a join
     */
    public record Answer(Optional<ConfSection> file, List<JoinFinding> findings) {
        /** Takes a copy. */
        public Answer {
            findings = List.copyOf(findings);
        }
    }

    /**
     * Tries {@code request} on {@code file}.
     *
     * @param retiredIds ids of nodes that were removed
     * @param resolver answers with the addresses of a name or of an address in digits, and with none if there are none
     */
    public static Answer of(
            ConfSection file,
            JoinRequest request,
            Set<Integer> retiredIds,
            Function<String, List<InetAddress>> resolver) {
        NodeAddition.Request addition;
        try {
            addition = addition(request);
        } catch (ClusterException | IllegalArgumentException wrong) {
            return new Answer(
                    Optional.empty(),
                    List.of(JoinFinding.of(Kind.CONFIGURATION, false, String.valueOf(wrong.getMessage()))));
        }
        Outcome outcome = NodeAddition.of(file, addition, retiredIds, resolver);
        return new Answer(
                Optional.ofNullable(outcome.file()),
                outcome.findings().stream().map(RequestedAddition::finding).toList());
    }

    /**
     * The node that is asked for.
     *
     * @throws ClusterException if an address cannot be one; or an {@link IllegalArgumentException} for an id or votes that there are not
     */
    public static NodeAddition.Request addition(JoinRequest request) {
        SortedMap<Integer, LinkParameter> links = new TreeMap<>();
        request.links().forEach((link, address) -> links.put(link, new LinkParameter(address, 0)));
        return new NodeAddition.Request(
                request.name(),
                request.nodeId(),
                request.votes(),
                links,
                Optional.of(request.address()).filter(address -> !address.isEmpty()),
                request.api(),
                request.force());
    }

    private static JoinFinding finding(AdditionFinding found) {
        Kind kind = switch (found.kind()) {
            case NODE_TOO_OLD -> Kind.VERSION;
            case NAME_INVALID -> Kind.NAME_INVALID;
            case NAME_IN_USE -> Kind.NAME_IN_USE;
            case ID_IN_USE -> Kind.ID_IN_USE;
            case CLUSTER_FULL -> Kind.CLUSTER_FULL;
            case LINK_MISSING, LINK_UNKNOWN, LINK_AMBIGUOUS, NO_ADDRESS -> Kind.LINKS_DIFFER;
            case ADDRESS_IN_USE, NEW_ADDRESS_UNKNOWN -> Kind.ADDRESS_IN_USE;
            case NO_TOTEM,
                    NO_NODE_LIST,
                    NO_CONFIG_VERSION,
                    LINK_WITHOUT_INTERFACE,
                    INTERFACE_WITHOUT_ADDRESS,
                    LINK_NOT_ON_ALL_NODES,
                    NOT_ENCRYPTED,
                    ADDRESS_IS_A_NAME,
                    ADDRESS_UNKNOWN -> Kind.CONFIGURATION;
        };
        return new JoinFinding(kind, found.blocks(), found.sentence());
    }
}
