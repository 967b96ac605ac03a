package org.quorate.core.conf;

import java.util.HashSet;
import java.util.Set;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * A node's address on one link and the link's priority, as given on a command line: {@code ADDR[,priority=P][,port=N]}, where
 * {@code address=ADDR} means the same as {@code ADDR}. Source: pvecm.md 3; the port is ours.
 *
 * @param address in digits, or the name of a host
 * @param priority 0 to 255; the link with the highest one carries the data; 0 for none given
 * @param port UDP port of the link on all nodes, 1 to 65535; 0 for none given, which means 5405 and the number of the link
 */
public record LinkParameter(String address, int priority, int port) {
    /** Highest priority. */
    public static final int MAX_PRIORITY = 255;

    private static final int MAX_ADDRESS_CHARS = 253;
    private static final int MAX_PORT = 65_535;

    /** A link on its usual port. */
    public LinkParameter(String address, int priority) {
        this(address, priority, 0);
    }

    /** Refuses what cannot be an address, and priorities that there are not. */
    public LinkParameter {
        if (address.isEmpty()) throw refused("a link has no address; give one in digits or the name of a host");
        if (address.length() > MAX_ADDRESS_CHARS)
            throw refused("the address of a link has " + address.length() + " characters; names of hosts have at most "
                    + MAX_ADDRESS_CHARS);
        if (!address.matches("[A-Za-z0-9:][A-Za-z0-9:._%-]*"))
            throw refused("\"" + address + "\" can be neither an address in digits nor the name of a host"
                    + (address.startsWith("[") ? "; write one of IPv6 without brackets" : ""));
        if (priority < 0 || priority > MAX_PRIORITY)
            throw refused("the priority " + priority + " of a link is not in 0.." + MAX_PRIORITY);
        if (port < 0 || port > MAX_PORT) throw refused("the port " + port + " of a link is not in 1.." + MAX_PORT);
    }

    /** The same with another address. */
    public LinkParameter withAddress(String other) {
        return new LinkParameter(other, priority, port);
    }

    /**
     * Reads {@code text}.
     *
     * @throws ClusterException with {@link Reason#CONFIGURATION_INVALID} if it is something else
     */
    public static LinkParameter parse(String text) {
        String address = "";
        int priority = 0;
        int port = 0;
        Set<String> seen = new HashSet<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? "address" : part.substring(0, equals);
            String value = part.substring(equals + 1);
            if (!seen.add(key)) throw refused("\"" + text + "\" gives the " + key + " twice; write ADDR,priority=P");
            switch (key) {
                case "address" -> address = value;
                case "priority" -> priority = number("priority", value, 0, MAX_PRIORITY, text);
                case "port" -> port = number("port", value, 1, MAX_PORT, text);
                default ->
                    throw refused(
                            "\"" + text + "\" has the unknown part \"" + part + "\"; write ADDR or ADDR,priority=P");
            }
        }
        return new LinkParameter(address, priority, port);
    }

    private static int number(String key, String value, int least, int most, String text) {
        boolean digits = value.matches("[0-9]{1,5}");
        if (!digits || Integer.parseInt(value) < least || Integer.parseInt(value) > most)
            throw refused("\"" + text + "\" has the " + key + " \"" + value + "\"; allowed: " + least + ".." + most);
        return Integer.parseInt(value);
    }

    private static ClusterException refused(String sentence) {
        return new ClusterException(Reason.CONFIGURATION_INVALID, sentence);
    }
}
