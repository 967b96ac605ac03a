package org.quorate.core.change;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.ClusterConfig;
import org.quorate.NodeConfig;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * What goes with a configuration and is not in corosync.conf: which certificate each node has, which node ids and certificates are not good
 * any more. File {@code roster.json}; the same on all nodes. Immutable.
 *
 * @param configVersion version of the configuration that it belongs to
 * @param digest SHA-256 of that corosync.conf, hexadecimal
 * @param revision goes up by one with every change, also those that leave corosync.conf as it is
 * @param nodes nodes that have a certificate, by id; those made by hand and daemons are not here
 * @param retiredIds ids of removed nodes, which no other node gets by itself
 * @param revoked SHA-256 of certificates of removed nodes, as {@link Entry#fingerprint}; the oldest first
 */
public record Roster(
        long configVersion,
        String digest,
        long revision,
        SortedMap<Integer, Entry> nodes,
        SortedSet<Integer> retiredIds,
        List<String> revoked) {
    /** Most ids kept; beyond that the lowest may be given again. */
    public static final int MAX_RETIRED = 4096;
    /** Most revoked certificates kept; beyond that the oldest are forgotten, and are still nobody's, as no node has them. */
    public static final int MAX_REVOKED = 1024;
    /** Longest text in bytes. */
    public static final int MAX_BYTES = 900 * 1024;

    private static final int MAX_PEM_CHARS = 8192;

    /** Takes copies. */
    public Roster {
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
        TreeSet<Integer> ids = new TreeSet<>(retiredIds);
        while (ids.size() > MAX_RETIRED) ids.pollFirst();
        retiredIds = Collections.unmodifiableSortedSet(ids);
        revoked = List.copyOf(revoked.subList(Math.max(0, revoked.size() - MAX_REVOKED), revoked.size()));
    }

    /**
     * The certificate of a node.
     *
     * @param name of the node
     * @param fingerprint SHA-256 of its certificate: pairs of upper-case hexadecimal digits with colons between
     * @param pem the certificate
     * @param provisional whether the node is listed but has not come yet, and may be withdrawn
     */
    public record Entry(String name, String fingerprint, String pem, boolean provisional) {
        /** The same for good. */
        Entry confirmed() {
            return new Entry(name, fingerprint, pem, false);
        }
    }

    /** That of a configuration that has none: no certificates. */
    public static Roster none(long configVersion, String text) {
        return new Roster(configVersion, Digests.of(text), 0, new TreeMap<>(), new TreeSet<>(), List.of());
    }

    /** The next one for {@code text}: nodes that are not in {@code config} are forgotten, nothing else changes. */
    public Roster next(ClusterConfig config, String text) {
        TreeMap<Integer, Entry> kept = new TreeMap<>();
        for (NodeConfig node : config.nodes()) {
            Entry entry = nodes.get(node.id().value());
            if (entry != null) kept.put(node.id().value(), entry);
        }
        return new Roster(config.configVersion(), Digests.of(text), revision + 1, kept, retiredIds, revoked);
    }

    /** The same with a certificate for a node; the id is no longer retired. */
    public Roster with(int id, Entry entry) {
        TreeMap<Integer, Entry> changed = new TreeMap<>(nodes);
        changed.put(id, entry);
        TreeSet<Integer> ids = new TreeSet<>(retiredIds);
        ids.remove(id);
        return new Roster(configVersion, digest, revision, changed, ids, revoked);
    }

    /** The same without the node: its id is retired, its certificate, if it has one, revoked. */
    public Roster without(int id) {
        TreeMap<Integer, Entry> changed = new TreeMap<>(nodes);
        Entry gone = changed.remove(id);
        TreeSet<Integer> ids = new TreeSet<>(retiredIds);
        ids.add(id);
        List<String> all = new ArrayList<>(revoked);
        if (gone != null && !all.contains(gone.fingerprint())) all.add(gone.fingerprint());
        return new Roster(configVersion, digest, revision, changed, ids, all);
    }

    /** The same without a node that never came: its id may be given again. */
    public Roster withdrawn(int id) {
        TreeMap<Integer, Entry> changed = new TreeMap<>(nodes);
        changed.remove(id);
        return new Roster(configVersion, digest, revision, changed, retiredIds, revoked);
    }

    /** The same where the node is no guest any more. */
    public Roster confirmed(int id) {
        Entry entry = nodes.get(id);
        if (entry == null) return this;
        TreeMap<Integer, Entry> changed = new TreeMap<>(nodes);
        changed.put(id, entry.confirmed());
        return new Roster(configVersion, digest, revision, changed, retiredIds, revoked);
    }

    /** The id of the node with that certificate. */
    public Optional<Integer> idOf(String fingerprint) {
        return nodes.entrySet().stream()
                .filter(each -> each.getValue().fingerprint().equals(fingerprint))
                .map(java.util.Map.Entry::getKey)
                .findFirst();
    }

    /** Ids of nodes that are listed provisionally. */
    public SortedSet<Integer> provisional() {
        TreeSet<Integer> ids = new TreeSet<>();
        nodes.forEach((id, entry) -> {
            if (entry.provisional()) ids.add(id);
        });
        return ids;
    }

    /** The text of the file. */
    public byte[] text() {
        List<JsonObject> list = new ArrayList<>();
        nodes.forEach((id, entry) -> {
            JsonObject each = new JsonObject()
                    .with("id", id)
                    .with("name", entry.name())
                    .with("fingerprint", entry.fingerprint())
                    .with("certificate", entry.pem());
            list.add(entry.provisional() ? each.with("provisional", true) : each);
        });
        return new JsonObject()
                .with("format", 1)
                .with("config_version", configVersion)
                .with("digest", digest)
                .with("revision", revision)
                .withObjects("nodes", list)
                .withStrings(
                        "retired_ids", retiredIds.stream().map(String::valueOf).toList())
                .withStrings("revoked", revoked)
                .text();
    }

    /** Reads a text. */
    public static Roster parse(byte[] text) throws Malformed {
        JsonObject read = JsonObject.parse(text, MAX_BYTES);
        if (read.number("format", 0, Integer.MAX_VALUE) != 1) throw new Malformed("its format is not 1");
        TreeMap<Integer, Entry> nodes = new TreeMap<>();
        for (JsonObject each : read.objects("nodes", ClusterConfig.MAX_NODES))
            nodes.put(
                    (int) each.number("id", 1, 65_535),
                    new Entry(
                            each.string("name", 256),
                            each.string("fingerprint", 128),
                            each.string("certificate", MAX_PEM_CHARS),
                            each.isTrue("provisional")));
        TreeSet<Integer> retired = new TreeSet<>();
        for (String id : read.strings("retired_ids", MAX_RETIRED, 5)) {
            if (!id.matches("[0-9]{1,5}")) throw new Malformed("the field retired_ids is not what it has to be");
            retired.add(Integer.parseInt(id));
        }
        return new Roster(
                read.number("config_version", 0, Long.MAX_VALUE),
                read.string("digest", 64),
                read.number("revision", 0, Long.MAX_VALUE),
                nodes,
                retired,
                read.strings("revoked", MAX_REVOKED, 128));
    }
}
