package org.quorate.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What a {@link CorosyncCluster} is made of; also writes its configuration files.
 *
 * @param hosts number of hosts, 1..32; all are in the node list
 * @param links number of networks, 1..8
 * @param daemons hosts whose daemon starts with the cluster
 * @param cipher {@code crypto_cipher}
 * @param hash {@code crypto_hash}; with {@code none} there is no key
 * @param totem further lines of the totem section
 * @param quorum further lines of the quorum section
 * @param debug whether the daemons log every detail
 * @param ipv6 whether hosts have IPv6 addresses, and no others
 * @param mtu of every interface, in bytes
 */
public record ClusterLayout(
        int hosts,
        int links,
        List<Integer> daemons,
        String cipher,
        String hash,
        List<String> totem,
        List<String> quorum,
        boolean debug,
        boolean ipv6,
        int mtu) {
    /** Key length that corosync-keygen uses, in bytes. */
    private static final int KEY_BYTES = 256;

    /** Takes copies and checks the numbers. */
    public ClusterLayout {
        if (hosts < 1 || hosts > 32) throw new IllegalArgumentException(hosts + " hosts: not in 1..32");
        if (links < 1 || links > 8) throw new IllegalArgumentException(links + " links: not in 1..8");
        for (int host : daemons)
            if (host < 1 || host > hosts)
                throw new IllegalArgumentException("daemon on host " + host + ": not in 1.." + hosts);
        daemons = List.copyOf(daemons);
        totem = List.copyOf(totem);
        quorum = List.copyOf(quorum);
    }

    /** Daemons on all hosts, two links, aes256 and sha256, everything else as the daemon has it by default. */
    public static ClusterLayout of(int hosts) {
        return new ClusterLayout(
                hosts,
                2,
                IntStream.rangeClosed(1, hosts).boxed().toList(),
                "aes256",
                "sha256",
                List.of(),
                List.of(),
                false,
                false,
                1500);
    }

    /** The same with other networks. */
    public ClusterLayout withLinks(int newLinks) {
        return new ClusterLayout(hosts, newLinks, daemons, cipher, hash, totem, quorum, debug, ipv6, mtu);
    }

    /** The same with daemons on these hosts only. */
    public ClusterLayout withDaemons(Integer... newDaemons) {
        return new ClusterLayout(hosts, links, List.of(newDaemons), cipher, hash, totem, quorum, debug, ipv6, mtu);
    }

    /** The same with other crypto; {@code none} and {@code none} for plain text. */
    public ClusterLayout withCrypto(String newCipher, String newHash) {
        return new ClusterLayout(hosts, links, daemons, newCipher, newHash, totem, quorum, debug, ipv6, mtu);
    }

    /** The same with these further lines in the totem section, for example {@code token: 1000}. */
    public ClusterLayout withTotem(String... lines) {
        return new ClusterLayout(hosts, links, daemons, cipher, hash, List.of(lines), quorum, debug, ipv6, mtu);
    }

    /** The same with these further lines in the quorum section. */
    public ClusterLayout withQuorum(String... lines) {
        return new ClusterLayout(hosts, links, daemons, cipher, hash, totem, List.of(lines), debug, ipv6, mtu);
    }

    /** The same with daemons that log every detail. */
    public ClusterLayout withDebug() {
        return new ClusterLayout(hosts, links, daemons, cipher, hash, totem, quorum, true, ipv6, mtu);
    }

    /** The same with IPv6 addresses instead of IPv4. */
    public ClusterLayout withIpv6() {
        return new ClusterLayout(hosts, links, daemons, cipher, hash, totem, quorum, debug, true, mtu);
    }

    /** The same with interfaces of another MTU, in bytes. */
    public ClusterLayout withMtu(int bytes) {
        return new ClusterLayout(hosts, links, daemons, cipher, hash, totem, quorum, debug, ipv6, bytes);
    }

    /** Address of a host on a network. */
    String address(int host, int link) {
        return ipv6 ? "fd77:" + link + "::" + host : "10.77." + link + "." + host;
    }

    /** The daemon's configuration file for a host whose files are in {@code folder}. */
    String corosyncConf(Path folder, Path keyFile) {
        StringBuilder conf = new StringBuilder("""
                totem {
                  version: 2
                  cluster_name: interop
                  config_version: 1
                  transport: knet
                  ip_version: %s
                  crypto_model: openssl
                  crypto_cipher: %s
                  crypto_hash: %s
                """.formatted(ipv6 ? "ipv6" : "ipv4", cipher, hash));
        if (!hash.equals("none")) conf.append("  keyfile: ").append(keyFile).append('\n');
        totem.forEach(line -> conf.append("  ").append(line).append('\n'));
        for (int link = 0; link < links; link++)
            conf.append("  interface {\n    linknumber: ").append(link).append("\n  }\n");
        conf.append("}\nnodelist {\n");
        for (int host = 1; host <= hosts; host++) {
            conf.append("  node {\n    name: hp%1$d%n    nodeid: %1$d%n    quorum_votes: 1%n".formatted(host));
            for (int link = 0; link < links; link++)
                conf.append("    ring%d_addr: %s%n".formatted(link, address(host, link)));
            conf.append("  }\n");
        }
        conf.append("}\nquorum {\n  provider: corosync_votequorum\n");
        quorum.forEach(line -> conf.append("  ").append(line).append('\n'));
        conf.append("""
                }
                logging {
                  to_syslog: no
                  to_stderr: yes
                  timestamp: hires
                  debug: %s
                }
                system {
                  allow_knet_handle_fallback: yes
                  sched_rr: no
                  state_dir: %s
                }
                """.formatted(debug ? "on" : "off", folder.resolve("lib")));
        return conf.toString();
    }

    /** Writes the shared key; readable by its owner only. */
    void writeKey(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SplittableRandom().nextBytes(key); // protects nothing but a test
        Files.write(file, key);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    }
}
