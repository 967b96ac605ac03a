package org.quorate.core.conf;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.quorate.IpVersion;

/** What the addresses of a configuration stand for: digits are taken as they are, names are looked up once, as {@code ip_version} says. Not thread-safe. */
public final class AddressBook {
    private final IpVersion version;
    private final Function<String, List<InetAddress>> resolver;
    private final Map<String, Optional<InetAddress>> known = new HashMap<>();

    /** {@code resolver} answers with the addresses of a name or of an address in digits, and with none if there are none. */
    public AddressBook(IpVersion version, Function<String, List<InetAddress>> resolver) {
        this.version = version;
        this.resolver = resolver;
    }

    /** Whether {@code address} is one in digits. */
    public static boolean isDigits(String address) {
        return address.indexOf(':') >= 0 || address.matches("[0-9.]+");
    }

    /** What {@code address} stands for; empty if nobody knows. */
    public Optional<InetAddress> find(String address) {
        return known.computeIfAbsent(address, this::look);
    }

    /** Whether both stand for the same; two names that nobody knows do if they are equal. */
    public boolean same(String one, String other) {
        Optional<InetAddress> address = find(one);
        return address.isPresent() ? address.equals(find(other)) : one.equalsIgnoreCase(other);
    }

    private Optional<InetAddress> look(String address) {
        List<InetAddress> all = resolver.apply(address);
        if (isDigits(address)) return all.stream().findFirst();
        return all.stream()
                .filter(a -> a instanceof Inet6Address == version.prefersIpv6())
                .findFirst()
                .or(() -> version.isStrict() ? Optional.empty() : all.stream().findFirst());
    }
}
