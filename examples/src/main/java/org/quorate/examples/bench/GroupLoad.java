package org.quorate.examples.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the members of one group do to each other in one measurement; travels as the arguments of the processes.
 *
 * @param mode many messages, or one at a time
 * @param members nodes, each with one member
 * @param senders how many of them send, from node 1 on
 * @param bytes size of a message, {@link GroupMessage#HEADER_BYTES} to 1 047 552
 * @param warmUp not counted
 * @param measured counted
 * @param gap between one message and the next, when one is sent at a time
 * @param count how many messages of each sender are counted; 0 for as many as fit into {@code measured}
 */
record GroupLoad(
        Mode mode, int members, int senders, int bytes, Duration warmUp, Duration measured, Duration gap, long count) {
    /** The longest that a load by count may take. */
    static final Duration COUNT_LIMIT = Duration.ofMinutes(30);

    private static final int ARGUMENTS = 8;
    /** Loads after the first need this part of the warm-up. */
    private static final int LATER_WARM_UP = 8;

    /** The pattern of messages. */
    enum Mode {
        /** As many as the node takes. */
        THROUGHPUT,
        /** The next one after the delivery of the one before. */
        LATENCY
    }

    GroupLoad {
        if (members < 1 || senders < 1 || senders > members)
            throw new IllegalArgumentException(senders + " senders among " + members + " members");
        if (bytes < GroupMessage.HEADER_BYTES || bytes > org.quorate.Group.MAX_MESSAGE_BYTES)
            throw new IllegalArgumentException("messages of " + bytes + " bytes");
        if (count < 0) throw new IllegalArgumentException(count + " messages");
    }

    /** Whether the sender has sent enough, {@code counted} messages after the warm-up, which ended then. */
    boolean isOver(long counted, long nanosSinceWarmUp) {
        return count > 0 ? counted >= count : nanosSinceWarmUp >= measured.toNanos();
    }

    /** The longest that the senders may send. */
    Duration limit() {
        return warmUp.plus(count > 0 ? COUNT_LIMIT : measured);
    }

    /** The arguments of a node. */
    List<String> arguments() {
        return List.of(
                mode.name().toLowerCase(Locale.ROOT),
                Integer.toString(members),
                Integer.toString(senders),
                Integer.toString(bytes),
                Long.toString(warmUp.toMillis()),
                Long.toString(measured.toMillis()),
                Long.toString(gap.toNanos() / 1000),
                Long.toString(count));
    }

    /**
     * The reverse of {@link #arguments}. In place of the size there may be several, separated by commas: that many loads, of which the first warms up
     * in full and the others for a short time.
     */
    static List<GroupLoad> parse(List<String> arguments) {
        if (arguments.size() != ARGUMENTS) throw new IllegalArgumentException("arguments: " + arguments);
        List<GroupLoad> loads = new ArrayList<>();
        for (String bytes : arguments.get(3).split(",")) {
            long warmUp = Long.parseLong(arguments.get(4));
            loads.add(of(arguments, Integer.parseInt(bytes), loads.isEmpty() ? warmUp : warmUp / LATER_WARM_UP));
        }
        return loads;
    }

    private static GroupLoad of(List<String> arguments, int bytes, long warmUpMillis) {
        return new GroupLoad(
                Mode.valueOf(arguments.get(0).toUpperCase(Locale.ROOT)),
                Integer.parseInt(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                bytes,
                Duration.ofMillis(warmUpMillis),
                Duration.ofMillis(Long.parseLong(arguments.get(5))),
                Duration.ofNanos(Long.parseLong(arguments.get(6)) * 1000),
                Long.parseLong(arguments.get(7)));
    }
}
