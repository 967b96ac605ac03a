package org.quorate.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The window is never overrun and is shared by backlog; expected numbers follow totem.md 2.8 by hand. */
class FlowControlTest {
    private final FlowControl flow = new FlowControl(50, 17);

    @Test
    void anIdleRingAllowsTheMaximum() {
        assertThat(flow.allowance(0, 0, 0)).isEqualTo(17);
    }

    @Test
    void whatOthersSentShrinksTheRoom() {
        assertThat(flow.allowance(0, 40, 1)).isEqualTo(10);
        flow.visited(0);
        assertThat(flow.allowance(0, 50, 1)).isZero();
    }

    @Test
    void aShareOfTheWindowFollowsTheShareOfTheBacklog() {
        assertThat(flow.allowance(0, 0, 10)).isEqualTo(17);
        flow.visited(10);
        // own previous backlog 10 of 100 in all: a tenth of 50
        assertThat(flow.allowance(100, 0, 10)).isEqualTo(5);
    }

    @Test
    void ownShareIsTakenBackOneRotationLater() {
        flow.allowance(0, 0, 3);
        assertThat(flow.ringSentAfter(20, 3)).isEqualTo(23);
        assertThat(flow.ringBacklogAfter(7)).isEqualTo(10);
        flow.visited(3);
        flow.allowance(10, 23, 0);
        assertThat(flow.ringSentAfter(23, 0)).isEqualTo(20);
        assertThat(flow.ringBacklogAfter(10)).isEqualTo(7);
    }

    @Test
    void aNewRingStartsWithoutHistory() {
        flow.allowance(0, 0, 3);
        flow.visited(3);
        flow.reset();
        flow.allowance(0, 0, 0);
        assertThat(flow.ringSentAfter(5, 0)).isEqualTo(5);
    }

    @Test
    void theBrakeTakesPartOfTheWindowAndGivesItBack() {
        flow.brake(4);
        assertThat(flow.allowance(0, 10, 9)).isEqualTo(17);
        // half of the window is this node's to keep
        assertThat(flow.allowanceOfNew(17, 10)).isEqualTo(17);
        assertThat(flow.claim(flow.ringSentAfter(10, 3), 0)).isEqualTo(13 + 25);
        flow.visited(3);
        // the others have sent 12 more: 25 claimed and 3 sent by this node are in the 50
        assertThat(flow.allowance(0, 50, 9)).isEqualTo(17);
        assertThat(flow.allowanceOfNew(17, 50)).isZero();
        assertThat(flow.claim(flow.ringSentAfter(50, 0), 0)).isEqualTo(22 + 25);
        flow.visited(0);
        flow.brake(8);
        flow.allowance(0, 40, 9);
        assertThat(flow.allowanceOfNew(17, 40)).isZero();
        // 15 of the others, and all that is left; but six messages are missed
        assertThat(flow.claim(flow.ringSentAfter(40, 0), 6)).isEqualTo(44);
        flow.visited(0);
        flow.brake(0);
        flow.allowance(0, 44, 9);
        assertThat(flow.ringSentAfter(44, 0)).isEqualTo(15);
    }

    @Test
    void aCountThatCannotBeIsNotAddedTo() {
        flow.brake(8);
        flow.allowance(0, -3, 1);
        assertThat(flow.claim(flow.ringSentAfter(-3, 0), 0)).isEqualTo(-3);
        flow.visited(0);
        flow.allowance(0, 60, 1);
        assertThat(flow.claim(flow.ringSentAfter(60, 0), 0)).isEqualTo(60);
    }
}
