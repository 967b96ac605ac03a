package org.quorate.core.conf;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.IpVersion;
import org.quorate.NodeId;
import org.quorate.core.conf.AdditionFinding.Kind;
import org.quorate.core.conf.ConfSection.ConfKey;

/**
 * Adds a node to a configuration, or says everything that stands against it. Pure, but for names that the resolver looks up.
 *
 * <p>Rules: the links of the new node are those of the cluster; with one link its number need not be said. No address is that of another
 * node or of another link, whatever it is written like. A name that is listed is refused, unless {@code force} is said and id and votes are equal: then the
 * addresses are replaced. A free id is the lowest one. Votes are 1 unless given. The version is raised by one.
 *
 * <p>Source: pvecm.md 5.4 and 8. Differs: addresses are compared by what they stand for, and an id that is given must be free.
 */
public final class NodeAddition {
    /** Version of the protocol by which nodes join. */
    public static final int API_VERSION = 1;

    private final ConfSection file;
    private final List<ConfSection> nodes;
    private final Request request;
    private final Set<Integer> retiredIds;
    private final AddressBook book;
    private final List<AdditionFinding> findings = new ArrayList<>();

    private NodeAddition(ConfSection file, Request request, Set<Integer> retiredIds, AddressBook book) {
        this.file = file;
        this.retiredIds = retiredIds;
        this.nodes = ConfValues.ofTop("", file, "nodelist").inner("node");
        this.request = request;
        this.book = book;
    }

    /**
     * The node to add.
     *
     * @param name of the node
     * @param nodeId its id; empty for the lowest that is free
     * @param votes its votes, 0 or more; empty for 1
     * @param links its addresses by link; priorities are not looked at
     * @param address its one address where the link is not said; empty if links are given
     * @param apiVersion version of the join protocol that it speaks
     * @param force whether an equal node of that name may be replaced
     */
    public record Request(
            String name,
            OptionalInt nodeId,
            OptionalInt votes,
            SortedMap<Integer, LinkParameter> links,
            Optional<String> address,
            int apiVersion,
            boolean force) {
        /** Takes a copy; an {@link IllegalArgumentException} refuses ids and votes that there are not. */
        public Request {
            nodeId.ifPresent(NodeId::of);
            if (votes.isPresent() && votes.getAsInt() < 0)
                throw new IllegalArgumentException("a node cannot have " + votes.getAsInt() + " votes");
            links = new TreeMap<>(links);
        }
    }

    /**
     * How it went.
     *
     * @param file the new configuration; null if something blocks it
     * @param findings everything that was found
     */
    public record Outcome(@Nullable ConfSection file, List<AdditionFinding> findings) {
        /** The new configuration, or a {@link ClusterException} that lists every problem. */
        public ConfSection fileOrRefusal() {
            if (file != null) return file;
            throw new ClusterException(
                    Reason.ADDITION_REFUSED,
                    findings.stream()
                            .filter(AdditionFinding::blocks)
                            .map(AdditionFinding::sentence)
                            .collect(Collectors.joining("; also: ")));
        }
    }

    /**
     * Tries {@code request} on {@code file}.
     *
     * @param file a configuration that {@link CorosyncConf} has read
     * @param resolver answers with the addresses of a name or of an address in digits, and with none if there are none
     */
    public static Outcome of(ConfSection file, Request request, Function<String, List<InetAddress>> resolver) {
        return of(file, request, Set.of(), resolver);
    }

    /** The same where {@code retiredIds} were ids of nodes that were removed: a new node has one of them only if it is asked for. */
    public static Outcome of(
            ConfSection file, Request request, Set<Integer> retiredIds, Function<String, List<InetAddress>> resolver) {
        String version = ConfValues.ofTop("", file, "totem").text("ip_version", IpVersion.IPV6_4.confName());
        AddressBook book = new AddressBook(IpVersion.ofConfName(version), resolver);
        return new NodeAddition(file, request, retiredIds, book).outcome();
    }

    private Outcome outcome() {
        findings.addAll(AdditionCheck.findings(file, book));
        NameRule.NODE
                .problemOf(request.name)
                .ifPresent(problem -> found(Kind.NAME_INVALID, NameRule.NODE.sentence(problem, request.name)));
        if (request.apiVersion < API_VERSION - 1)
            found(
                    Kind.NODE_TOO_OLD,
                    request.name + " speaks version " + request.apiVersion + " of the join protocol; "
                            + (API_VERSION - 1) + " is the least");
        Optional<ConfSection> listed =
                nodes.stream().filter(node -> isCalled(node, request.name)).findFirst();
        SortedMap<Integer, String> addresses = addresses();
        addresses.forEach((link, address) -> checkAddress(link, address, addresses.headMap(link)));
        int votes = request.votes.orElse(
                listed.map(node -> number(node, "quorum_votes", 1)).orElse(1));
        int id = nodeId(listed);
        listed.ifPresent(node -> checkEqual(node, id, votes));
        if (listed.isEmpty() && nodes.size() >= ClusterConfig.MAX_NODES)
            found(Kind.CLUSTER_FULL, "the cluster has " + nodes.size() + " nodes, and more are not possible");
        boolean blocked = findings.stream().anyMatch(AdditionFinding::blocks);
        return new Outcome(blocked ? null : changed(listed, id, votes, addresses), List.copyOf(findings));
    }

