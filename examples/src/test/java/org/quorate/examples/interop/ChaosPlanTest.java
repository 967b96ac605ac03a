package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.quorate.examples.interop.ChaosPlan.Kind;
import org.quorate.examples.interop.ChaosPlan.Step;

/** The plans of the chaos test keep to what they promise, whatever the seed. */
class ChaosPlanTest {
    private static final long END = 600_000;
    private static final int SEEDS = 200;

    @Test
    void atMostOneLinkIsCutAndOneOtherLosesPacketsAndOneIsSound() {
        for (long seed = 0; seed < SEEDS; seed++) {
            int cut = -1;
            int lossy = -1;
            for (Step step : ChaosPlan.of(seed, 3, END)) {
                switch (step.kind()) {
                    case CUT_HOST, CUT_PAIR, DEAF -> {
                        assertThat(cut).as("seed %d, %s", seed, step).isNegative();
                        cut = step.link();
                    }
                    case MEND -> {
                        assertThat(cut).as("seed %d, %s", seed, step).isEqualTo(step.link());
                        cut = -1;
                    }
                    case LOSS -> {
                        assertThat(lossy).as("seed %d, %s", seed, step).isNegative();
                        lossy = step.link();
                    }
                    case SOUND -> {
                        assertThat(lossy).as("seed %d, %s", seed, step).isEqualTo(step.link());
                        lossy = -1;
                    }
                }
                if (cut >= 0) assertThat(lossy).as("seed %d, %s", seed, step).isNotEqualTo(cut);
            }
            assertThat(cut).isNegative();
            assertThat(lossy).isNegative();
        }
    }

    @Test
    void theLinkInUseIsCutOnlyWhenItsSilenceIsNoticedInTimeAndLosesPacketsForAMomentOnly() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Map<Integer, Long> ended = new TreeMap<>();
            long lossSince = 0;
            long zeroCutSince = -1;
            for (Step step : ChaosPlan.of(seed, 3, END)) {
                boolean cutsLinkZero = step.link() == 0
                        && (step.kind() == Kind.CUT_HOST || step.kind() == Kind.CUT_PAIR || step.kind() == Kind.DEAF);
                if (cutsLinkZero) {
                    assertThat(step.at() - ended.getOrDefault(0, 0L))
                            .as("seed %d, %s", seed, step)
                            .isGreaterThanOrEqualTo(ChaosPlan.STRICT_AFTER);
                    assertThat(step.at() - ended.getOrDefault(1, -ChaosPlan.UP_AFTER))
                            .as("seed %d, %s", seed, step)
                            .isGreaterThanOrEqualTo(ChaosPlan.UP_AFTER);
                    zeroCutSince = step.at();
                }
                if (step.kind() == Kind.LOSS) lossSince = step.at();
                boolean inUse = step.link() == (zeroCutSince >= 0 ? 1 : 0);
                if (step.kind() == Kind.SOUND && inUse)
                    assertThat(step.at() - lossSince)
                            .as("seed %d, %s", seed, step)
                            .isLessThanOrEqualTo(ChaosPlan.BURST);
                if (step.kind() == Kind.LOSS && inUse && zeroCutSince >= 0)
                    assertThat(step.at() - zeroCutSince)
                            .as("seed %d, %s", seed, step)
                            .isGreaterThanOrEqualTo(ChaosPlan.NOTICED_AFTER);
                if (step.kind() == Kind.MEND || step.kind() == Kind.SOUND) ended.put(step.link(), step.at());
                if (step.kind() == Kind.MEND && step.link() == 0) zeroCutSince = -1;
            }
        }
    }

    @Test
    void longPlansHaveFaultsOnEveryLinkAndShortOnesCutTheLinkInUse() {
        long lossInUse = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Step> plan = ChaosPlan.of(seed, 3, END);
            for (int link = 0; link < ChaosPlan.LINKS; link++)
                assertThat(kindsOf(plan, link))
                        .as("seed %d, link %d", seed, link)
                        .contains(Kind.CUT_PAIR, Kind.MEND);
            for (int link = 1; link < ChaosPlan.LINKS; link++)
                assertThat(kindsOf(plan, link))
                        .as("seed %d, link %d", seed, link)
                        .contains(Kind.LOSS, Kind.SOUND);
            if (kindsOf(plan, 0).contains(Kind.LOSS)) lossInUse++;
            assertThat(kindsOf(ChaosPlan.of(seed, 3, 25_000), 0))
                    .as("seed %d", seed)
                    .contains(Kind.MEND);
        }
        assertThat(lossInUse).isGreaterThan(SEEDS / 2);
        assertThat(ChaosPlan.of(7, 3, END)).isEqualTo(ChaosPlan.of(7, 3, END));
    }

    private static Set<Kind> kindsOf(List<Step> plan, int link) {
        return plan.stream().filter(step -> step.link() == link).map(Step::kind).collect(Collectors.toSet());
    }
}
