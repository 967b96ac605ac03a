package org.quorate.core.change;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.core.change.ChangeMessage.LockNote;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/** Messages and promises as JSON. What is read is bounded, and refused as a whole if anything in it is wrong. */
public final class ChangeText {
    /** Longest message in bytes; what a group carries in one piece. */
    public static final int MAX_BYTES = 1_000_000;

    private static final int MAX_TEXT = 900_000;
    private static final int MAX_OBJECTIONS = 64;
    private static final int MAX_NODES = 1024;

    private ChangeText() {}

    /** A message as text. */
    public static byte[] encode(ChangeMessage message) {
        return json(message).text();
    }

    private static JsonObject json(ChangeMessage message) {
        if (message instanceof ChangeMessage.Hello it) return hello(it);
        if (message instanceof ChangeMessage.Share it) return share(it);
        if (message instanceof ChangeMessage.Propose it) {
            JsonObject json = kind("propose").with("proposal", json(it.proposal()));
            it.trial().ifPresent(trial -> json.with("trial", TrialText.json(trial)));
            return json;
        }
        if (message instanceof ChangeMessage.Commit it)
            return kind("commit").with("ring", it.ring()).with("proposal", json(it.proposal()));
        if (message instanceof ChangeMessage.Accept it)
            return kind("accept").with("id", json(it.id())).withObjects("tried", TrialText.json(it.tried()));
        if (message instanceof ChangeMessage.Refuse it)
            return kind("refuse")
                    .with("id", json(it.id()))
                    .withObjects(
                            "objections",
                            it.objections().stream()
                                    .limit(MAX_OBJECTIONS)
                                    .map(ChangeText::json)
                                    .toList())
                    .withObjects("tried", TrialText.json(it.tried()));
        if (message instanceof ChangeMessage.Abort it) return kind("abort").with("id", json(it.id()));
        if (message instanceof ChangeMessage.Locked it) return kind("locked").with("id", json(it.id()));
        if (message instanceof ChangeMessage.LockFailed it) return result("lock-failed", it.id(), it.problem());
        if (message instanceof ChangeMessage.Done it) return result("done", it.id(), it.problem());
        if (message instanceof ChangeMessage.Checked it) return result("checked", it.id(), it.problem());
        if (message instanceof ChangeMessage.Reloaded it) {
            JsonObject json = kind("reloaded").with("problem", cut(it.problem()));
            it.id().ifPresent(id -> json.with("id", json(id)));
            return json;
        }
        throw new IllegalArgumentException("a message of no known kind: " + message);
    }

    private static JsonObject kind(String kind) {
        return new JsonObject().with("kind", kind);
    }

    private static JsonObject result(String kind, ProposalId id, String problem) {
        return kind(kind).with("id", json(id)).with("problem", cut(problem));
    }

    private static String cut(String sentence) {
        return sentence.length() > Objection.MAX_CHARS ? sentence.substring(0, Objection.MAX_CHARS) : sentence;
    }

    private static JsonObject hello(ChangeMessage.Hello it) {
        Standing has = it.standing();
        JsonObject json = kind("hello")
                .with("ring", it.ring())
                .with("company", it.company())
                .with("version", has.version())
                .with("revision", has.revision())
                .with("digest", has.digest())
                .with("edited", has.edited())
                .with("key_id", has.keyId())
                .with("running", has.running())
                .with("quorate_ring", has.quorateRing())
                .with("tries", it.tries())
                .with("problem", cut(it.problem()));
        it.lock()
                .ifPresent(lock -> json.with(
                        "lock",
                        new JsonObject()
                                .with("ring", lock.ring())
                                .with("id", json(lock.id()))
                                .with("base", lock.base())));
        return json;
    }

    private static JsonObject share(ChangeMessage.Share it) {
        JsonObject keys = new JsonObject();
        it.keys().forEach((node, envelope) -> keys.with(node.toString(), envelope));
        return kind("share")
                .with("ring", it.ring())
                .with("text", it.text())
                .with("roster", it.roster())
                .with("key_id", it.keyId())
                .with("keys", keys);
    }

    private static JsonObject json(ProposalId id) {
        return new JsonObject()
                .with("node", id.proposer().node())
                .with("member", Integer.toUnsignedLong(id.proposer().id()))
                .with("number", id.number());
    }

    private static JsonObject json(Objection it) {
        return new JsonObject()
                .with("node", it.node())
                .with("kind", it.kind().name())
                .with("sentence", it.sentence());
    }

    private static JsonObject json(Proposal it) {
        Proposal.Traits traits = it.traits();
        return new JsonObject()
                .with("id", json(it.id()))
                .with("what", it.what())
                .with("base", it.base())
                .with("version", it.version())
                .with("text", it.text())
                .with("roster", it.roster())
                .with("key_id", it.keyId())
                .with("sealed_key", it.sealedKey())
                .with("removed", traits.removed())
                .with("watched_link", traits.watchedLink() + 1)
                .with("reload", traits.reload())
                .with("guest", traits.guest())
                .withStrings(
                        "prepared",
                        traits.prepared().stream().map(String::valueOf).toList());
    }

    /** A promise as text, for the disk. */
    public static byte[] encode(ChangeInput.Lock lock) {
        return new JsonObject()
                .with("format", 1)
                .with("ring", lock.ring())
                .with("proposal", json(lock.proposal()))
                .text();
    }

