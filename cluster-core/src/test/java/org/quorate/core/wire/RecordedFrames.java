package org.quorate.core.wire;

import java.util.ArrayList;
import java.util.List;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.testkit.Json;

/** The ring's frames as a Corosync 3.1.7 sent them, recorded in clear, with what an independent decoder saw in them. */
public final class RecordedFrames {
    /** One file for each capture. */
    public static final List<String> CAPTURES = List.of(
            "cfg",
            "coldstart",
            "cpg",
            "crypto",
            "fewer",
            "fragments",
            "idle",
            "kill",
            "killrep",
            "leave",
            "loss",
            "partition",
            "recovery",
            "rejoin",
            "rejoin2",
            "restart3",
            "together");

    private RecordedFrames() {}

    /**
     * A frame.
     *
     * @param name capture and position, for messages
     * @param octets the packet
     * @param fields what is in it
     */
    public record Frame(String name, byte[] octets, Json fields) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All frames that were captured. */
    public static List<Frame> captured() {
        List<Frame> frames = new ArrayList<>();
        for (String capture : CAPTURES) frames.addAll(of(capture));
        return frames;
    }

    /** The frames that were made by hand as a big-endian node would send them. */
    public static List<Frame> bigEndian() {
        return of("bigendian");
    }

    /** All frames that carry packed messages, the inner ones of recovery included. */
    public static List<Frame> packed() {
        List<Frame> packed = new ArrayList<>();
        for (Frame frame : captured()) {
            if (frame.fields.has("pg")) packed.add(frame);
            if (frame.fields.has("inner")) {
                packed.add(new Frame(
                        frame.name + " inner",
                        mcast(frame).inner().orElseThrow().packet(),
                        frame.fields.get("inner")));
            }
        }
        return packed;
    }

    /** The frame as a multicast. */
    public static Mcast mcast(Frame frame) {
        if (RingMessages.decode(frame.octets) instanceof Decoded.Ok ok && ok.message() instanceof Mcast mcast) {
            return mcast;
        }
        throw new AssertionError(frame + " is no mcast");
    }

    private static List<Frame> of(String capture) {
        List<Frame> frames = new ArrayList<>();
        for (Json frame :
                Json.resource("totem/" + capture + ".json").get("frames").items()) {
            frames.add(new Frame(
                    capture + " " + frames.size() + " " + frame.get("note").text(),
                    frame.get("hex").hex(),
                    frame.get("decoded")));
        }
        return frames;
    }
}
