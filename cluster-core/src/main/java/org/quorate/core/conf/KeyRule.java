package org.quorate.core.conf;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What one key of corosync.conf may be set to, and what to say if this node does not act on it.
 *
 * @param allowed the values allowed, in words
 * @param accepts tells whether a value is one of them
 * @param remark for the log if the key is set to a value not in {@code silent}; empty for none
 * @param silent values that change nothing here, so that nothing is said
 */
record KeyRule(String allowed, Predicate<String> accepts, String remark, Set<String> silent) {
    /** Every key that corosync 3.1 knows, by its path without positions. Source: corosync.conf(5), coroparse.c. */
    private static final Map<String, KeyRule> RULES = rules();
    /** Sections whose keys mean nothing to an embedded node: they may hold anything. */
    private static final Set<String> LEFT_ALONE = Set.of("logging", "resources", "uidgid", "nozzle", "pload");

    private static final long U32 = 4_294_967_295L;
    private static final long INT = Integer.MAX_VALUE;

    /** The rule of {@code path}, such as {@code totem.interface.linknumber}. */
    static Optional<KeyRule> of(String path) {
        return Optional.ofNullable(RULES.get(path));
    }

    /** Whether the top-level section is Corosync's own business and is not looked into. */
    static boolean isLeftAlone(String section) {
        return LEFT_ALONE.contains(section);
    }

    /** Whether {@code path} is a section that Corosync knows. */
    static boolean isKnownSection(String path) {
        return isLeftAlone(path)
                || path.equals("quorum.device.net")
                || path.equals("quorum.device.heuristics")
                || RULES.keySet().stream().anyMatch(rule -> rule.startsWith(path + "."));
    }

    private static Map<String, KeyRule> rules() {
        TreeMap<String, KeyRule> all = new TreeMap<>();
        totem(all);
        totemTimers(all);
        totemInterface(all);
        nodelist(all);
        quorum(all);
        system(all);
        return all;
    }

    private static void totem(Map<String, KeyRule> all) {
        all.put("totem.version", oneOf("2"));
        all.put("totem.cluster_name", any());
        all.put("totem.config_version", number(0, Long.MAX_VALUE));
        all.put("totem.transport", some());
        all.put("totem.ip_version", oneOf("ipv4", "ipv6", "ipv4-6", "ipv6-4"));
        all.put("totem.link_mode", oneOf("passive", "active", "rr"));
        all.put("totem.crypto_model", oneOf("nss", "openssl", "gcrypt"));
        all.put("totem.crypto_cipher", oneOf("none", "aes128", "aes192", "aes256"));
        all.put("totem.crypto_hash", oneOf("none", "md5", "sha1", "sha256", "sha384", "sha512"));
        all.put("totem.secauth", oneOf("on", "off"));
        all.put("totem.keyfile", some());
        all.put("totem.key", some());
        all.put("totem.knet_pmtud_interval", number(1, 86_400));
        all.put("totem.knet_mtu", number(0, 65_535));
        all.put(
                "totem.netmtu",
                number(0, U32).remark("is not in force: messages on the ring have up to 65536 bytes", "0", "65536"));
        all.put(
                "totem.knet_compression_model",
                oneOf("none", "zlib", "lz4", "lz4hc", "lzo2", "lzma", "bzip2", "zstd")
                        .remark(
                                "is what no key means too; Corosync does not know the word, so leave the key out",
                                "zlib",
                                "lz4",
                                "lz4hc",
                                "lzo2",
                                "lzma",
                                "bzip2",
                                "zstd"));
        all.put("totem.knet_compression_threshold", number(0, U32));
        all.put("totem.knet_compression_level", number(Integer.MIN_VALUE, INT));
        all.put(
                "totem.block_unlisted_ips",
                yesNo().remark(
                                "is not in force: packets from addresses that are not listed are always dropped",
                                "yes"));
        all.put("totem.nodeid", any().remark("is ignored here; node ids belong into the node list"));
        all.put("totem.clear_node_high_bit", any().remark("is ignored; node ids are given in the node list"));
        all.put("totem.ip_dscp", any().remark("is not in force: packets have the system's default marking"));
        for (String leftover : List.of(
                "rrp_mode",
                "rrp_problem_count_timeout",
                "rrp_problem_count_threshold",
                "rrp_problem_count_mcast_threshold",
                "rrp_token_expired_timeout",
                "rrp_autorecovery_check_timeout"))
            all.put("totem." + leftover, any().remark("is ignored, a leftover of corosync 2"));
    }

