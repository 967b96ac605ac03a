package org.quorate.core.conf;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@link LocalAddresses} of the host that this process runs on. */
final class HostAddresses implements LocalAddresses {
    private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    @Override
    public String hostName() {
        try {
            return Files.readString(LINUX_HOST_NAME).strip();
        } catch (IOException notLinux) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException nameless) {
                return "";
            }
        }
    }

    @Override
    public List<InetAddress> addresses() {
        try {
            List<InetAddress> all = new ArrayList<>();
            NetworkInterface.networkInterfaces()
                    .forEach(each -> each.inetAddresses().forEach(all::add));
            return all;
        } catch (SocketException none) {
            return List.of();
        }
    }

    @Override
    public String nameOf(InetAddress address) {
        String name = address.getCanonicalHostName();
        return name.equals(address.getHostAddress()) ? "" : name;
    }

    @Override
    public List<InetAddress> resolve(String nameOrAddress) {
        try {
            return List.of(InetAddress.getAllByName(nameOrAddress));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }
}
