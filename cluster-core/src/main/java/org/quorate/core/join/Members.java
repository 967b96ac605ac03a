package org.quorate.core.join;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.quorate.NodeConfig;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.MemberAddress;

/** Some members that a node can ask later on: the one it talks to first. */
final class Members {
    private Members() {}

    static List<MemberAddress> of(CertificateRegistry registry, String conf, String first) {
        SortedMap<String, String> fingerprints = registry.fingerprints();
        List<MemberAddress> all = new ArrayList<>();
        for (NodeConfig node :
                CorosyncConf.parse(conf, "corosync.conf").toClusterConfig().nodes()) {
            String fingerprint = fingerprints.get(node.name());
            if (fingerprint == null) continue;
            MemberAddress member = new MemberAddress(
                    node.name(), fingerprint, List.copyOf(node.addresses().values()));
            if (node.name().equals(first)) all.add(0, member);
            else all.add(member);
        }
        return all.subList(0, Math.min(all.size(), JoinMessage.Admitted.MAX_MEMBERS));
    }
}
