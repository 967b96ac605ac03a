package org.quorate.knet;

/** Under construction. */
public final class KnetTransport {
    private KnetTransport() {}
}
