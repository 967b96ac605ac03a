package org.quorate.core.change;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/** Trials of links as JSON, a part of messages. */
final class TrialText {
    private static final int MAX_TRIED = 8 * 1024;
    private static final int MAX_LINK = 7;

    private TrialText() {}

    static JsonObject json(LinkTrial it) {
        return new JsonObject()
                .with("key", it.key())
                .with("limit_millis", it.limitMillis())
                .with("forced", it.forced());
    }

    static List<JsonObject> json(List<TriedLink> tried) {
        return tried.stream()
                .limit(MAX_TRIED)
                .map(it -> new JsonObject()
                        .with("link", it.link())
                        .with("peer", it.peer())
                        .with("forward", it.forward())
                        .with("back", it.back())
                        .with("bytes", it.bytes()))
                .toList();
    }

    static Optional<LinkTrial> trial(JsonObject message) throws Malformed {
        Optional<JsonObject> in = message.optionalObject("trial");
        if (in.isEmpty()) return Optional.empty();
        String key = in.get().string("key", LinkTrial.KEY_CHARS);
        if (!key.matches("[0-9a-f]{" + LinkTrial.KEY_CHARS + "}")) throw new Malformed("the key of its trial is none");
        int limit = (int) in.get().number("limit_millis", 1, LinkTrial.MAX_LIMIT_MILLIS);
        return Optional.of(new LinkTrial(key, limit, in.get().isTrue("forced")));
    }

    static List<TriedLink> tried(JsonObject message) throws Malformed {
        List<TriedLink> all = new ArrayList<>();
        if (!message.has("tried")) return all; // of an older version
        for (JsonObject in : message.objects("tried", MAX_TRIED))
            all.add(new TriedLink(
                    (int) in.number("link", 0, MAX_LINK),
                    (int) in.number("peer", 1, 65_535),
                    in.isTrue("forward"),
                    in.isTrue("back"),
                    (int) in.number("bytes", 0, 65_535)));
        return all;
    }
}
