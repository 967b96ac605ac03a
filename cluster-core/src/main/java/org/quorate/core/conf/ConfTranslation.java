package org.quorate.core.conf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quorate.ClusterConfig;
import org.quorate.CompressionConfig;
import org.quorate.CryptoConfig;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.LinkMode;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.ConfSection.ConfKey;

/** Makes a {@link ClusterConfig} of a checked tree; finds the contradictions between keys and says where they are. */
final class ConfTranslation {
    private static final Pattern RING_ADDRESS = Pattern.compile("ring([0-9]{1,9})_addr");

    private final String sourceName;
    private final ConfSection file;
    private final ConfValues totem;

    ConfTranslation(String sourceName, ConfSection file) {
        this.sourceName = sourceName;
        this.file = file;
        this.totem = ConfValues.ofTop(sourceName, file, "totem");
    }

    /** The whole configuration. Throws a {@link org.quorate.ClusterException} for what contradicts itself or is missing. */
    ClusterConfig config() {
        if (totem.isEmpty()) throw totem.refused(0, "there is no totem section; add one with version: 2");
        if (totem.key("version").isEmpty())
            throw totem.refused(totem.lineOf(""), "totem.version is missing; set it to 2");
        ConfValues quorum = ConfValues.ofTop(sourceName, file, "quorum");
        ClusterConfig.Builder builder = ClusterConfig.builder(totem.text("cluster_name", ""))
                .configVersion(totem.number("config_version", 0))
                .transport(totem.text("transport", "knet"))
                .crypto(crypto())
                .compression(compression())
                .ipVersion(IpVersion.ofConfName(totem.text("ip_version", IpVersion.IPV6_4.confName())))
                .linkMode(LinkMode.valueOf(totem.text("link_mode", "passive").toUpperCase(Locale.ROOT)))
                .pmtudInterval(Duration.ofSeconds(totem.number("knet_pmtud_interval", 30)))
                .manualMtu((int) totem.number("knet_mtu", 0))
                .totem(timers())
                .quorumProvider(quorum.text("provider", ConfCheck.VOTEQUORUM));
        for (ConfSection section : file.sections("quorum")) addOptions(builder, section, "");
        List<NodeConfig> nodes = nodes();
        nodes.forEach(builder::node);
        links().values().stream()
                .filter(l -> nodes.get(0).addresses().containsKey(l.number()))
                .forEach(builder::link);
        ClusterConfig config = totem.at(totem.lineOf("token"), () -> {
            ClusterConfig made = builder.build();
            RingTimers.of(made);
            return made;
        });
        return config;
    }

    /** Cipher and hash in force. Source: corosync 3.1.7 totemconfig.c, totem_get_crypto. */
    CryptoConfig crypto() {
        boolean secauth = totem.text("secauth", "off").equals("on");
        String cipher = totem.text("crypto_cipher", secauth ? "aes256" : "none");
        String hash = totem.text("crypto_hash", secauth ? "sha256" : "none");
        return totem.at(
                totem.lineOf("crypto_cipher"),
                () -> new CryptoConfig(
                        CryptoConfig.Cipher.valueOf(cipher.toUpperCase(Locale.ROOT)),
                        CryptoConfig.Hash.valueOf(hash.toUpperCase(Locale.ROOT))));
    }

    private CompressionConfig compression() {
        String model = totem.text("knet_compression_model", "none");
        int line = totem.lineOf(
                totem.key("knet_compression_level").isPresent() ? "knet_compression_level" : "knet_compression_model");
        return totem.at(
                line,
                () -> new CompressionConfig(
                        CompressionConfig.Model.valueOf(model.toUpperCase(Locale.ROOT)),
                        (int) Math.min(Integer.MAX_VALUE, totem.number("knet_compression_threshold", 0)),
                        (int) totem.number("knet_compression_level", 0)));
    }

    private TotemConfig timers() {
        TotemConfig standard = TotemConfig.DEFAULT;
        return totem.at(
                totem.lineOf("consensus"),
                () -> new TotemConfig(
                        totem.millis("token").orElse(standard.token()),
                        Duration.ofMillis(totem.number(
                                "token_coefficient", standard.tokenCoefficient().toMillis())),
                        totem.positiveInt("token_retransmits_before_loss_const", standard.tokenRetransmitsBeforeLoss()),
                        totem.millis("token_retransmit"),
                        totem.millis("hold"),
                        totem.millis("consensus"),
                        totem.millis("join").orElse(standard.join()),
                        Duration.ofMillis(totem.number("send_join", 0)),
                        totem.millis("merge").orElse(standard.merge()),
                        totem.positiveInt("fail_recv_const", standard.failToReceive()),
                        totem.positiveInt("seqno_unchanged_const", standard.seqnoUnchanged()),
                        totem.positiveInt("window_size", standard.windowSize()),
                        totem.positiveInt("max_messages", standard.maxMessages()),
                        totem.positiveInt("miss_count_const", standard.missCount()),
                        (int) totem.number("token_warning", standard.tokenWarningPercent()),
                        totem.text("cancel_token_hold_on_retransmit", "no").equals("yes")));
    }

    /** Interface sections by link number; several sections of one link count as one. */
    private SortedMap<Integer, LinkConfig> links() {
        TreeMap<Integer, List<ConfSection>> byNumber = new TreeMap<>();
        for (ConfSection section : totem.inner("interface"))
            byNumber.computeIfAbsent(linkNumber(section), n -> new ArrayList<>())
                    .add(section);
        TreeMap<Integer, LinkConfig> links = new TreeMap<>();
        byNumber.forEach((number, sections) -> links.put(
                number, link(number, new ConfValues(sourceName, sections.get(0).line(), sections))));
        return links;
    }

