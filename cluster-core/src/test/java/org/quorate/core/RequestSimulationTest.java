package org.quorate.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.RequestGroup.Replies;
import org.quorate.RequestGroup.Reply;
import org.quorate.core.request.RequestEffect;
import org.quorate.core.request.RequestEngine;
import org.quorate.core.request.RequestInput;
import org.quorate.core.request.RequestInput.Target;

/**
 * Requests and answers over whole nodes in simulated time, with lost packets, members that leave, nodes that die and answers that come late, fail
 * or never come. Every request ends once and in time, names each member at most once, and an answer is the one that this member gave to this request.
 * {@code -Drequests.seed} and {@code -Drequests.runs} say which seeds.
 */
class RequestSimulationTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String GROUP = "quorate.ask/sim";
    private static final int NODES = 4;
    private static final int ASKS = 150;

    private Random random = new Random(0);
    private GroupLab lab = new GroupLab(NODES, 0, 0);
    private final Map<Integer, Member> members = new TreeMap<>();
    private int completed;
    private int refused;
    private int answers;
    private int gone;
    private int silent;

    private void begin(long seed) {
        random = new Random(seed);
        lab = new GroupLab(NODES, seed, random.nextInt(3) * 0.02);
    }

    @Test
    void everyRequestEndsInTimeAndSaysTheTruth() {
        long first = Long.getLong("requests.seed", new Random().nextLong());
        int runs = Integer.getInteger("requests.runs", 8);
        int answers = 0;
        int gone = 0;
        int silent = 0;
        for (long seed = first; seed < first + runs; seed++) {
            System.out.println("-Drequests.seed=" + seed + " -Drequests.runs=1");
            RequestSimulationTest run = new RequestSimulationTest();
            run.begin(seed);
            run.run();
            answers += run.answers;
            gone += run.gone;
            silent += run.silent;
        }
        System.out.println("answers " + answers + ", left " + gone + ", silent " + silent);
        assertThat(answers).isGreaterThan(100 * runs);
        assertThat(gone).isPositive();
        assertThat(silent).isPositive();
    }

    private void run() {
        for (int id = 1; id <= NODES; id++) members.put(id, new Member(id));
        lab.runUntil(
                "all are members",
                90 * SECOND,
                () -> lab.isTogether() && members.values().stream().allMatch(m -> m.known == NODES));
        int asked = 0;
        int crashed = random.nextInt(NODES) + 1;
        int leaving = random.nextInt(NODES) + 1;
        for (; asked < ASKS; asked++) {
            if (asked == ASKS / 3 && random.nextBoolean()) {
                lab.crash(crashed);
                members.remove(crashed);
            }
            Member some = members.get(leaving);
            if (asked == ASKS / 2 && some != null) some.host.input(new NodeInput.LeaveGroup(GROUP, 0));
            List<Member> alive = members.values().stream().filter(m -> !m.ended).toList();
            alive.get(random.nextInt(alive.size())).ask();
            lab.runFor(random.nextLong(40_000_000));
        }
        lab.runUntil(
                "all requests of the living are over",
                30 * SECOND,
                () -> members.values().stream().allMatch(m -> m.ended || m.outstanding.isEmpty()));
        assertThat(completed + refused).isPositive();
    }

    private final class Member implements GroupLab.Ears, RequestEffect.Host {
        private final GroupLab.Host host;
        private final GroupMember self;
        private final RequestEngine engine;
        private final Map<Long, Long> outstanding = new HashMap<>();
        private final Map<Long, Target> targets = new HashMap<>();
        private int known;
        private long ticket;
        private long sends;
        private boolean ended;
        private long wakeAt = Long.MAX_VALUE;

        Member(int id) {
            self = new GroupMember(NodeId.of(id), 1000 * id);
            engine = new RequestEngine(self, 1L << 40);
            host = lab.start(id, this);
            host.input(new NodeInput.JoinGroup(GROUP));
        }

        void ask() {
            long number = ticket++;
            Target target = switch (random.nextInt(4)) {
                case 0 -> new Target(NodeId.of(1 + random.nextInt(NODES)), null);
                case 1 -> {
                    int node = 1 + random.nextInt(NODES);
                    yield new Target(NodeId.of(node), new GroupMember(NodeId.of(node), 1000 * node));
                }
                default -> Target.ALL;
            };
            long limit = random.nextInt(4) == 0 ? 1 + random.nextLong(60_000_000) : 10 * SECOND;
            outstanding.put(number, lab.nowNanos() + limit);
            targets.put(number, target);
            step(new RequestInput.Ask(number, target, payload(number, random.nextInt(20) == 0 ? 200_000 : 12), limit));
        }

        private byte[] payload(long number, int bytes) {
            byte[] payload = new byte[bytes];
            ByteBuffer.wrap(payload).putInt(self.id()).putLong(number);
            return payload;
        }

        private void step(RequestInput input) {
            List<RequestEffect> effects = new ArrayList<>();
            if (ended) return;
            engine.step(lab.nowNanos(), input, effects::add);
            perform(effects);
        }

        private void perform(List<RequestEffect> effects) {
            for (RequestEffect effect : effects) effect.applyTo(this);
            long deadline = engine.deadlineNanos();
            if (deadline == Long.MAX_VALUE || deadline == wakeAt) return;
            wakeAt = deadline;
            lab.at(Math.max(0, deadline - lab.nowNanos()), () -> {
                if (ended || !members.containsValue(this)) return;
                wakeAt = Long.MAX_VALUE;
                List<RequestEffect> due = new ArrayList<>();
                engine.tick(lab.nowNanos(), due::add);
                perform(due);
            });
        }

        @Override
        public void message(String group, GroupMember sender, byte[] payload, long back) {
            step(new RequestInput.Message(sender, payload));
        }

        @Override
        public void change(String group, Change change) {
            known = change.members().size();
            step(new RequestInput.Changed(change));
            if (change.left().contains(self)) ended = true;
        }

        @Override
        public void failed(long number, ClusterException.Reason reason) {
            assertThat(reason).isEqualTo(ClusterException.Reason.NOT_A_MEMBER);
        }

        @Override
        public void send(long number, byte[] octets) {
            if (random.nextInt(30) == 0) lab.at(1, () -> step(new RequestInput.NoRoom(number)));
            else host.input(new NodeInput.Send(GROUP, octets, sends++));
        }

        @Override
        public void answer(long call, byte[] octets) {
            if (random.nextInt(30) == 0) {
                lab.at(1, () -> step(new RequestInput.NoRoomForAnswer(call)));
                lab.at(5_000_000, () -> step(new RequestInput.Room()));
            } else {
                host.input(new NodeInput.Send(GROUP, octets, sends++));
                step(new RequestInput.AnswerTaken(call));
            }
        }

        @Override
        public void serve(long call, GroupMember asker, byte[] request) {
            ByteBuffer fields = ByteBuffer.wrap(request);
            assertThat(fields.getInt()).isEqualTo(asker.id());
            byte[] answer = new byte[request.length + 4];
            ByteBuffer.wrap(answer).put(request).putInt(self.id());
            int kind = random.nextInt(20);
            if (kind == 0) return; // never
            long delay = kind == 1 ? 12 * SECOND : random.nextLong(20_000_000);
            lab.at(delay, () -> {
                if (!members.containsValue(this)) return;
                step(kind == 2 ? new RequestInput.Failed(call, "not today") : new RequestInput.Answered(call, answer));
            });
        }

        @Override
        public void complete(long number, Replies replies) {
            Long deadline = outstanding.remove(number);
            assertThat(deadline)
                    .as("the request " + number + " of " + self + " ends once")
                    .isNotNull();
            assertThat(lab.nowNanos()).isLessThanOrEqualTo(deadline);
            Target target = targets.get(number);
            Set<GroupMember> named = new HashSet<>();
            for (Reply reply : replies.answered()) {
                assertThat(named.add(reply.member())).isTrue();
                if (!reply.ok()) continue;
                ByteBuffer fields = ByteBuffer.wrap(reply.payload());
                assertThat(fields.getInt()).isEqualTo(self.id());
                assertThat(fields.getLong()).isEqualTo(number);
                assertThat(fields.getInt(reply.payload().length - 4))
                        .isEqualTo(reply.member().id());
            }
            for (GroupMember member : replies.left())
                assertThat(named.add(member)).isTrue();
            for (GroupMember member : replies.silent())
                assertThat(named.add(member)).isTrue();
            assertThat(named).allMatch(target::includes);
            assertThat(replies.silent().isEmpty() || lab.nowNanos() >= deadline).isTrue();
            completed++;
            answers += replies.answered().size();
            gone += replies.left().size();
            silent += replies.silent().size();
        }

        @Override
        public void refused(long number) {
            assertThat(outstanding.remove(number)).isNotNull();
            refused++;
        }
    }
}
