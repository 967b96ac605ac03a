package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;

/** Which links carry data in the three modes. Bit n stands for link n. */
class LinkSelectorTest {
    @Test
    void nothingCarriesWhenNothingIsUsable() {
        for (LinkMode mode : LinkMode.values()) {
            LinkSelector selector = new LinkSelector(mode);
            selector.set(2, false, 5);
            assertThat(selector.carriers()).isZero();
            assertThat(selector.next()).isZero();
        }
    }

    @Test
    void passiveUsesTheHighestPriorityAndGoesBackToItAsSoonAsItCan() {
        LinkSelector selector = new LinkSelector(LinkMode.PASSIVE);
        selector.set(0, true, 1);
        assertThat(selector.next()).isEqualTo(0b001);
        selector.set(1, true, 5);
        assertThat(selector.next()).isEqualTo(0b010);
        selector.set(1, false, 5);
        assertThat(selector.next()).isEqualTo(0b001);
        selector.set(1, true, 5);
        assertThat(selector.next()).isEqualTo(0b010);
    }

    @Test
    void passivePrefersTheLowestNumberAmongEquals() {
        LinkSelector selector = new LinkSelector(LinkMode.PASSIVE);
        selector.set(7, true, 3);
        selector.set(4, true, 3);
        selector.set(5, true, 3);
        assertThat(selector.next()).isEqualTo(1 << 4);
    }

    @Test
    void passiveFollowsAChangeOfPriority() {
        LinkSelector selector = new LinkSelector(LinkMode.PASSIVE);
        selector.set(0, true, 0);
        selector.set(1, true, 0);
        selector.set(1, true, 255);
        assertThat(selector.carriers()).isEqualTo(0b10);
    }

    @Test
    void activeUsesAll() {
        LinkSelector selector = new LinkSelector(LinkMode.ACTIVE);
        selector.set(0, true, 1);
        selector.set(3, true, 9);
        selector.set(7, true, 0);
        assertThat(selector.next()).isEqualTo(0b1000_1001);
        selector.set(3, false, 9);
        assertThat(selector.next()).isEqualTo(0b1000_0001);
    }

    @Test
    void roundRobinTakesTurns() {
        LinkSelector selector = new LinkSelector(LinkMode.RR);
        selector.set(1, true, 1);
        selector.set(4, true, 1);
        selector.set(6, true, 1);
        assertThat(new int[] {selector.next(), selector.next(), selector.next(), selector.next()})
                .containsExactly(1 << 1, 1 << 4, 1 << 6, 1 << 1);
        selector.set(4, false, 1);
        assertThat(new int[] {selector.next(), selector.next()}).containsExactly(1 << 6, 1 << 1);
        assertThat(selector.carriers()).isEqualTo(0b100_0010);
    }
}