    private static int linkNumber(ConfSection section) {
        return section.key("linknumber").map(k -> Integer.parseInt(k.value())).orElse(0);
    }

    private static LinkConfig link(int number, ConfValues values) {
        LinkConfig standard = LinkConfig.of(number);
        return values.at(
                values.lineOf("knet_ping_interval"),
                () -> new LinkConfig(
                        number,
                        (int) values.number("mcastport", standard.port()),
                        (int) values.number("knet_link_priority", standard.priority()),
                        values.millis("knet_ping_interval"),
                        values.millis("knet_ping_timeout"),
                        values.positiveInt("knet_ping_precision", standard.pingPrecision()),
                        values.positiveInt("knet_pong_count", standard.pongCount())));
    }

    /** The node list in the order of the file. */
    List<NodeConfig> nodes() {
        ConfValues nodelist = ConfValues.ofTop(sourceName, file, "nodelist");
        List<ConfSection> sections = nodelist.inner("node");
        if (sections.isEmpty())
            throw nodelist.refused(
                    nodelist.lineOf(""), "there is no nodelist with nodes; list every node with nodeid and ring0_addr");
        List<NodeConfig> nodes = new ArrayList<>();
        Places seen = new Places();
        for (ConfSection section : sections) {
            NodeConfig node = node(section);
            seen.check(node, section);
            nodes.add(node);
        }
        return nodes;
    }

    private NodeConfig node(ConfSection section) {
        ConfValues values = new ConfValues(sourceName, section.line(), List.of(section));
        TreeMap<Integer, String> addresses = new TreeMap<>();
        Map<String, String> labels = new LinkedHashMap<>();
        for (ConfKey key : section.keys()) {
            Matcher ring = RING_ADDRESS.matcher(key.name());
            if (ring.matches()) {
                int link = Integer.parseInt(ring.group(1));
                if (link >= LinkConfig.MAX_LINKS)
                    throw values.refused(key.line(), key.name() + " names link " + link + "; links are 0..7");
                addresses.put(link, key.value());
            } else if (KeyRule.of("nodelist.node." + key.name()).isEmpty()) {
                labels.put(key.name(), key.value());
            }
        }
        if (values.key("nodeid").isEmpty())
            throw values.refused(section.line(), "the node has no nodeid; give it one in 1..65535");
        return values.at(
                section.line(),
                () -> new NodeConfig(
                        NodeId.of((int) values.number("nodeid", 0)),
                        values.text("name", ""),
                        (int) values.number("quorum_votes", 1),
                        addresses,
                        labels));
    }

    private static void addOptions(ClusterConfig.Builder builder, ConfSection section, String prefix) {
        for (ConfKey key : section.keys())
            if (!(prefix.isEmpty() && key.name().equals("provider")))
                builder.quorumOption(prefix + key.name(), key.value());
        for (ConfSection inner : section.sections()) addOptions(builder, inner, prefix + inner.name() + ".");
    }

    /** What earlier nodes of the list took, and where: to say of a second use where the first one is. */
    private final class Places {
        private final Map<String, Integer> taken = new HashMap<>();
        private Optional<NodeConfig> first = Optional.empty();

        void check(NodeConfig node, ConfSection section) {
            ConfValues values = new ConfValues(sourceName, section.line(), List.of(section));
            take(values, "nodeid", node.id().toString(), "nodeid " + node.id());
            if (!node.name().isEmpty()) take(values, "name", "name " + node.name(), "name " + node.name());
            if (node.addresses().isEmpty())
                throw values.refused(section.line(), "node " + node.id() + " has no address; give it ring0_addr");
            node.addresses().forEach((link, address) -> {
                String key = "ring" + link + "_addr";
                take(values, key, key + " " + address.toLowerCase(Locale.ROOT), key + " " + address);
                checkFamily(values, key, address);
            });
            NodeConfig model = first.orElse(node);
            first = Optional.of(model);
            if (!model.addresses().keySet().equals(node.addresses().keySet()))
                throw values.refused(
                        section.line(),
                        "node " + node.id() + " has addresses for links "
                                + node.addresses().keySet() + ", but node " + model.id() + " for links "
                                + model.addresses().keySet() + "; all nodes need the same links");
            if (node.name().isEmpty() && node.addresses().size() > 1)
                throw values.refused(
                        section.line(),
                        "node " + node.id() + " has no name; with more than one link every node needs one");
        }

        private void take(ConfValues values, String key, String what, String words) {
            Integer before = taken.putIfAbsent(what, values.lineOf(key));
            if (before != null)
                throw values.refused(
                        values.lineOf(key), words + " is that of line " + before + " already; each node needs its own");
        }

        /** One address family for each link; host names may be of either. */
        private void checkFamily(ConfValues values, String key, String address) {
            boolean six = address.indexOf(':') >= 0;
            boolean four = address.matches("[0-9.]+");
            if (six || four) {
                Integer other = taken.get(key + (six ? " of IPv4" : " of IPv6"));
                if (other != null)
                    throw values.refused(
                            values.lineOf(key),
                            key + " " + address + " is of another address family than that of line " + other
                                    + "; use one family on each link");
                taken.putIfAbsent(key + (six ? " of IPv6" : " of IPv4"), values.lineOf(key));
            }
        }
    }
}
