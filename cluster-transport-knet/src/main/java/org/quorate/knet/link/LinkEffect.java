package org.quorate.knet.link;

/** What the two engines of a link ask of the link's owner. */
public sealed interface LinkEffect {
    /** Performs this on {@code host}. */
    void applyTo(Host host);

    /**
     * Send a timed PING.
     *
     * @param sentAtNanos goes out in the ping and comes back in the pong
     */
    record SendPing(long sentAtNanos) implements LinkEffect {
        @Override
        public void applyTo(Host host) {
            host.sendPing(sentAtNanos);
        }
    }

    /**
     * The link is connected from now on, or no longer.
     *
     * @param up whether it is connected
     * @param why one sentence
     */
    record LinkChanged(boolean up, String why) implements LinkEffect {
        @Override
        public void applyTo(Host host) {
            host.linkChanged(up, why);
        }
    }

    /**
     * Send a PMTUD frame.
     *
     * @param packetBytes length of the IP packet it makes; goes out in the probe and comes back in the reply
     * @param plainBytes length of the frame before sealing
     */
    record SendProbe(int packetBytes, int plainBytes) implements LinkEffect {
        @Override
        public void applyTo(Host host) {
            host.sendProbe(packetBytes, plainBytes);
        }
    }

    /**
     * A search for the path MTU has ended.
     *
     * @param dataBytes user bytes that fit into one frame; 0 if not even the smallest probe was answered
     */
    record MtuFound(int dataBytes) implements LinkEffect {
        @Override
        public void applyTo(Host host) {
            host.mtuFound(dataBytes);
        }
    }

    /** One method per effect. */
    interface Host {
        /** See {@link SendPing}. */
        void sendPing(long sentAtNanos);

        /** See {@link LinkChanged}. */
        void linkChanged(boolean up, String why);

        /** See {@link SendProbe}. */
        void sendProbe(int packetBytes, int plainBytes);

        /** See {@link MtuFound}. */
        void mtuFound(int dataBytes);
    }
}
