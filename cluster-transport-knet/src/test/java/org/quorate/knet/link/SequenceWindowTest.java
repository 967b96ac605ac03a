package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A message is delivered once, in whatever order copies of it arrive, and a host that starts over is heard. */
class SequenceWindowTest {
    private final SequenceWindow window = new SequenceWindow();

    @Test
    void theFirstNumberStartsTheWindowAndOlderOnesAreStillNew() {
        assertThat(deliver(100)).isTrue();
        assertThat(deliver(99)).isTrue();
        assertThat(deliver(100)).isFalse();
        assertThat(window.reference()).isEqualTo(100);
    }

    @Test
    void aNumberThatWasLookedUpButNotDeliveredIsStillNew() {
        assertThat(window.admit(7)).isTrue();
        assertThat(window.admit(7)).isTrue();
        window.markDelivered(7);
        assertThat(window.admit(7)).isFalse();
    }

    @Test
    void numbersWrap() {
        for (int number : new int[] {65_534, 65_535, 1, 2})
            assertThat(deliver(number)).isTrue();
        for (int number : new int[] {65_534, 65_535, 1, 2})
            assertThat(deliver(number)).isFalse();
        assertThat(deliver(0)).isTrue();
        assertThat(window.age(65_534)).isEqualTo(4);
    }

    @Test
    void theEdgesOfTheWindowAreExact() {
        deliver(5000);
        assertThat(deliver(5000 - 4095)).isTrue();
        assertThat(deliver(5000 - 4095)).isFalse();
        assertThat(window.admit(5000 - 4096)).isFalse();
        assertThat(window.reference()).isEqualTo(5000);
        assertThat(window.admit(5000 - 4097)).isTrue();
        assertThat(window.reference()).isEqualTo(5000 - 4097);

        window.resetTo(5000); // not delivered, so its slot is empty
        assertThat(window.admit(5000 - 4096)).isFalse();
        assertThat(window.admit(5000)).isTrue();
    }

    @Test
    void movingAheadForgetsExactlyTheSlotsThatAreUsedAnew() {
        deliver(1000);
        deliver(1001);
        deliver(1000 + 4096);
        assertThat(window.admit(1001)).isFalse();
        assertThat(deliver(1002)).isTrue();
        assertThat(window.reference()).isEqualTo(5096);
        deliver(5096 + 4097);
        assertThat(deliver(5096))
                .as("a jump of more than the window forgets everything")
                .isTrue();
    }

    @Test
    void aMessageIsBegunOnlyOnceWhileItsNumberIsCovered() {
        window.admit(10);
        assertThat(window.begin(10)).isTrue();
        assertThat(window.begin(10)).isFalse();
        window.admit(10 + 4096);
        assertThat(window.begin(10)).as("not covered any more").isFalse();
        assertThat(window.begin(10 + 4096)).as("the slot is free again").isTrue();
    }

    @Test
    void aSlotThatIsUsedAnewIsFreeHoweverTheWindowCameThere() {
        for (int number : new int[] {1, 2100, 4095, 4096, 65_000}) {
            for (int firstStep : new int[] {1, 2000, 4095}) {
                window.reset();
                deliver(number);
                window.begin(number);
                window.admit((number + firstStep) & 0xffff);
                int later = (number + 4096) & 0xffff;
                assertThat(deliver(later)).isTrue();
                assertThat(window.begin(later))
                        .as("%d, step %d", number, firstStep)
                        .isTrue();
            }
        }
    }

    @Test
    void afterAResetEverythingIsNew() {
        deliver(500);
        window.begin(500);
        window.reset();
        assertThat(window.reference()).isZero();
        assertThat(deliver(500)).isTrue();
        assertThat(window.begin(500)).isTrue();
        window.resetTo(500);
        assertThat(window.reference()).isEqualTo(500);
        assertThat(deliver(500)).isTrue();
    }

    @Test
    void againstAModelNoMessageIsDeliveredTwiceAndNoneInTheWindowIsLost() {
        long seed = Long.getLong("window.seed", System.nanoTime());
        System.out.println("window.seed=" + seed);
        Random random = new Random(seed);
        Set<Long> delivered = new HashSet<>();
        long newest = 65_000; // unwrapped numbers; starts just before the wrap
        deliver((int) (newest & 0xffff));
        delivered.add(newest);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            long number = newest - random.nextInt(4096) + (random.nextInt(8) == 0 ? random.nextInt(4097) : 0);
            boolean expected = number > newest || !delivered.contains(number);
            newest = Math.max(newest, number);
            assertThat(deliver((int) (number & 0xffff))).as("step %d", i).isEqualTo(expected);
            if (!delivered.add(number)) refused++;
        }
        assertThat(newest).as("it wrapped").isGreaterThan(3 * 65_536);
        assertThat(refused).isBetween(1_000, 199_000);
    }

    private boolean deliver(int sequence) {
        boolean isNew = window.admit(sequence);
        if (isNew) window.markDelivered(sequence);
        return isNew;
    }
}
