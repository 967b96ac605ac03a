package org.quorate.core.join;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.quorate.core.conf.LocalAddresses;

/** A host that is called apple.garden.org and has the addresses 10.77.0.1, 10.77.1.1 and fd77::1. */
final class SomeHost implements LocalAddresses {
    private static final Map<String, String> NAMES =
            Map.of("apple", "10.77.0.1", "apple.garden.org", "10.77.0.1", "store", "10.77.1.1", "pear", "10.77.0.2");

    @Override
    public String hostName() {
        return "apple.garden.org";
    }

    @Override
    public List<InetAddress> addresses() {
        return List.of(digits("127.0.0.1"), digits("10.77.0.1"), digits("10.77.1.1"), digits("fd77::1"));
    }

    @Override
    public String nameOf(InetAddress address) {
        return "";
    }

    @Override
    public List<InetAddress> resolve(String name) {
        String digits = NAMES.getOrDefault(name, name);
        return digits.matches("[0-9.]+|[0-9a-f:]*:[0-9a-f:]*") ? List.of(digits(digits)) : List.of();
    }

    private static InetAddress digits(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
