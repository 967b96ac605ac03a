package org.quorate.examples.sites;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;

/**
 * A partition may act if it holds two of three sites, or in general more than half of all sites; it holds a site if more than half of the
 * site's nodes are in it. Two partitions can never both hold a majority of sites, since none of the sites can be held by two.
 *
 * <p>Sites are options of the quorum section, one for each site, with the ids of its nodes; every node is in one site:
 *
 * <pre>{@code
 * quorum {
 *   provider: two_of_three_sites
 *   site_cellar: 1 2 3
 *   site_attic: 4 5 6
 *   site_shed: 7
 * }
 * }</pre>
 *
 * <p>The rule is a pure function of the members and the node list, so it needs no engine of its own: {@link QuorumProvider#of} makes one.
 * It counts nodes, not votes.
 */
public final class TwoOfThreeSites implements QuorumProvider {
    private static final String NAME = "two_of_three_sites";
    private static final String SITE = "site_";

    /** For {@link java.util.ServiceLoader}. */
    public TwoOfThreeSites() {}

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Makes the engine.
     *
     * @throws ClusterException with CONFIGURATION_INVALID if a node is in no site or in two, or a site has no node of the node list
     */
    @Override
    public QuorumEngine open(QuorumSettings settings) {
        check(settings);
        return QuorumProvider.of(NAME, TwoOfThreeSites::decide).open(settings);
    }

    @Override
    public List<String> warnings(QuorumSettings settings) {
        List<String> warnings = new ArrayList<>();
        Map<String, Set<Integer>> sites = sites(settings);
        if (sites.size() % 2 == 0)
            warnings.add(sites.size() + " sites: with an even number a split between sites can leave nobody quorate");
        sites.forEach((name, nodes) -> {
            if (nodes.size() % 2 == 0)
                warnings.add("site " + name + " has " + nodes.size()
                        + " nodes: a split through its middle leaves it to nobody");
        });
        return warnings;
    }

    private static RuleDecision decide(RuleInput input) {
        Set<Integer> present = new HashSet<>();
        for (NodeConfig node : input.present()) present.add(node.id().value());
        Map<String, Set<Integer>> sites = sites(input.settings());
        Set<String> held = new TreeSet<>();
        sites.forEach((name, nodes) -> {
            long here = nodes.stream().filter(present::contains).count();
            if (2 * here > nodes.size()) held.add(name);
        });
        int needed = sites.size() / 2 + 1;
        String reason = held.size() + " of " + sites.size() + " sites " + held + ", " + needed + " needed";
        return held.size() >= needed ? RuleDecision.quorate(reason) : RuleDecision.inquorate("not quorate: " + reason);
    }

    /** Node ids by site; what is not a number names no node. */
    private static Map<String, Set<Integer>> sites(QuorumSettings settings) {
        Map<String, Set<Integer>> sites = new TreeMap<>();
        settings.options().forEach((key, value) -> {
            if (key.startsWith(SITE)) sites.put(key.substring(SITE.length()), ids(value));
        });
        return sites;
    }

    private static Set<Integer> ids(String text) {
        Set<Integer> ids = new TreeSet<>();
        for (String word : text.strip().split("[ ,]+")) if (word.matches("[0-9]{1,9}")) ids.add(Integer.valueOf(word));
        return ids;
    }

    private static void check(QuorumSettings settings) {
        Map<String, Set<Integer>> sites = sites(settings);
        if (sites.isEmpty())
            throw invalid("it needs at least one option such as " + SITE + "north: 1 2 in the quorum section");
        Set<Integer> listed = new TreeSet<>();
        for (NodeConfig node : settings.nodes()) {
            int id = node.id().value();
            listed.add(id);
            long in =
                    sites.values().stream().filter(nodes -> nodes.contains(id)).count();
            if (in != 1) throw invalid("node " + id + " is in " + in + " sites; put it into one");
        }
        sites.forEach((name, nodes) -> {
            if (!listed.containsAll(nodes) || nodes.isEmpty())
                throw invalid("site " + name + " has nodes " + nodes + ", of which the node list has only "
                        + nodes.stream().filter(listed::contains).toList());
        });
    }

    private static ClusterException invalid(String why) {
        return new ClusterException(Reason.CONFIGURATION_INVALID, "quorum provider " + NAME + ": " + why);
    }
}
