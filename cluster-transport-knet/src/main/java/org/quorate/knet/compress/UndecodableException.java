package org.quorate.knet.compress;

import org.quorate.knet.wire.DropReason;

/** Bytes that are not what a compression format allows. Without a stack trace: a hostile sender can cause as many as it likes. */
final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1;

    private final DropReason reason;

    private UndecodableException(DropReason reason, String why) {
        super(why, null, false, false);
        this.reason = reason;
    }

    /** Not a stream of this format, or not a whole one. */
    static UndecodableException bad(String why) {
        return new UndecodableException(DropReason.BAD_COMPRESSION, why);
    }

    /** More than a message may hold. */
    static UndecodableException tooLong(CompressionModel model) {
        return new UndecodableException(
                DropReason.TOO_LARGE, "a " + model.confName() + " stream holds more than a message may");
    }

    DropReason reason() {
        return reason;
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