    /** Reads a promise. */
    public static ChangeInput.Lock lock(byte[] text) throws Malformed {
        JsonObject in = JsonObject.parse(text, 2 * MAX_BYTES);
        if (in.number("format", 0, Integer.MAX_VALUE) != 1) throw new Malformed("its format is not 1");
        return new ChangeInput.Lock(in.number("ring", 0, Long.MAX_VALUE), proposal(in.object("proposal")));
    }

    /** Reads a message. */
    public static ChangeMessage decode(byte[] text) throws Malformed {
        JsonObject in = JsonObject.parse(text, 2 * MAX_BYTES);
        return switch (in.string("kind", 16)) {
            case "hello" -> hello(in);
            case "share" ->
                new ChangeMessage.Share(
                        in.number("ring", 0, Long.MAX_VALUE),
                        in.string("text", MAX_TEXT),
                        in.string("roster", MAX_TEXT),
                        in.string("key_id", 64),
                        keys(in.object("keys")));
            case "propose" -> new ChangeMessage.Propose(proposal(in.object("proposal")), TrialText.trial(in));
            case "commit" ->
                new ChangeMessage.Commit(in.number("ring", 0, Long.MAX_VALUE), proposal(in.object("proposal")));
            case "accept" -> new ChangeMessage.Accept(id(in.object("id")), TrialText.tried(in));
            case "refuse" -> new ChangeMessage.Refuse(id(in.object("id")), objections(in), TrialText.tried(in));
            case "abort" -> new ChangeMessage.Abort(id(in.object("id")));
            case "locked" -> new ChangeMessage.Locked(id(in.object("id")));
            case "lock-failed" -> new ChangeMessage.LockFailed(id(in.object("id")), problem(in));
            case "done" -> new ChangeMessage.Done(id(in.object("id")), problem(in));
            case "checked" -> new ChangeMessage.Checked(id(in.object("id")), problem(in));
            case "reloaded" ->
                new ChangeMessage.Reloaded(
                        in.has("id") ? Optional.of(id(in.object("id"))) : Optional.empty(), problem(in));
            default -> throw new Malformed("it is of a kind that is not known");
        };
    }

    private static String problem(JsonObject in) throws Malformed {
        return in.string("problem", Objection.MAX_CHARS);
    }

    private static ChangeMessage.Hello hello(JsonObject in) throws Malformed {
        Standing standing = new Standing(
                in.number("version", 0, Long.MAX_VALUE),
                in.number("revision", 0, Long.MAX_VALUE),
                in.string("digest", 64),
                in.isTrue("edited"),
                in.string("key_id", 64),
                in.number("running", 0, Long.MAX_VALUE),
                in.number("quorate_ring", 0, Long.MAX_VALUE));
        Optional<LockNote> lock = Optional.empty();
        if (in.has("lock")) {
            JsonObject inner = in.object("lock");
            lock = Optional.of(new LockNote(
                    inner.number("ring", 0, Long.MAX_VALUE), id(inner.object("id")), inner.string("base", 64)));
        }
        return new ChangeMessage.Hello(
                in.number("ring", 0, Long.MAX_VALUE),
                in.string("company", 64),
                standing,
                lock,
                problem(in),
                in.isTrue("tries"));
    }

    private static SortedMap<Integer, String> keys(JsonObject in) throws Malformed {
        TreeMap<Integer, String> keys = new TreeMap<>();
        for (String node : in.names()) {
            if (!node.matches("[0-9]{1,5}") || keys.size() == MAX_NODES)
                throw new Malformed("its keys are not by node");
            keys.put(Integer.parseInt(node), in.string(node, MAX_TEXT));
        }
        return keys;
    }

    private static ProposalId id(JsonObject in) throws Malformed {
        return new ProposalId(
                new Member((int) in.number("node", 0, 65_535), (int) in.number("member", 0, 0xFFFF_FFFFL)),
                in.number("number", 0, Long.MAX_VALUE));
    }

    private static List<Objection> objections(JsonObject in) throws Malformed {
        List<Objection> all = new ArrayList<>();
        for (JsonObject each : in.objects("objections", MAX_OBJECTIONS)) {
            String name = each.string("kind", 32);
            Kind kind = Kind.INVALID_HERE; // what a newer version says is an objection all the same
            for (Kind known : Kind.values()) if (known.name().equals(name)) kind = known;
            all.add(new Objection(
                    (int) each.number("node", 0, 65_535), kind, each.string("sentence", Objection.MAX_CHARS)));
        }
        if (all.isEmpty()) throw new Malformed("it refuses without an objection");
        return all;
    }

    private static Proposal proposal(JsonObject in) throws Malformed {
        TreeSet<Integer> prepared = new TreeSet<>();
        for (String node : in.strings("prepared", MAX_NODES, 5)) {
            if (!node.matches("[0-9]{1,5}")) throw new Malformed("its list prepared has no node ids");
            prepared.add(Integer.parseInt(node));
        }
        return new Proposal(
                id(in.object("id")),
                in.string("what", 400),
                in.string("base", 64),
                in.number("version", 0, Long.MAX_VALUE),
                in.string("text", MAX_TEXT),
                in.string("roster", MAX_TEXT),
                in.string("key_id", 64),
                in.string("sealed_key", MAX_TEXT),
                new Proposal.Traits(
                        (int) in.number("removed", 0, 65_535),
                        (int) in.number("watched_link", 0, 8) - 1,
                        in.isTrue("reload"),
                        in.isTrue("guest"),
                        prepared));
    }
}
