package org.quorate.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The report on links answers which link is in use, since when and why, what is lost, and where the MTU comes from. */
class LinksTextTest {
    @Test
    void soundLinks() {
        assertThat(LinksText.of(Samples.quorate())).isEqualTo(GoldenFile.text("links.txt"));
    }

    @Test
    void linksInTrouble() {
        assertThat(LinksText.of(Samples.troubled())).isEqualTo(GoldenFile.text("links-troubled.txt"));
    }

    @Test
    void theSameForPrograms() {
        assertThat(StatusJson.links(Samples.troubled())).hasToString(GoldenFile.json("links-troubled.json"));
    }

    @Test
    void everyLineFitsAScreen() {
        assertThat(LinksText.of(Samples.troubled()).lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(LinksText.COLUMNS));
    }

    @Test
    void agesHaveTwoUnits() {
        assertThat(LinksText.age(Duration.ofMillis(1240))).isEqualTo("1.2s");
        assertThat(LinksText.age(Duration.ofSeconds(65))).isEqualTo("1m5s");
        assertThat(LinksText.age(Duration.ofMinutes(190))).isEqualTo("3h10m");
        assertThat(LinksText.age(Duration.ofHours(50))).isEqualTo("2d2h");
    }
}
