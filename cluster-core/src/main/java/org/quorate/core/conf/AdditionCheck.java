package org.quorate.core.conf;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quorate.core.conf.AdditionFinding.Kind;
import org.quorate.core.conf.ConfSection.ConfKey;

/** Whether a configuration is in order, so that a node may be added to it; finds everything at once. Source: pvecm.md 5.4. */
final class AdditionCheck {
    private static final String NAME = "the configuration";
    private static final Pattern ADDRESS = Pattern.compile("(?:ring|link)([0-7])_addr");

    private final ConfValues totem;
    private final List<ConfSection> nodes;
    private final AddressBook book;
    private final List<AdditionFinding> findings = new ArrayList<>();

    private AdditionCheck(ConfSection file, AddressBook book) {
        this.totem = ConfValues.ofTop(NAME, file, "totem");
        this.nodes = ConfValues.ofTop(NAME, file, "nodelist").inner("node");
        this.book = book;
    }

    /** What is found in {@code file}. */
    static List<AdditionFinding> findings(ConfSection file, AddressBook book) {
        AdditionCheck check = new AdditionCheck(file, book);
        check.run();
        return check.findings;
    }

    /** The addresses of a node section by link. */
    static SortedMap<Integer, String> addresses(ConfSection node) {
        TreeMap<Integer, String> addresses = new TreeMap<>();
        for (ConfKey key : node.keys()) {
            Matcher address = ADDRESS.matcher(key.name());
            if (address.matches()) addresses.put(Integer.parseInt(address.group(1)), key.value());
        }
        return addresses;
    }

    /** What a node section is called in messages. */
    static String nameOf(ConfSection node) {
        return node.key("name").map(ConfKey::value).orElseGet(() -> "node " + value(node, "nodeid"));
    }

    private void run() {
        if (totem.isEmpty()) found(Kind.NO_TOTEM, "the configuration has no totem section; add one with version: 2");
        else if (totem.key("config_version").isEmpty())
            found(Kind.NO_CONFIG_VERSION, "totem.config_version is missing; set it to 1 on every node");
        if (nodes.isEmpty())
            found(Kind.NO_NODE_LIST, "the configuration has no node list; list the nodes that there are");
        if (!totem.inner("interface").isEmpty()) interfaces();
        else sameLinks();
        String cipher = totem.text("crypto_cipher", "none");
        if (!totem.isEmpty() && !totem.text("secauth", "off").equals("on") && cipher.equals("none"))
            found(Kind.NOT_ENCRYPTED, "packets are not encrypted; set secauth: on");
        for (ConfSection node : nodes) addresses(node).forEach((link, address) -> name(node, link, address));
    }

    private void interfaces() {
        SortedSet<Integer> declared = new TreeSet<>();
        for (ConfSection each : totem.inner("interface")) declared.add(numberOf(each));
        for (ConfSection node : nodes) {
            SortedSet<Integer> addressed = new TreeSet<>(addresses(node).keySet());
            for (int link : addressed)
                if (!declared.contains(link))
                    found(
                            Kind.LINK_WITHOUT_INTERFACE,
                            nameOf(node) + " has an address for link " + link
                                    + ", for which there is no interface section; add one, or remove the address");
            for (int link : declared)
                if (!addressed.contains(link))
                    found(
                            Kind.INTERFACE_WITHOUT_ADDRESS,
                            nameOf(node) + " has no address for link " + link
                                    + ", for which there is an interface section; give it one, or remove the section");
        }
    }

    private void sameLinks() {
        SortedSet<Integer> all = new TreeSet<>();
        nodes.forEach(node -> all.addAll(addresses(node).keySet()));
        for (ConfSection node : nodes)
            for (int link : all)
                if (!addresses(node).containsKey(link))
                    found(
                            Kind.LINK_NOT_ON_ALL_NODES,
                            nameOf(node) + " has no address for link " + link
                                    + ", which other nodes have; give it one, or remove the link");
    }

    private void name(ConfSection node, int link, String address) {
        if (AddressBook.isDigits(address)) return;
        String whose = "the address " + address + " of " + nameOf(node) + " on link " + link;
        Optional<InetAddress> known = book.find(address);
        if (known.isPresent())
            found(
                    Kind.ADDRESS_IS_A_NAME,
                    whose + " is a name, now of " + known.get().getHostAddress() + "; better write that");
        else found(Kind.ADDRESS_UNKNOWN, whose + " cannot be resolved; write it in digits");
    }

    private void found(Kind kind, String sentence) {
        findings.add(new AdditionFinding(kind, sentence));
    }

    private static int numberOf(ConfSection section) {
        String number = section.key("linknumber")
                .or(() -> section.key("ringnumber"))
                .map(ConfKey::value)
                .orElse("0");
        return number.matches("[0-9]{1,3}") ? Integer.parseInt(number) : 0;
    }

    private static String value(ConfSection section, String key) {
        return section.key(key).map(ConfKey::value).orElse("");
    }
}
