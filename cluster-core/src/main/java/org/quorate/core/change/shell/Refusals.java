package org.quorate.core.change.shell;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quorate.ChangeException;
import org.quorate.NodeId;
import org.quorate.core.change.Objection;
import org.quorate.core.change.Objection.Kind;

/** What an asker is told when a change is not made. */
final class Refusals {
    private Refusals() {}

    /**
     * All objections in one exception.
     *
     * @param text the corosync.conf that it would have made; empty if there is none
     */
    static ChangeException of(List<Objection> objections, String text) {
        List<ChangeException.Objection> all = new ArrayList<>();
        for (Objection each : objections)
            all.add(new ChangeException.Objection(
                    each.node() == 0 ? Optional.empty() : Optional.of(NodeId.of(each.node())),
                    each.kind().name(),
                    each.sentence()));
        String message =
                objections.stream()
                        .map(Objection::sentence)
                        .collect(Collectors.toCollection(LinkedHashSet::new))
                        .stream()
                        .collect(Collectors.joining("; also: "));
        return new ChangeException(message, all, text);
    }

    /** The service is closed. */
    static ChangeException over() {
        return of(List.of(new Objection(0, Kind.CLOSED, "this node takes no part in changes any more")), "");
    }
}
