package org.quorate;

import java.util.List;
import java.util.Optional;

/** A change of the configuration was refused or not agreed on; every objection of every member is in the message. */
public final class ChangeException extends ClusterException {
    private static final long serialVersionUID = 1L;

    private final transient List<Objection> objections;
    private final String configuration;

    /** A refusal with everything that stands against the change, and the corosync.conf that it would have made; empty if there is none. */
    public ChangeException(String message, List<Objection> objections, String configuration) {
        super(Reason.CHANGE_REFUSED, message);
        this.objections = List.copyOf(objections);
        this.configuration = configuration;
    }

    /** The corosync.conf that the change would have made, for nodes whose file has to be replaced by hand; empty if there is none. */
    public String configuration() {
        return configuration;
    }

    /** What stands against it. */
    public List<Objection> objections() {
        return objections == null ? List.of() : objections; // transient: gone after serialization
    }

    /**
     * What stands against a change.
     *
     * @param node whose objection it is; empty if it is nobody's in particular
     * @param kind name for programs, such as {@code BUSY} or {@code NODE_ONLINE}
     * @param sentence for people
     */
    public record Objection(Optional<NodeId> node, String kind, String sentence) {}
}
