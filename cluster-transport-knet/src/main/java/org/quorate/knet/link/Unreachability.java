package org.quorate.knet.link;

/** Why the network does not take packets to a peer. */
public enum Unreachability {
    /** The peer's host says that no process has the port. */
    PORT_CLOSED("nobody listens at the peer's port"),
    /** No host has the address. */
    NO_HOST("no such host answers in the peer's network"),
    /** No route leads there. */
    NO_WAY("there is no way to the peer's network");

    private final String sentence;

    Unreachability(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public String toString() {
        return sentence;
    }
}
