package org.quorate.core.transcript;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.quorate.NodeId;
import org.quorate.View;
import org.quorate.core.NodeInput;

/**
 * Carries out the commands of a transcript and puts what happens under each. Lines that begin with {@code #} are remarks, with {@code >}
 * commands:
 *
 * <pre>
 *   start 1 2 3            processes begin
 *   connect 1 2 3          these have links to each other, and none to others
 *   kill 3 | leave 3       a process ends without a word, or in order
 *   gone 3                 the hosts of all others are told that the process of node 3 has ended
 *   stand 2 | go 2         a process does not run, and runs again
 *   lose 3 2               the next two ordinary messages to node 3 are lost
 *   send 1 2 text          node 1 sends two messages, numbered
 *   run 1500               so many milliseconds
 *   until 1 2 in 10000     until these, and only these, share a view; it fails after so many milliseconds
 *   quiet 5000             runs so many milliseconds and prints nothing
 * </pre>
 */
final class Script {
    private final ScriptedCluster cluster = new ScriptedCluster();

    ScriptedCluster cluster() {
        return cluster;
    }

    /** The same text with the result of each command under it. */
    List<String> run(List<String> transcript) {
        List<String> result = new ArrayList<>();
        for (String line : transcript) {
            if (line.startsWith(">")) {
                result.add(line);
                command(line.substring(1).strip().split(" +"));
                result.addAll(cluster.timeline.take());
            } else if (line.startsWith("#") || line.isBlank()) {
                result.add(line);
            }
        }
        return result;
    }

    private void command(String... words) {
        List<Integer> numbers = Arrays.stream(words)
                .filter(word -> word.matches("\\d+"))
                .map(Integer::valueOf)
                .toList();
        int first = numbers.get(0);
        switch (words[0]) {
            case "start" -> numbers.forEach(cluster::start);
            case "connect" -> cluster.connect(numbers);
            case "kill" -> numbers.forEach(cluster::kill);
            case "gone" ->
                cluster.nodes().values().forEach(node -> node.give(new NodeInput.PeerGone(NodeId.of(first))));
            case "leave" -> numbers.forEach(id -> cluster.node(id).give(new NodeInput.Leave()));
            case "stand" -> numbers.forEach(id -> cluster.node(id).stopRunning());
            case "go" -> numbers.forEach(id -> cluster.node(id).goOn());
            case "lose" -> cluster.lose(first, numbers.get(1));
            case "send" ->
                IntStream.rangeClosed(1, numbers.get(1))
                        .forEach(i -> cluster.node(first).sendMessage(words[3] + " " + i));
            case "run" -> cluster.run(millis(first));
            case "quiet" -> {
                cluster.run(millis(first));
                cluster.timeline.take();
            }
            case "until" -> {
                List<Integer> members = numbers.subList(0, numbers.size() - 1);
                if (!cluster.runUntil(() -> together(members), millis(numbers.get(members.size()))))
                    throw new AssertionError("no view of " + members + " within the time; so far:\n"
                            + String.join("\n", cluster.timeline.take()));
            }
            default -> throw new IllegalArgumentException("no such command: " + words[0]);
        }
    }

    private static long millis(int value) {
        return value * 1_000_000L;
    }

    private boolean together(List<Integer> members) {
        List<NodeId> ids = members.stream().map(NodeId::of).toList();
        View common = null;
        for (int id : members) {
            View view = cluster.nodes().containsKey(id) ? cluster.node(id).view() : null;
            if (view == null || !view.members().equals(ids)) return false;
            if (common != null && !common.ringId().equals(view.ringId())) return false;
            common = view;
        }
        return true;
    }
}
