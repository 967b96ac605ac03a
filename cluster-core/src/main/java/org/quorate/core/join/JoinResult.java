package org.quorate.core.join;

import java.util.List;
import org.quorate.NodeId;
import org.quorate.core.conf.CorosyncConf;

/**
 * A join that went well. The folder holds a whole node, to be started.
 *
 * @param conf the configuration in it
 * @param self the new node
 * @param warnings sentences: what was found and did not stand against the join
 */
public record JoinResult(CorosyncConf conf, NodeId self, List<String> warnings) {
    /** Takes a copy. */
    public JoinResult {
        warnings = List.copyOf(warnings);
    }
}
