package org.quorate.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.examples.bench.GroupBench.Plan;
import org.quorate.examples.json.JsonObject;

/** The benchmark's nodes find each other, deliver everything in one order, and say so. How fast is not looked at. */
class GroupBenchTest {
    private final StringWriter errors = new StringWriter();

    @Test
    void allSendersAreDeliveredInOneOrder() {
        JsonObject result = run(plan(2, 2, 1024, false));
        assertThat(result.isTrue("sameOrder")).isTrue();
        assertThat(result.objects("nodes")).hasSize(2).allSatisfy(node -> {
            assertThat(node.number("messages").orElse(0)).isPositive();
            assertThat(node.number("wrong").orElse(-1)).isZero();
            assertThat(node.isTrue("ended")).isTrue();
        });
    }

    @Test
    void oneAtATimeTellsPercentiles() {
        JsonObject sender = run(plan(2, 1, 64, true)).objects("nodes").get(0);
        assertThat(sender.fraction("p50Micros").orElse(0)).isPositive();
        assertThat(sender.fraction("p999Micros").orElse(0))
                .isGreaterThanOrEqualTo(sender.fraction("p50Micros").orElse(0));
    }

    @Test
    void aCountIsExact() {
        JsonObject result =
                run(new Plan(2, 2, 2000, false, Duration.ofMillis(100), Duration.ofMillis(1), Duration.ZERO, 700));
        assertThat(result.isTrue("sameOrder")).isTrue();
        assertThat(result.objects("nodes"))
                .allSatisfy(node -> assertThat(node.number("messages")).hasValue(1400));
    }

    @Test
    void moreSendersThanMembersAreRefused() {
        assertThatThrownBy(() -> run(plan(2, 3, 64, false)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 senders among 2 members");
    }

    @Test
    void anAlteredMessageIsNotWhole() {
        byte[] bytes =
                GroupMessage.make(1, 100).stamped(7, 8, GroupMessage.WARM_UP).clone();
        assertThat(GroupMessage.of(bytes).isWhole()).isTrue();
        bytes[99] ^= 1;
        assertThat(GroupMessage.of(bytes).isWhole()).isFalse();
        assertThat(GroupMessage.of(new byte[GroupMessage.HEADER_BYTES]).isWhole())
                .isFalse();
    }

    @Test
    void aLoadTravelsAsArguments() {
        GroupLoad load = new GroupLoad(
                GroupLoad.Mode.LATENCY,
                3,
                1,
                64,
                Duration.ofMillis(5),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                7);
        assertThat(GroupLoad.parse(load.arguments())).containsExactly(load);
        List<String> several = new ArrayList<>(load.arguments());
        several.set(3, "64,1024");
        assertThat(GroupLoad.parse(several)).extracting(GroupLoad::bytes).containsExactly(64, 1024);
    }

    private static Plan plan(int members, int senders, int bytes, boolean latency) {
        return new Plan(
                members, senders, bytes, latency, Duration.ofMillis(100), Duration.ofMillis(300), Duration.ZERO, 0);
    }

    private JsonObject run(Plan plan) {
        JsonObject result = GroupBench.run(plan, new PrintWriter(errors, true));
        assertThat(errors.toString()).as("what nodes complained of").doesNotContain("wrong");
        return result;
    }
}
