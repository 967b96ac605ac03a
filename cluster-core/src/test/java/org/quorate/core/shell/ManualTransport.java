package org.quorate.core.shell;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.quorate.CryptoConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.PeerStatus;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/** A transport whose loop the test turns itself, on its own thread and its own time; notes what is sent. */
final class ManualTransport implements LinkTransport, TransportSession, EventLoop {
    final List<String> log;
    private final ConcurrentLinkedDeque<Runnable> tasks = new ConcurrentLinkedDeque<>();
    private @Nullable TransportSettings settings;
    private @Nullable TransportListener listener;
    /** What the node gave as its key when it opened this. */
    byte[] key = {};

    private final List<ManualAlarm> alarms = new ArrayList<>();
    private volatile @Nullable Thread turning;
    private long now;
    /** When the first alarm that was made is to go off. */
    long alarmAt = Long.MAX_VALUE;

    volatile boolean closed;
    /** Thrown when a key is loaded or links are changed, if set. */
    @Nullable
    RuntimeException refusal;

    ManualTransport(List<String> log) {
        this.log = log;
    }

    TransportSettings settings() {
        if (settings == null) throw new AssertionError("not open");
        return settings;
    }

    /** Stops the node at once, whatever it is doing; a loop that nobody turns would make closing wait. */
    void endNode() {
        if (listener != null) listener.nodeIdClash("the test is over");
    }

    TransportListener listener() {
        if (listener == null) throw new AssertionError("not open");
        return listener;
    }

    /** Runs what was posted, and what that posts, until there is nothing. */
    void turn() {
        turning = Thread.currentThread();
        try {
            for (Runnable task; !closed && (task = tasks.poll()) != null; ) task.run();
        } finally {
            turning = null;
        }
    }

    /** Sets the clock, and lets the alarm go off if its time has come. */
    void advanceTo(long nanos) {
        now = nanos;
        tasks.add(() -> {
            for (ManualAlarm alarm : alarms) alarm.goOffIfDue();
        });
        turn();
    }

    void arrive(int... bytes) {
        byte[] message = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) message[i] = (byte) bytes[i];
        tasks.add(() -> {
            ByteBuffer buffer = ByteBuffer.wrap(message);
            listener().received(NodeId.of(2), buffer);
            Arrays.fill(message, (byte) 0xEE);
        });
    }

    @Override
    public String name() {
        return "manual";
    }

    @Override
    public TransportSession open(TransportSettings given, TransportListener to) {
        settings = given;
        key = given.key().clone();
        listener = to;
        return this;
    }

    @Override
    public EventLoop loop() {
        return this;
    }

    @Override
    public long nowNanos() {
        return now;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == turning;
    }

    @Override
    public void execute(Runnable task) {
        if (!closed) tasks.add(task);
    }

    @Override
    public Alarm newAlarm(Runnable action) {
        ManualAlarm alarm = new ManualAlarm(action, alarms.isEmpty());
        alarms.add(alarm);
        return alarm;
    }

    private final class ManualAlarm implements Alarm {
        private final Runnable action;
        private final boolean first;
        private long at = Long.MAX_VALUE;

        ManualAlarm(Runnable action, boolean first) {
            this.action = action;
            this.first = first;
        }

        @Override
        public void setAt(long deadlineNanos) {
            at = deadlineNanos;
            if (first) alarmAt = deadlineNanos;
        }

        void goOffIfDue() {
            if (at > now) return;
            setAt(Long.MAX_VALUE);
            action.run();
        }
    }

    @Override
    public void send(NodeId target, ByteBuffer message) {
        log.add("send " + target + " " + text(message));
    }

    @Override
    public void sendToAll(ByteBuffer message) {
        log.add("all " + text(message));
    }

    @Override
    public void sendToOthers(ByteBuffer message) {
        log.add("others " + text(message));
    }

    private static String text(ByteBuffer message) {
        List<Byte> bytes = new ArrayList<>();
        for (int i = message.position(); i < message.limit(); i++) bytes.add(message.get(i));
        return bytes.toString();
    }

    @Override
    public void discardPending(IntConsumer discarded) {
        log.add("discard");
        discarded.accept(3);
    }

    @Override
    public void putPeer(TransportSettings.Peer peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removePeer(NodeId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reconfigure(TransportSettings changed) {
        if (refusal != null) throw refusal;
        log.add("links " + changed.localAddresses() + " to "
                + changed.peers().stream().map(TransportSettings.Peer::id).toList());
    }

    @Override
    public List<PeerStatus> peers() {
        return List.of();
    }

    @Override
    public void loadKey(CryptoConfig crypto, byte[] key) {
        if (refusal != null) throw refusal;
        log.add("load " + crypto.cipher().confName() + "/" + crypto.hash().confName() + " " + key.length + " x "
                + (key.length == 0 ? 0 : key[0]));
    }

    @Override
    public void useLoadedKey() {
        log.add("use the loaded key");
    }

    @Override
    public void dropOldKey() {
        log.add("drop the old key");
    }

    @Override
    public List<LinkStatus> links() {
        return List.of();
    }

    @Override
    public Map<String, Long> counters() {
        return Map.of("drop.unreachable", 4L, "shared", 1L);
    }

    @Override
    public void close() {
        closed = true;
        log.add("transport closed");
    }
}
