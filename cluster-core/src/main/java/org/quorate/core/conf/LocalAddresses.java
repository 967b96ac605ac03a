package org.quorate.core.conf;

import java.net.InetAddress;
import java.util.List;

/** What a host knows of itself: the evidence by which {@link CorosyncConf#localNode} finds the own node. */
public interface LocalAddresses {
    /** The name of the host, perhaps with a domain: what {@code uname -n} prints. Empty if it has none. */
    String hostName();

    /** The addresses of its network interfaces. */
    List<InetAddress> addresses();

    /** The name that belongs to {@code address} by reverse look-up; empty if there is none. May block. */
    String nameOf(InetAddress address);

    /** The addresses of a host name or of an address in digits; empty if it cannot be resolved. May block. */
    List<InetAddress> resolve(String nameOrAddress);

    /** Those of this host, asked anew at each call. */
    static LocalAddresses ofThisHost() {
        return new HostAddresses();
    }
}
