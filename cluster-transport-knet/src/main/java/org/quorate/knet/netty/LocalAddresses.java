package org.quorate.knet.netty;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/** What this host says of its addresses. */
final class LocalAddresses {
    /** What is assumed of an interface that cannot be asked. */
    static final int USUAL_MTU = 1500;

    private LocalAddresses() {}

    /** MTU of the interface that has {@code address}. */
    static int interfaceMtu(InetAddress address) {
        try {
            NetworkInterface found = interfaceOf(address);
            int mtu = found == null ? 0 : found.getMTU();
            return mtu > 0 ? mtu : USUAL_MTU;
        } catch (SocketException e) {
            return USUAL_MTU;
        }
    }

    private static @Nullable NetworkInterface interfaceOf(InetAddress address) throws SocketException {
        NetworkInterface found = NetworkInterface.getByInetAddress(address);
        if (found != null || !address.isLoopbackAddress()) return found;
        return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()); // all of 127/8 is there
    }

    /** Says in one sentence why {@code address} could not be bound for {@code link}, and what to do. */
    static ClusterException explain(int link, InetSocketAddress address, Throwable cause) {
        String where = "link " + link + " cannot use " + address.getAddress().getHostAddress() + " port "
                + address.getPort() + ": ";
        if (!isLocal(address.getAddress()))
            return new ClusterException(
                    Reason.ADDRESS_NOT_LOCAL,
                    where + "the address does not belong to this host, which has " + all()
                            + "; correct the address of this node or bring the interface up",
                    cause);
        if (isBusy(cause))
            return new ClusterException(
                    Reason.PORT_BUSY,
                    where
                            + "another process (corosync, or another node on this host) has the port; stop it or choose another port",
                    cause);
        return new ClusterException(
                Reason.CONFIGURATION_INVALID, where + cause.getMessage() + "; choose another address or port", cause);
    }

    private static boolean isBusy(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return cause instanceof BindException || text.contains("in use");
    }

    private static boolean isLocal(InetAddress address) {
        try {
            return address.isAnyLocalAddress() || interfaceOf(address) != null;
        } catch (SocketException e) {
            return true;
        }
    }

    private static String all() {
        TreeSet<String> texts = new TreeSet<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces()))
                for (InetAddress address : Collections.list(each.getInetAddresses()))
                    texts.add(address.getHostAddress());
        } catch (SocketException e) {
            return "addresses that cannot be listed (" + e.getMessage() + ")";
        }
        return texts.isEmpty() ? "none" : String.join(", ", texts);
    }
}
