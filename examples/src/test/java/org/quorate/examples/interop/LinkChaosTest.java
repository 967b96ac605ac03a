package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/**
 * Cables come out, packets get lost and directions go deaf on one or two of three links, while all nodes send: the ring stays as it
 * is and every message arrives everywhere, in one order. {@code -Dchaos.seed} repeats a run, {@code -Dchaos.seconds} sets its length.
 */
@RequiresCorosync
class LinkChaosTest {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(20);
    private static final int HOSTS = 3;
    /** Packets that tell of data: there are a few heartbeats and probes a second on every link. */
    private static final long DATA = 100;

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final int seconds = Integer.getInteger("chaos.seconds", 25);

    @Test
    void noCutLossOrDeafnessOfLinksChangesARingOfTwoDaemonsAndAJvmNode() {
        run(List.of(1, 2), ChaosPlan.LINKS);
    }

    /** The same for daemons alone: what they do not stand, the other tests cannot ask for. */
    @Test
    @Tag("long")
    void norARingOfThreeDaemons() {
        run(List.of(1, 2, 3), ChaosPlan.LINKS);
    }

    /** Between any two cuts of the three, a fourth link is added and takes over, or is removed while it is in use. */
    @Test
    @Tag("long")
    void norWhenAFourthLinkComesAndGoes() {
        run(List.of(1, 2), ChaosPlan.LINKS + 1);
    }

    @Test
    @Tag("long")
    void norWhenAFourthLinkComesAndGoesAmongThreeDaemons() {
        run(List.of(1, 2, 3), ChaosPlan.LINKS + 1);
    }

    private void run(List<Integer> daemons, int links) {
        List<ChaosPlan.Step> plan = ChaosPlan.of(seed, HOSTS, seconds * 1000L);
        System.out.println("-Dchaos.seed=" + seed + " -Dchaos.seconds=" + seconds);
        System.out.println("faults: " + ChaosPlan.summary(plan));
        ClusterLayout layout = ClusterLayout.of(HOSTS).withLinks(links).withDaemons();
        try (CorosyncCluster cluster = CorosyncCluster.start(layout)) {
            Optional<ChangingLink> fourth =
                    links > ChaosPlan.LINKS ? Optional.of(new ChangingLink(cluster)) : Optional.empty();
            daemons.forEach(cluster::startDaemon);
            long planned = plan.get(plan.size() - 1).at();
            if (fourth.isPresent()) planned += planned * 3 / 5; // its changes take their time
            SteadyTraffic traffic = SteadyTraffic.start(cluster, daemons, Duration.ofMillis(planned + 12_000), PAUSE);
            traffic.awaitAllSend();
            QuorumToolStatus before = traffic.ring();
            Map<Integer, Long> memberships = traffic.memberships();
            awaitLinks(traffic, 0, 1, 2);
            Map<Integer, Long> linkChanges = traffic.linkChanges();
            String figures = traffic.figures();

            follow(plan, traffic, before, fourth);

            awaitLinks(traffic, 0, 1, 2);
            assertThat(traffic.goesOn()).as("traffic goes on").isTrue();
            String result = traffic.awaitResults();
            assertThat(traffic.ring()).as(traffic::report).isEqualTo(before);
            assertThat(traffic.memberships()).as(traffic::report).isEqualTo(memberships);
            assertThat(traffic.linkChanges())
                    .as("every host has seen links come and go")
                    .allSatisfy(
                            (host, changes) -> assertThat(changes).isGreaterThan(linkChanges.getOrDefault(host, 0L)));
            System.out.println(result + "; ring before and after: " + before.ringId());
            fourth.ifPresent(link -> System.out.println("the fourth link has come or gone " + link.changes()
                    + " times; packets sent by host and link: " + traffic.sentPackets()));
            System.out.println("links up or down by host before: " + linkChanges + ", after: " + traffic.linkChanges());
            System.out.println("before:\n" + figures + "after:\n" + traffic.figures());
        }
    }

    /** Does what is planned, never earlier than planned; a wait for a link delays everything that comes after it. */
    private static void follow(
            List<ChaosPlan.Step> plan, SteadyTraffic traffic, QuorumToolStatus before, Optional<ChangingLink> fourth) {
        long start = System.nanoTime();
        long waited = 0;
        boolean cutBefore = false;
        List<String> story = new ArrayList<>();
        try {
            for (ChaosPlan.Step step : plan) {
                long due = start + waited + Duration.ofMillis(step.at()).toNanos();
                Await.until(
                        Duration.ofMillis(step.at() + 60_000), "it is time", () -> "", () -> System.nanoTime() >= due);
                if (fourth.isPresent() && step.kind().isCut()) {
                    if (cutBefore) {
                        waited += change(fourth.get(), traffic).toNanos();
                        story.add("the fourth link is " + (fourth.get().present() ? "added" : "removed"));
                    }
                    cutBefore = true;
                }
                if (step.needed() >= 0) {
                    waited += awaitLinks(traffic, step.needed()).toNanos();
                    assertThat(traffic.ring()).as(traffic::report).isEqualTo(before);
                }
                perform(step, traffic.cluster());
                story.add(step.toString());
            }
        } catch (AssertionError e) {
            throw new AssertionError("after\n" + String.join("\n", story) + "\n" + e.getMessage(), e);
        }
    }

    /** Adds or removes the link, waits until all know of it, and that data takes the way it should; nothing else is at fault meanwhile. */
    private static Duration change(ChangingLink link, SteadyTraffic traffic) {
        Duration waited = awaitLinks(traffic, 0);
        link.change();
        int inUse = link.present() ? link.number() : 0;
        waited = waited.plus(
                link.present()
                        ? awaitLinks(traffic, inUse)
                        : Await.until(
                                TAKEOVER_LIMIT,
                                "nobody has link " + link.number(),
                                traffic::report,
                                () -> traffic.noneHas(link.number())));
        Map<Integer, Map<Integer, Long>> since = traffic.sentPackets();
        return waited.plus(Await.until(
                TAKEOVER_LIMIT,
                "data goes over link " + inUse,
                traffic::report,
                () -> SteadyTraffic.allSentOver(inUse, DATA, since, traffic.sentPackets())));
    }

    private static void perform(ChaosPlan.Step step, CorosyncCluster cluster) {
        int link = step.link();
        switch (step.kind()) {
            case CUT_HOST -> cluster.cut(step.host(), link);
            case CUT_PAIR -> {
                cluster.deafen(step.host(), link, step.peer());
                cluster.deafen(step.peer(), link, step.host());
            }
            case DEAF -> cluster.deafen(step.host(), link, step.peer());
            case MEND -> {
                cluster.mend(step.host(), link);
                for (int host = 1; host <= HOSTS; host++) cluster.undeafen(host, link);
            }
            case LOSS -> {
                for (int host = 1; host <= HOSTS; host++) cluster.loss(host, link, ChaosPlan.LOSS_PERCENT);
            }
            case SOUND -> {
                for (int host = 1; host <= HOSTS; host++) cluster.loss(host, link, 0);
            }
        }
    }

    /** Waits until these links are up everywhere; returns the time it took. */
    private static Duration awaitLinks(SteadyTraffic traffic, int... links) {
        return Await.until(TAKEOVER_LIMIT, "links are up everywhere", traffic::report, () -> traffic.allUp(links));
    }
}
