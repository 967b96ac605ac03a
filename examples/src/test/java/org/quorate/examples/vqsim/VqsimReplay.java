package org.quorate.examples.vqsim;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.SplittableRandom;
import org.quorate.quorum.VoteQuorum;
import org.quorate.quorum.sim.SimulatedCluster;
import org.quorate.quorum.sim.SimulatedCluster.Order;

/** A script in our simulator, command by command. */
final class VqsimReplay {
    /** The order of messages that our simulator has by itself. */
    static final long OWN_ORDER = 0;

    private final StringWriter out = new StringWriter();
    private final VqsimSession session;

    /**
     * A cluster of nobody yet.
     *
     * @param durable whether nodes that start again have their memory
     */
    VqsimReplay(RandomScript script, boolean durable, long order) {
        session = new VqsimSession(
                new SimulatedCluster(new VoteQuorum(), script.nodes(), script.options(), Order.VQSIM, durable),
                new PrintWriter(out));
        reorder(order);
        session.start(script.nodes());
    }

    /** From now on messages come in another order, drawn from the number. */
    void reorder(long order) {
        SplittableRandom random = new SplittableRandom(order);
        session.nodes().interleave(order == OWN_ORDER ? count -> 0 : random::nextInt);
    }

    /** The status when the command is done and the time is over. */
    List<String> status(String command, int millis) {
        session.command(command);
        session.command("wait " + millis);
        out.getBuffer().setLength(0);
        session.command("show");
        return out.toString().lines().toList();
    }

    /** The most votes that any node needs now. */
    int highestQuorum() {
        return session.nodes().running().stream()
                .mapToInt(id -> session.nodes().state(id).quorum())
                .max()
                .orElse(0);
    }
}
