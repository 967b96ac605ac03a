package org.quorate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;

/** Ports that nobody on this machine uses at the moment; another process may take one before its caller does, so ask shortly before the use. */
public final class FreePort {
    private FreePort() {}

    /** A UDP port that is free on all addresses. */
    public static int udp() {
        try (DatagramSocket free = new DatagramSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free UDP port", e);
        }
    }

    /** A TCP port that is free on all addresses. */
    public static int tcp() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free TCP port", e);
        }
    }
}
