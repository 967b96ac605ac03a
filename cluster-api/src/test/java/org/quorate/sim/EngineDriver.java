package org.quorate.sim;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/**
 * One life of one engine in a simulation: gives it inputs and wakes it at its deadlines, on its own clock, and performs its effects
 * in order. The host may hold the effects back while something becomes durable. An engine can be frozen, as a process is that gets
 * no processor: inputs queue up, deadlines pass. Ends with {@link #stop}; a restart is a new driver.
 *
 * @param <I> what the engine is told
 * @param <E> what the engine asks its host to do
 */
public final class EngineDriver<I, E> {
    /** Inputs that can wait; the next ones are dropped, as from a full socket buffer. */
    public static final int MAX_QUEUED_INPUTS = 4096;

    /** Effects that can be held back; more means that the host forgot to release them. */
    public static final int MAX_HELD_EFFECTS = 1_000_000;

    private final Simulation simulation;
    private final Engine<I, E> engine;
    private final Consumer<E> host;
    private final SimClock clock;
    private final long serviceNanos;
    private final ArrayDeque<I> inputs = new ArrayDeque<>();
    private final ArrayDeque<E> effects = new ArrayDeque<>();
    private long wakeAtNanos = Long.MAX_VALUE;
    private long freeAtNanos;
    private long droppedInputs;
    private boolean serving;
    private boolean busy;
    private boolean held;
    private boolean frozen;
    private boolean stopped;

    /**
     * Drives {@code engine} from now on.
     *
     * @param host performs one effect; must not call back into this driver but for {@link #hold} and {@link #discardQueued}
     * @param clock the node's own time
     * @param serviceNanos how long the node takes over each queued input: the next one waits until then
     */
    public EngineDriver(
            Simulation simulation, Engine<I, E> engine, Consumer<E> host, SimClock clock, long serviceNanos) {
        this.simulation = simulation;
        this.engine = engine;
        this.host = host;
        this.clock = clock;
        this.serviceNanos = serviceNanos;
        arm();
    }

    /** The node's own time now. */
    public long localNanos() {
        return clock.local(simulation.nowNanos());
    }

    /** Gives the engine an input at once. Not while frozen; ignored after the end. */
    public void deliver(I input) {
        if (stopped) return;
        if (frozen) throw new IllegalStateException("a frozen node cannot take " + input);
        run(out -> engine.step(localNanos(), input, out));
    }

    /** Queues an input behind the others, as a packet that waits in a socket; false if the queue was full and it is dropped. */
    public boolean enqueue(I input) {
        if (stopped) return false;
        if (inputs.size() >= MAX_QUEUED_INPUTS) {
            droppedInputs++;
            return false;
        }
        inputs.add(input);
        if (!busy && !serving && !frozen && simulation.nowNanos() >= freeAtNanos) serve();
        serveSoon();
        return true;
    }

    /** Takes the queued inputs out of the queue, oldest first. */
    public List<I> takeQueued() {
        List<I> taken = List.copyOf(inputs);
        inputs.clear();
        return taken;
    }

    /** Throws the queued inputs away and says how many they were. */
    public int discardQueued() {
        return takeQueued().size();
    }

    /** Inputs that did not fit into the queue. */
    public long droppedInputs() {
        return droppedInputs;
    }

    /** From the effect being performed on, keeps later ones back until {@link #release}. */
    public void hold() {
        held = true;
    }

    /** Performs the effects that were held back. */
    public void release() {
        held = false;
        if (frozen) return;
        performEffects();
        if (!busy) arm();
    }

    /** Stops the node's process: no input, no deadline, no effect until {@link #thaw}. */
    public void freeze() {
        frozen = true;
    }

    /**
     * Lets the process go on. A real event loop looks either at its timers or at its sockets first; both orders have to work.
     *
     * @param timersFirst whether overdue deadlines come before the first queued input
     */
    public void thaw(boolean timersFirst) {
        if (!frozen || stopped) return;
        frozen = false;
        performEffects();
        if (!timersFirst) serve();
        wakeAtNanos = Long.MAX_VALUE;
        wakeIfDue();
        serveSoon();
    }

    /** Whether the node is frozen. */
    public boolean isFrozen() {
        return frozen;
    }

    /** The end of this life: effects not yet performed never are. */
    public void stop() {
        stopped = true;
        inputs.clear();
        effects.clear();
    }

    /** Whether this life has ended. */
    public boolean isStopped() {
        return stopped;
    }

    private void serveSoon() {
        if (serving || frozen || stopped || inputs.isEmpty()) return;
        serving = true;
        simulation.at(freeAtNanos, () -> {
            serving = false;
            serve();
            serveSoon();
        });
    }

    private void serve() {
        if (frozen || stopped) return;
        I input = inputs.poll();
        if (input == null) return;
        freeAtNanos = simulation.nowNanos() + serviceNanos;
        run(out -> engine.step(localNanos(), input, out));
    }

    private void run(Consumer<Effects<E>> call) {
        if (busy) throw new IllegalStateException("an effect's host called the engine");
        busy = true;
        try {
            call.accept(effects::add);
        } finally {
            busy = false;
        }
        if (effects.size() > MAX_HELD_EFFECTS)
            throw new IllegalStateException(effects.size() + " effects are held back");
        performEffects();
        arm();
    }

    private void performEffects() {
        if (busy) return;
        busy = true;
        try {
            while (!held && !stopped) {
                E effect = effects.poll();
                if (effect == null) break;
                host.accept(effect);
            }
        } finally {
            busy = false;
        }
    }

    /** A wake-up that comes too early is cheap, so a later deadline leaves the planned one alone. */
    private void arm() {
        if (stopped) return;
        long wanted = clock.instantOf(engine.deadlineNanos());
        if (wanted >= wakeAtNanos) return;
        long at = Math.max(wanted, simulation.nowNanos());
        wakeAtNanos = at;
        simulation.at(at, () -> {
            if (at != wakeAtNanos) return;
            wakeAtNanos = Long.MAX_VALUE;
            wakeIfDue();
        });
    }

    private void wakeIfDue() {
        if (stopped || frozen) return;
        if (localNanos() >= engine.deadlineNanos()) run(out -> engine.tick(localNanos(), out));
        else arm();
    }
}
