package org.quorate.knet.probe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.crypto.ProbeSeal;
import org.quorate.spi.LinkProbes;

/** One key, and the links that are tried under it. */
final class ProbeWindow {
    /** Questions whose numbers are remembered, so that none is answered twice. */
    static final int MAX_REMEMBERED = 4096;
    /** Questions that are answered in a second, at least. */
    static final int LEAST_ANSWERS = 400;
    /** The same for each link of the window, twice of what is asked there. */
    static final int ANSWERS_A_LINK = 40;

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int LINK_BITS = 3;

    final int self;
    /** Tells this window from others of the same node under the same key. */
    final int life;

    final ProbeSeal seal;
    final long endNanos;
    private final TreeMap<Integer, ProbePath> paths = new TreeMap<>();
    private final Map<Long, Boolean> numbers = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    private final Map<Integer, Integer> lives = new TreeMap<>();
    private long secondBegan;
    private int answers;

    /** Of the links only those with an own socket. */
    ProbeWindow(long nowNanos, LinkProbes.Window asked, int life, IntPredicate hasSocket) {
        self = asked.self();
        this.life = life;
        seal = new ProbeSeal(asked.key());
        endNanos = nowNanos + asked.limit().toNanos();
        secondBegan = nowNanos;
        asked.others()
                .forEach((node, links) -> links.forEach((link, address) -> {
                    if (hasSocket.test(link)) paths.put(key(node, link), new ProbePath(node, link, address, nowNanos));
                }));
    }

    private static int key(int node, int link) {
        return node << LINK_BITS | link;
    }

    Iterable<ProbePath> paths() {
        return paths.values();
    }

    @Nullable
    ProbePath path(int node, int link) {
        return paths.get(key(node, link));
    }

    /** Whether a question with this number is a new one. */
    boolean isNew(long number) {
        return numbers.put(number, true) == null;
    }

    /** Whether one more may be answered. */
    boolean mayAnswer(long nowNanos) {
        if (nowNanos - secondBegan >= SECOND_NANOS) {
            secondBegan = nowNanos;
            answers = 0;
        }
        return answers++ < Math.max(LEAST_ANSWERS, ANSWERS_A_LINK * paths.size());
    }

    /** The life in which {@code node} was heard last; 0 if it was not. */
    int lifeOf(int node) {
        return lives.getOrDefault(node, 0);
    }

    /** {@code node} was heard in this life: what was known of another one counts no more. */
    void heardIn(long nowNanos, int node, int itsLife) {
        Integer before = lives.put(node, itsLife);
        if (before == null || before == itsLife) return;
        for (ProbePath path : paths.subMap(key(node, 0), key(node + 1, 0)).values()) path.restart(nowNanos);
    }

    /** The links on which {@code node} was heard. */
    int heardOf(int node) {
        int heard = 0;
        for (ProbePath path : paths.subMap(key(node, 0), key(node + 1, 0)).values())
            if (path.isBack()) heard |= 1 << path.link;
        return heard;
    }

    /** {@code node} has heard this one on these links. */
    void heardBy(int node, int links) {
        for (ProbePath path : paths.subMap(key(node, 0), key(node + 1, 0)).values())
            if ((links >> path.link & 1) != 0) path.heardThere();
    }

    long dueNanos() {
        long due = endNanos;
        for (ProbePath path : paths.values()) due = Math.min(due, path.dueNanos());
        return due;
    }
}
