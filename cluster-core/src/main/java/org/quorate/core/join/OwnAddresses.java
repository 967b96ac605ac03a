package org.quorate.core.join;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.IpVersion;
import org.quorate.core.conf.AddressBook;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.LocalAddresses;

/**
 * What this host is called and which of its addresses the links have. Names are resolved here, once, and the address is what is kept.
 *
 * @param nodeName as given, or that of the host without its domain
 * @param links by number, with addresses in digits
 * @param addresses those of the links, in their order
 * @param fullNames of the host, if it has a domain
 */
record OwnAddresses(
        String nodeName, SortedMap<Integer, LinkParameter> links, List<InetAddress> addresses, List<String> fullNames) {
    /**
     * Finds them. May block for a name server.
     *
     * @throws ClusterException with {@link Reason#ADDRESS_NOT_LOCAL} and all addresses that this host has, if one of those given is not among
     *     them
     */
    static OwnAddresses of(CreateOptions options, LocalAddresses host) {
        String hostName = host.hostName();
        String nodeName = options.nodeName().isEmpty() ? firstPart(hostName) : options.nodeName();
        AddressBook book = new AddressBook(IpVersion.IPV4_6, host::resolve);
        SortedMap<Integer, LinkParameter> given = options.links();
        if (given.isEmpty()) given = byHostName(hostName, book, host);
        TreeMap<Integer, LinkParameter> links = new TreeMap<>();
        List<InetAddress> addresses = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        given.forEach((number, link) -> {
            Optional<InetAddress> address = book.find(link.address());
            String what = "link " + number + " has the address " + link.address();
            if (address.isEmpty()) problems.add(what + ", which cannot be resolved");
            else if (!isLocal(address.get(), host))
                problems.add(what + shown(link, address.get()) + ", which this host has not");
            else if (addresses.contains(address.get()))
                problems.add(what + shown(link, address.get()) + ", which another link has");
            else {
                addresses.add(address.get());
                boolean digits = AddressBook.isDigits(link.address());
                links.put(number, digits ? link : link.withAddress(digits(address.get())));
            }
        });
        if (!problems.isEmpty())
            throw new ClusterException(
                    Reason.ADDRESS_NOT_LOCAL,
                    String.join("; ", problems) + "; this host has " + list(host)
                            + ", of which each link needs its own");
        String fullName = hostName.startsWith(nodeName + ".") ? hostName : "";
        return new OwnAddresses(nodeName, links, addresses, fullName.isEmpty() ? List.of() : List.of(fullName));
    }

    private static SortedMap<Integer, LinkParameter> byHostName(
            String hostName, AddressBook book, LocalAddresses host) {
        Optional<InetAddress> address = hostName.isEmpty() ? Optional.empty() : book.find(hostName);
        InetAddress own = address.filter(a -> !a.isLoopbackAddress() && isLocal(a, host))
                .orElseThrow(() -> new ClusterException(
                        Reason.ADDRESS_NOT_LOCAL,
                        "no link is given, and the name of this host, " + hostName + ", stands for "
                                + address.map(OwnAddresses::digits).orElse("nothing")
                                + ", which other nodes could not reach; give the address of link 0: this host has "
                                + list(host)));
        TreeMap<Integer, LinkParameter> links = new TreeMap<>();
        links.put(0, new LinkParameter(digits(own), 0));
        return links;
    }

    /** Every address of the loopback network is this host's, though its interface has one only. */
    private static boolean isLocal(InetAddress address, LocalAddresses host) {
        return address.isLoopbackAddress() || host.addresses().contains(address);
    }

    private static String shown(LinkParameter link, InetAddress address) {
        return AddressBook.isDigits(link.address()) ? "" : " (" + digits(address) + ")";
    }

    private static String list(LocalAddresses host) {
        return host.addresses().stream().map(OwnAddresses::digits).sorted().collect(Collectors.joining(", "));
    }

    private static String digits(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static String firstPart(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