    /** Checks the links given against those of the cluster. */
    private SortedMap<Integer, String> addresses() {
        SortedSet<Integer> existing = new TreeSet<>();
        nodes.forEach(node -> existing.addAll(AdditionCheck.addresses(node).keySet()));
        Optional<String> one = request.address;
        SortedMap<Integer, LinkParameter> links = request.links;
        if (request.apiVersion == 0 && links.size() == 1 && one.isEmpty()) {
            one = Optional.of(links.values().iterator().next().address());
            links = new TreeMap<>();
        }
        TreeMap<Integer, String> addresses = new TreeMap<>();
        if (!links.isEmpty()) {
            links.forEach((link, parameter) -> addresses.put(link, parameter.address()));
            for (int link : existing)
                if (!addresses.containsKey(link))
                    found(
                            Kind.LINK_MISSING,
                            "the cluster has link " + link + "; give " + request.name + " an address there");
            for (int link : addresses.keySet())
                if (!existing.contains(link))
                    found(Kind.LINK_UNKNOWN, "link " + link + " is given, but the cluster has only links " + existing);
        } else if (one.isEmpty()) {
            found(
                    Kind.NO_ADDRESS,
                    "no address of " + request.name + " is given; give one for each of links " + existing);
        } else if (existing.size() != 1) {
            found(
                    Kind.LINK_AMBIGUOUS,
                    "one address is given without its link, but the cluster has links " + existing
                            + "; give an address for each of them");
        } else {
            addresses.put(existing.first(), one.get());
        }
        return addresses;
    }

    private void checkAddress(int link, String address, SortedMap<Integer, String> before) {
        if (book.find(address).isEmpty())
            found(
                    Kind.NEW_ADDRESS_UNKNOWN,
                    "the address " + address + " on link " + link + " cannot be resolved; give it in digits");
        for (ConfSection node : nodes)
            if (!isCalled(node, request.name))
                AdditionCheck.addresses(node).forEach((other, used) -> {
                    if (book.same(address, used))
                        found(
                                Kind.ADDRESS_IN_USE,
                                "the address " + address + " on link " + link + " is that of "
                                        + AdditionCheck.nameOf(node) + " on link " + other
                                        + (used.equals(address) ? "" : ", written " + used)
                                        + "; each node needs its own");
                });
        before.forEach((other, used) -> {
            if (book.same(address, used))
                found(
                        Kind.ADDRESS_IN_USE,
                        "the address " + address + " is given for link " + other + " and for link " + link
                                + "; each link needs its own");
        });
    }

    private int nodeId(Optional<ConfSection> listed) {
        TreeMap<Integer, String> taken = new TreeMap<>();
        for (ConfSection node : nodes)
            if (!isCalled(node, request.name)) taken.put(number(node, "nodeid", 0), AdditionCheck.nameOf(node));
        if (request.nodeId.isPresent()) {
            int given = request.nodeId.getAsInt();
            String owner = taken.get(given);
            if (owner != null)
                found(Kind.ID_IN_USE, "node id " + given + " is that of " + owner + "; give another one, or none");
            return given;
        }
        if (listed.isPresent()) return number(listed.get(), "nodeid", 0);
        int lowest = 1;
        while (taken.containsKey(lowest) || retiredIds.contains(lowest)) lowest++;
        return lowest;
    }

    private void checkEqual(ConfSection listed, int id, int votes) {
        boolean equal = id == number(listed, "nodeid", 0) && votes == number(listed, "quorum_votes", 1);
        if (request.force && equal) return;
        found(
                Kind.NAME_IN_USE,
                request.name + " is listed already, with id " + number(listed, "nodeid", 0) + " and "
                        + number(listed, "quorum_votes", 1) + " votes; remove it first"
                        + (request.force ? ", or give these" : ", or say by force that it is to be replaced"));
    }

    private ConfSection changed(Optional<ConfSection> listed, int id, int votes, SortedMap<Integer, String> addresses) {
        ConfSection node = listed.orElseGet(() -> ConfSection.of("node", List.of(), List.of()))
                .with("name", request.name)
                .with("nodeid", Integer.toString(id))
                .with("quorum_votes", Integer.toString(votes));
        for (var each : addresses.entrySet()) node = node.with("ring" + each.getKey() + "_addr", each.getValue());
        ConfSection changed = listed.isPresent() ? replaced(listed.get(), node) : appended(node);
        return ConfVersion.raised(changed);
    }

    private ConfSection appended(ConfSection node) {
        for (int i = file.sections().size() - 1; i >= 0; i--)
            if (file.sections().get(i).name().equals("nodelist"))
                return file.withSection(i, file.sections().get(i).with(node));
        throw new IllegalStateException("a configuration without node list was found to be in order");
    }

    private ConfSection replaced(ConfSection old, ConfSection fresh) {
        for (int i = 0; i < file.sections().size(); i++) {
            ConfSection nodelist = file.sections().get(i);
            int at = nodelist.name().equals("nodelist") ? nodelist.sections().indexOf(old) : -1;
            if (at >= 0) return file.withSection(i, nodelist.withSection(at, fresh));
        }
        throw new IllegalStateException("a listed node is not in the configuration");
    }

    private void found(Kind kind, String sentence) {
        findings.add(new AdditionFinding(kind, sentence));
    }

    private static boolean isCalled(ConfSection node, String name) {
        return node.key("name").map(ConfKey::value).filter(name::equals).isPresent();
    }

    private static int number(ConfSection section, String key, int otherwise) {
        return section.key(key).map(k -> Integer.parseInt(k.value())).orElse(otherwise);
    }
}