    private static void totemTimers(Map<String, KeyRule> all) {
        all.put("totem.token", numberOrDefault(30, U32));
        all.put("totem.token_coefficient", number(0, U32));
        all.put("totem.token_retransmits_before_loss_const", numberOrDefault(1, INT));
        all.put("totem.token_retransmit", numberOrDefault(30, U32));
        all.put("totem.hold", numberOrDefault(14, U32));
        all.put("totem.consensus", numberOrDefault(30, U32));
        all.put("totem.join", numberOrDefault(30, U32));
        all.put("totem.send_join", number(0, INT));
        all.put("totem.merge", numberOrDefault(30, U32));
        all.put("totem.downcheck", numberOrDefault(30, U32));
        all.put("totem.fail_recv_const", numberOrDefault(1, INT));
        all.put("totem.seqno_unchanged_const", numberOrDefault(1, INT));
        all.put(
                "totem.heartbeat_failures_allowed",
                number(0, U32).remark("is not in force: the token alone shows that nodes are alive", "0"));
        all.put("totem.max_network_delay", numberOrDefault(30, U32));
        all.put("totem.window_size", numberOrDefault(1, INT));
        all.put("totem.max_messages", numberOrDefault(1, INT));
        all.put("totem.miss_count_const", numberOrDefault(1, INT));
        all.put("totem.token_warning", number(0, 100));
        all.put("totem.threads", number(0, U32));
        all.put("totem.cancel_token_hold_on_retransmit", yesNo());
    }

    private static void totemInterface(Map<String, KeyRule> all) {
        String section = "totem.interface.";
        all.put(section + "linknumber", number(0, 7));
        all.put(section + "ringnumber", number(0, 255).remark("is ignored; the key is called linknumber now"));
        all.put(section + "knet_link_priority", number(0, 255));
        all.put(section + "knet_ping_interval", numberOrDefault(1, U32));
        all.put(section + "knet_ping_timeout", numberOrDefault(1, U32));
        all.put(section + "knet_ping_precision", numberOrDefault(1, INT));
        all.put(section + "knet_pong_count", numberOrDefault(1, 255));
        all.put(section + "knet_transport", oneOf("udp"));
        all.put(section + "mcastport", number(1, 65_535));
        for (String other : List.of("bindnetaddr", "mcastaddr", "broadcast", "ttl")) all.put(section + other, any());
        all.put(section + "member.memberaddr", any());
    }

    private static void nodelist(Map<String, KeyRule> all) {
        String section = "nodelist.node.";
        all.put(section + "nodeid", number(1, 65_535));
        all.put(section + "name", some());
        all.put(section + "quorum_votes", number(0, INT));
        IntStream.range(0, 8).forEach(link -> all.put(section + "ring" + link + "_addr", some()));
    }

    private static void quorum(Map<String, KeyRule> all) {
        all.put("quorum.provider", some());
        for (String key : List.of("expected_votes", "votes", "last_man_standing_window", "leaving_timeout"))
            all.put("quorum." + key, number(0, U32));
        for (String key : List.of(
                "two_node",
                "expected_votes_tracking",
                "allow_downscale",
                "wait_for_all",
                "auto_tie_breaker",
                "last_man_standing")) all.put("quorum." + key, number(0, 255));
        all.put("quorum.auto_tie_breaker_node", some());
        all.put("quorum.device.model", any());
        for (String key : List.of("timeout", "sync_timeout", "votes")) all.put("quorum.device." + key, number(0, U32));
        all.put("quorum.device.master_wins", number(0, 255));
    }

    private static void system(Map<String, KeyRule> all) {
        all.put("system.qb_ipc_type", oneOf("native", "shm", "socket"));
        all.put("system.sched_rr", yesNo());
        all.put("system.priority", any());
        all.put("system.move_to_root_cgroup", oneOf("yes", "no", "auto"));
        all.put("system.allow_knet_handle_fallback", yesNo());
        all.put("system.state_dir", some());
    }

    private static KeyRule any() {
        return new KeyRule("anything", value -> true, "", Set.of());
    }

    private static KeyRule some() {
        return new KeyRule("a value", value -> !value.isEmpty(), "", Set.of());
    }

    private static KeyRule yesNo() {
        return oneOf("yes", "no");
    }

    private static KeyRule oneOf(String... words) {
        Set<String> all = Set.of(words);
        return new KeyRule(String.join(", ", words), all::contains, "", Set.of());
    }

    private static KeyRule number(long least, long most) {
        return new KeyRule(least + ".." + most, value -> isNumber(value, least, most), "", Set.of());
    }

    private static KeyRule numberOrDefault(long least, long most) {
        return new KeyRule(
                least + ".." + most + ", or 0 for the default",
                value -> isNumber(value, 0, 0) || isNumber(value, least, most),
                "",
                Set.of());
    }

    private KeyRule remark(String sentence, String... silentValues) {
        return new KeyRule(allowed, accepts, sentence, Set.of(silentValues));
    }

    private static boolean isNumber(String text, long least, long most) {
        if (!text.matches("-?[0-9]{1,20}")) return false;
        try {
            long value = Long.parseLong(text);
            return value >= least && value <= most;
        } catch (NumberFormatException tooLarge) {
            return false;
        }
    }
}
