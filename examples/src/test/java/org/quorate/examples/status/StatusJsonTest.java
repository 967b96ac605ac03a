package org.quorate.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The JSON form is an interface: its names, order and units stay. */
class StatusJsonTest {
    @Test
    void statusOfAQuorateCluster() {
        assertThat(StatusJson.status(Samples.quorate())).hasToString(GoldenFile.json("quorate-status.json"));
    }

    @Test
    void statusWithoutQuorumSaysWhyAndWhatWouldHelp() {
        assertThat(StatusJson.status(Samples.inquorate())).hasToString(GoldenFile.json("inquorate-status.json"));
    }

    @Test
    void whatIsNotKnownYetIsNull() {
        assertThat(StatusJson.members(Samples.withoutView())).hasToString(GoldenFile.json("joining-members.json"));
    }

    @Test
    void everyReportNamesItsSchema() {
        assertThat(StatusJson.nodes(Samples.quorate()).number("schema")).hasValue(1);
        assertThat(StatusJson.links(Samples.quorate()).number("schema")).hasValue(1);
        assertThat(StatusJson.members(Samples.quorate()).number("schema")).hasValue(1);
    }
}
