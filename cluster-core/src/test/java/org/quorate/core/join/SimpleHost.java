package org.quorate.core.join;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.quorate.core.conf.LocalAddresses;

/** A host of some name with some addresses, and a loopback one. Its own name stands for the first of them. */
record SimpleHost(String hostName, List<String> digits) implements LocalAddresses {
    static SimpleHost of(String hostName, String... digits) {
        return new SimpleHost(hostName, List.of(digits));
    }

    @Override
    public List<InetAddress> addresses() {
        return Stream.concat(Stream.of("127.0.0.1"), digits.stream())
                .map(SimpleHost::address)
                .toList();
    }

    @Override
    public String nameOf(InetAddress address) {
        return "";
    }

    @Override
    public List<InetAddress> resolve(String name) {
        String text = name.equals(hostName) ? digits.get(0) : name;
        return text.matches("[0-9.]+|[0-9a-f:]*:[0-9a-f:]*") ? List.of(address(text)) : List.of();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
