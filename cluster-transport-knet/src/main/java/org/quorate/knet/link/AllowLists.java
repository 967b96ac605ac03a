package org.quorate.knet.link;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.spi.AddressRule;

/** From where packets are taken, by own socket. Asked before anything else is done with a packet, so that a flood costs next to nothing. */
final class AllowLists {
    private AddressRule.@Nullable Compiled[] bySocket = new AddressRule.@Nullable Compiled[8];

    /** Takes the lists of the links that have these own sockets; a socket that no link has any more keeps its list. */
    void set(Map<Integer, List<AddressRule>> lists, Map<Integer, Integer> socketOfLink) {
        socketOfLink.forEach((link, socket) -> {
            List<AddressRule> rules = lists.get(link);
            if (socket >= bySocket.length) bySocket = Arrays.copyOf(bySocket, 2 * socket);
            bySocket[socket] = rules == null ? null : AddressRule.compile(rules);
        });
    }

    boolean accept(int socket, InetAddress from) {
        AddressRule.Compiled list = socket >= 0 && socket < bySocket.length ? bySocket[socket] : null;
        return list == null || list.accepts(from);
    }
}
