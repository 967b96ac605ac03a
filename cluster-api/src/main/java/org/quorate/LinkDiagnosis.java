package org.quorate;

import java.time.Duration;

/**
 * What is the matter with a link, as far as one of its two ends can know.
 *
 * @param kind for programs
 * @param sentence for people: the evidence, and where the cause may be
 * @param age for how long it has been so
 */
public record LinkDiagnosis(Kind kind, String sentence, Duration age) {
    /** Up, and nothing is the matter. */
    public static final LinkDiagnosis SOUND = of(Kind.SOUND, "answers heartbeats and carries full frames");

    /** A diagnosis of age zero. */
    public static LinkDiagnosis of(Kind kind, String sentence) {
        return new LinkDiagnosis(kind, sentence, Duration.ZERO);
    }

    /** The cases that can be told apart from one side. */
    public enum Kind {
        /** Up, and nothing is the matter. */
        SOUND(false),
        /** Down, and too little has been seen yet to call it trouble: the link is new, has just gone down, or is coming up. */
        CONNECTING(false),
        /**
         * The peer's pings arrive, ours are not answered. It does not hear us, or refuses what we send. The peer sees {@link #SILENT}.
         */
        ONE_WAY(true),
        /**
         * Neither pings nor answers arrive. The peer is down, or both directions are cut, or only its way to us: then it sees
         * {@link #ONE_WAY}.
         */
        SILENT(true),
        /** Packets arrive from the peer's address, but none can be accepted: another key, or another address than the configured one. */
        REFUSED(true),
        /** Answers come, but so late that the link cannot come up. */
        LATE(true),
        /** Up, but a good part of the pings or their answers is lost. */
        LOSSY(true),
        /** Up, but not even the smallest probe of the path MTU is answered; carries no data. */
        NO_MTU(true);

        private final boolean trouble;

        Kind(boolean trouble) {
            this.trouble = trouble;
        }

        /** Whether somebody should look at the link. */
        public boolean isTrouble() {
            return trouble;
        }
    }
}
