package org.quorate.examples.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one process heard from its start to its end, as {@code cpg_chaos.c} and {@link ChaosAgent} write it down.
 *
 * @param member the process
 * @param stays in the rings it has been in, in order
 * @param problems damaged messages, failed calls, hashes that do not fit
 * @param complete number of messages it has sent; empty if it was ended before
 */
record ChaosLog(Member member, List<Stay> stays, List<String> problems, Optional<Long> complete) {
    /** Number of a sender's last message. */
    static final long LAST = 0xffff_ffffL;

    /** A process in the group. */
    record Member(int node, long pid) {
        @Override
        public String toString() {
            return node + ":" + pid;
        }

        static Member parse(String text) {
            String[] parts = text.split(":");
            return new Member(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        }
    }

    /** Something heard. */
    sealed interface Item {}

    /** A message; {@code number} is that of its sender. */
    record Message(Member from, long number, int bytes) implements Item {}

    /** A change of the group within a ring: somebody joined or left of its own. */
    record Change(int reason, List<Member> joined, List<Member> left) implements Item {
        static final int JOIN = 1;
        static final int LEAVE = 2;
    }

    /**
     * The time in one ring.
     *
     * @param ring its id
     * @param nodes its members
     * @param gone members of the group that went since the ring before, or in this one, whatever the reason
     * @param items messages, and members that joined or left of their own, in order
     */
    record Stay(String ring, Set<Integer> nodes, Set<Member> gone, List<Item> items) {
        /** Messages only. */
        List<Message> messages() {
            return items.stream()
                    .filter(Message.class::isInstance)
                    .map(Message.class::cast)
                    .toList();
        }

        /** The hash over the order of all messages. */
        String order() {
            long hash = NumberedMessages.startOfOrder();
            ByteBuffer key = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
            for (Message message : messages()) {
                key.putInt(0, message.from().node());
                key.putInt(4, (int) message.from().pid());
                key.putInt(8, (int) message.number());
                hash = NumberedMessages.hash(hash, key.array(), 0, 12);
            }
            return "%016x".formatted(hash);
        }
    }

    /** The lives that a file tells of, in order. */
    static List<ChaosLog> read(Path file) {
        try {
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same for lines; a life's last line may be cut off. */
    static List<ChaosLog> parse(List<String> lines) {
        List<ChaosLog> lives = new ArrayList<>();
        Reader reader = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("start ")) {
                if (reader != null) lives.add(reader.end());
                reader = new Reader(line);
            } else if (reader != null && !line.isEmpty()) {
                String next = i + 1 < lines.size() ? lines.get(i + 1) : "";
                boolean last = next.isEmpty() || next.startsWith("start ");
                if (!last || isWhole(line)) reader.line(line);
            }
        }
        if (reader != null) lives.add(reader.end());
        return lives;
    }

    /** Whether a last line counts: only "complete" and "bad" matter then, and a number that is cut off is a wrong number. */
    private static boolean isWhole(String line) {
        return line.startsWith("complete ") || line.startsWith("bad ");
    }

    private static final class Reader {
        private final Member member;
        private final List<Stay> stays = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private @Nullable Long complete;
        private Stay current = stay("-", Set.of());
        private final Set<Member> gone = new TreeSet<>(Comparator.comparing(Member::toString));

        Reader(String start) {
            String[] words = start.split(" ");
            member = new Member(Integer.parseInt(words[1]), Long.parseLong(words[2]));
        }

        private static Stay stay(String ring, Set<Integer> nodes) {
            return new Stay(ring, nodes, new TreeSet<>(Comparator.comparing(Member::toString)), new ArrayList<>());
        }

        void line(String line) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "view" -> view(words[1], words[2]);
                case "change" -> change(Integer.parseInt(words[1]), members(words[2]), members(words[3]));
                case "m" ->
                    current.items()
                            .add(new Message(
                                    new Member(Integer.parseInt(words[1]), Long.parseLong(words[2])),
                                    Long.parseLong(words[3]),
                                    Integer.parseInt(words[4])));
                case "order" -> {
                    if (!words[3].equals(current.order()))
                        problems.add(line + ", but the lines of it make " + current.order());
                }
                case "complete" -> complete = Long.valueOf(words[1]);
                default -> problems.add(line);
            }
        }

        private void view(String ring, String nodes) {
            Stay next = stay(
                    ring,
                    Arrays.stream(nodes.split(","))
                            .map(Integer::valueOf)
                            .collect(Collectors.toCollection(TreeSet::new)));
            next.gone().addAll(gone);
            gone.clear();
            // a client's first ring is told after its own join; what comes before the first ring belongs to it
            if (current.ring().equals("-")) next.items().addAll(current.items());
            stays.add(next);
            current = next;
        }

        private void change(int reason, List<Member> joined, List<Member> left) {
            gone.addAll(left);
            if (reason == Change.JOIN || reason == Change.LEAVE) current.items().add(new Change(reason, joined, left));
        }

        private static List<Member> members(String text) {
            return text.equals("-")
                    ? List.of()
                    : Arrays.stream(text.split(",")).map(Member::parse).toList();
        }

        ChaosLog end() {
            return new ChaosLog(member, List.copyOf(stays), List.copyOf(problems), Optional.ofNullable(complete));
        }
    }
}
