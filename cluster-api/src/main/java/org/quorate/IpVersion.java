package org.quorate;

import java.util.Locale;

/**
 * Which addresses host names of the node list resolve to. Must be equal on all nodes: each link has one address family. Addresses in
 * digits are taken as they are. Source: corosync.conf(5) ip_version.
 */
public enum IpVersion {
    /** IPv4 only. */
    IPV4("ipv4"),
    /** IPv6 only. */
    IPV6("ipv6"),
    /** IPv4 if the name has such an address, else IPv6. */
    IPV4_6("ipv4-6"),
    /** IPv6 if the name has such an address, else IPv4: Corosync's default. */
    IPV6_4("ipv6-4");

    private final String confName;

    IpVersion(String confName) {
        this.confName = confName;
    }

    /** The word in corosync.conf. */
    public String confName() {
        return confName;
    }

    /** Whether IPv6 is tried first. */
    public boolean prefersIpv6() {
        return this == IPV6 || this == IPV6_4;
    }

    /** Whether only the preferred family will do. */
    public boolean isStrict() {
        return this == IPV4 || this == IPV6;
    }

    /**
     * The constant for a word in corosync.conf.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static IpVersion ofConfName(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
