package org.quorate.core.change.shell;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.change.Objection;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.Roster;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.json.JsonObject.Malformed;

/** Whether a proposal is good for one node; says everything that is not. Blocks: reads the folder, looks names up. */
final class Validation {
    private final int self;
    private final LocalAddresses host;
    private final ChangeFiles files;
    private final List<Objection> objections = new ArrayList<>();

    Validation(int self, LocalAddresses host, ChangeFiles files) {
        this.self = self;
        this.host = host;
        this.files = files;
    }

    List<Objection> of(Proposal proposal) {
        try {
            ChangeFiles.Stored stored = files.read();
            if (!stored.digest().equals(proposal.base()))
                object(
                        Kind.BASE_DIFFERS,
                        "node " + self + " has another configuration in its folder than the one that is to be changed;"
                                + " look at the differences");
            check(proposal, stored.conf().toClusterConfig());
        } catch (ClusterException wrong) {
            object(Kind.INVALID_HERE, "node " + self + ": " + wrong.getMessage());
        }
        return objections;
    }

    private void check(Proposal proposal, ClusterConfig before) {
        ClusterConfig after;
        try {
            after = CorosyncConf.parse(proposal.text(), "the new configuration").toClusterConfig();
            if (after.configVersion() != proposal.version())
                object(Kind.INVALID_HERE, "the new configuration has another version than was said");
            if (!proposal.roster().isEmpty())
                Roster.parse(proposal.roster().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (ClusterException | Malformed wrong) {
            object(Kind.INVALID_HERE, "node " + self + ": " + wrong.getMessage());
            return;
        }
        if (proposal.traits().removed() == self) return;
        Optional<NodeConfig> own = after.node(NodeId.of(self));
        if (own.isEmpty())
            object(Kind.INVALID_HERE, "node " + self + " is not in the new node list, and nobody removes it");
        else own.get().addresses().forEach((link, address) -> address(link, address, before));
        if (!proposal.sealedKey().isEmpty()) key(proposal);
    }

    /** Only addresses that are new are looked at: what works is not to be questioned. */
    private void address(int link, String address, ClusterConfig before) {
        String former = before.node(NodeId.of(self))
                .map(node -> node.addresses().get(link))
                .orElse(null);
        if (address.equals(former)) return;
        List<InetAddress> found = host.resolve(address);
        boolean local = found.stream()
                .anyMatch(each -> each.isLoopbackAddress() || host.addresses().contains(each));
        if (!local)
            object(
                    Kind.ADDRESS_NOT_LOCAL,
                    "the address " + address + " on link " + link + " is not a local address of node " + self
                            + "; it has: "
                            + String.join(
                                    ", ",
                                    host.addresses().stream()
                                            .map(InetAddress::getHostAddress)
                                            .sorted()
                                            .toList()));
    }

    private void key(Proposal proposal) {
        try {
            Arrays.fill(files.opened(proposal.keyId(), proposal.sealedKey()), (byte) 0);
        } catch (ClusterException wrong) {
            object(Kind.KEY_UNREADABLE, "node " + self + ": " + wrong.getMessage());
        }
    }

    private void object(Kind kind, String sentence) {
        objections.add(new Objection(self, kind, sentence));
    }
}
