package org.quorate.core.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.RingId;
import org.quorate.core.sync.wire.Barrier;
import org.quorate.core.sync.wire.ServiceBuild;
import org.quorate.core.sync.wire.SyncMessage;

/** The barrier lets every service of the union have its turn, in step, and an abandoned attempt leaves nothing behind. */
class SyncEngineTest {
    private static final RingId RING = new RingId(1, 0x44);
    private final SyncEngine engine = new SyncEngine(Set.of(0, 5));
    private final List<SyncEffect> out = new ArrayList<>();

    @Test
    void goesThroughEveryServiceOfTheUnionAlsoThoseItDoesNotHave() {
        begin(RING, 1, 2);
        assertThat(take())
                .containsExactly(
                        new SyncEffect.Multicast(new ServiceBuild(RING, List.of(0, 5))),
                        new SyncEffect.Begin(RING, List.of(1, 2), List.of(1)));
        hear(1, new ServiceBuild(RING, List.of(0, 5)));
        assertThat(take()).isEmpty();
        hear(2, new ServiceBuild(RING, List.of(0, 2)));
        assertThat(take()).containsExactly(new SyncEffect.Turn(0));
        turnDone(0);
        barriers();
        assertThat(take()).containsExactly(new SyncEffect.Activate(0), new SyncEffect.Multicast(new Barrier(RING)));
        barriers();
        assertThat(take()).containsExactly(new SyncEffect.Turn(5));
        turnDone(5);
        barriers();
        assertThat(take()).containsExactly(new SyncEffect.Activate(5), new SyncEffect.Complete());
        assertThat(engine.isBusy()).isFalse();
    }

    @Test
    void messagesOfAnotherRingOrOfStrangersDoNotCount() {
        begin(RING, 1, 2);
        take();
        hear(1, new ServiceBuild(RING, List.of(0)));
        hear(2, new ServiceBuild(new RingId(1, 0x40), List.of(0)));
        hear(3, new ServiceBuild(RING, List.of(0)));
        assertThat(take()).isEmpty();
        assertThat(engine.isBusy()).isTrue();
    }

    @Test
    void aBarrierBeforeTheBuildIsCompleteDoesNotCount() {
        begin(RING, 1);
        take();
        hear(1, new Barrier(RING));
        assertThat(take()).isEmpty();
    }

    @Test
    void aMembershipChangeAbortsTheServiceWhoseTurnItIs() {
        begin(RING, 1, 2);
        hear(1, new ServiceBuild(RING, List.of(0, 5)));
        hear(2, new ServiceBuild(RING, List.of(0, 5)));
        take();
        step(new SyncInput.TransitionalConfiguration(List.of(1)));
        assertThat(take()).containsExactly(new SyncEffect.Abort(0));
        hear(1, new Barrier(RING));
        hear(2, new Barrier(RING));
        assertThat(take()).isEmpty();
        RingId next = new RingId(1, 0x48);
        step(new SyncInput.RegularConfiguration(next, List.of(1)));
        assertThat(take()).contains(new SyncEffect.Begin(next, List.of(1), List.of(1)));
    }

    @Test
    void theTurnOfAServiceOfAnotherNodeIsNoneOfOurs() {
        begin(RING, 1, 2);
        hear(1, new ServiceBuild(RING, List.of(0, 5)));
        hear(2, new ServiceBuild(RING, List.of(2)));
        turnDone(0);
        barriers();
        assertThat(engine.turn()).isEmpty();
        take();
        step(new SyncInput.TurnDone());
        assertThat(take()).isEmpty();
    }

    @Test
    void aMembershipChangeEndsATurnThatWasNotDone() {
        begin(RING, 1);
        hear(1, new ServiceBuild(RING, List.of(0, 5)));
        assertThat(engine.turn()).hasValue(0);
        step(new SyncInput.TransitionalConfiguration(List.of(1)));
        assertThat(engine.turn()).isEmpty();
        take();
        step(new SyncInput.TurnDone());
        assertThat(take()).isEmpty();
    }

    /** Only a forger speaks in this node's name, but that must not break it. */
    @Test
    void anOwnBarrierThatIsHeardBeforeItWasSentEndsTheTurn() {
        begin(RING, 1);
        hear(1, new ServiceBuild(RING, List.of(0, 5)));
        hear(1, new Barrier(RING));
        assertThat(engine.turn()).hasValue(5);
        hear(1, new Barrier(RING));
        assertThat(engine.turn()).isEmpty();
        assertThat(engine.isBusy()).isFalse();
    }

    private void turnDone(int service) {
        assertThat(engine.turn()).hasValue(service);
        take();
        step(new SyncInput.TurnDone());
        assertThat(take()).containsExactly(new SyncEffect.Multicast(new Barrier(RING)));
    }

    private void begin(RingId ring, Integer... members) {
        step(new SyncInput.TransitionalConfiguration(List.of(1)));
        step(new SyncInput.RegularConfiguration(ring, List.of(members)));
    }

    private void barriers() {
        hear(1, new Barrier(RING));
        assertThat(out).isEmpty();
        hear(2, new Barrier(RING));
    }

    private void hear(int node, SyncMessage message) {
        step(new SyncInput.Received(node, message));
    }

    private void step(SyncInput input) {
        engine.step(0, input, out::add);
    }

    private List<SyncEffect> take() {
        List<SyncEffect> taken = List.copyOf(out);
        out.clear();
        return taken;
    }
}
