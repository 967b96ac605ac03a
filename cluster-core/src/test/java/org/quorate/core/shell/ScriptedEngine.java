package org.quorate.core.shell;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.quorate.core.NodeEffect;
import org.quorate.core.NodeInput;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/** Notes what it is told and answers each input with the effects that the test has put in. */
final class ScriptedEngine implements Engine<NodeInput, NodeEffect> {
    final List<String> heard = new ArrayList<>();
    private final ArrayDeque<List<NodeEffect>> answers = new ArrayDeque<>();
    long deadline = Long.MAX_VALUE;
    boolean broken;

    /** The effects of the next step or tick that has none yet. */
    ScriptedEngine answer(NodeEffect... effects) {
        answers.add(List.of(effects));
        return this;
    }

    @Override
    public void step(long nowNanos, NodeInput input, Effects<NodeEffect> out) {
        if (broken) throw new IllegalStateException("broken on purpose");
        String text = input.toString();
        if (input instanceof NodeInput.Packet packet) text = "Packet" + Arrays.toString(packet.bytes());
        if (input instanceof NodeInput.Send send)
            text = "Send " + send.group() + " " + Arrays.toString(send.payload()) + " " + send.ticket();
        heard.add(nowNanos + " " + text);
        reply(out);
    }

    @Override
    public void tick(long nowNanos, Effects<NodeEffect> out) {
        heard.add(nowNanos + " tick");
        reply(out);
    }

    private void reply(Effects<NodeEffect> out) {
        List<NodeEffect> effects = answers.poll();
        if (effects != null) effects.forEach(out::add);
    }

    @Override
    public long deadlineNanos() {
        return deadline;
    }
}
