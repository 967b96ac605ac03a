package org.quorate.core.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.quorate.ClusterConfig;
import org.quorate.LinkConfig;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.JoinRefusal;
import org.quorate.core.join.wire.JoinRequest;
import org.quorate.core.join.wire.MemberAddress;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;
import org.quorate.core.join.wire.Secret;
import org.quorate.core.json.JsonObject.Malformed;

/** The messages of a join as JSON objects. The field {@code is} says which one it is; fields that are not known are skipped. Has no state. */
public final class JoinMessageText {
    private static final int NAME_CHARS = 255;
    private static final int ADDRESS_CHARS = 255;
    private static final int PROOF_CHARS = 512;
    private static final int REQUEST_CHARS = 8192;
    private static final int PEM_CHARS = 16_384;
    private static final int CONF_CHARS = 160 * 1024;
    private static final int KEY_CHARS = 8192;
    private static final int MAX_FINDINGS = 512;
    private static final int MAX_REPORTS = 512;
    private static final int MAX_WARNINGS = 64;
    private static final int MAX_ID = Integer.MAX_VALUE;

    private JoinMessageText() {}

    /** {@code message} as text; may be longer than {@link JoinMessage#MAX_BYTES}. The caller wipes it if it has a secret. */
    public static byte[] encode(JoinMessage message) {
        return object(message).text();
    }

    /** The message in {@code text}. */
    public static JoinMessage decode(byte[] text) throws Malformed {
        JsonObject in = JsonObject.parse(text);
        return switch (in.string("is", 32)) {
            case "hello" ->
                new JoinMessage.Hello(
                        format(in),
                        api(in),
                        readable(in.stringOrEmpty("software", NAME_CHARS)),
                        purpose(in),
                        in.stringOrEmpty("cluster", NAME_CHARS));
            case "welcome" ->
                new JoinMessage.Welcome(
                        format(in),
                        api(in),
                        readable(in.stringOrEmpty("software", NAME_CHARS)),
                        readable(in.string("cluster", NAME_CHARS)),
                        readable(in.string("authority", NAME_CHARS)),
                        readable(in.string("node", NAME_CHARS)),
                        in.number("clock", 0, Long.MAX_VALUE));
            case "start" -> new JoinMessage.Start(in.string("user", 64), in.string("nonce", PROOF_CHARS));
            case "challenge" ->
                new JoinMessage.Challenge(in.string("nonce", PROOF_CHARS), in.string("salt", PROOF_CHARS), (int)
                        in.number("iterations", 1, MAX_ID));
            case "proof" -> new JoinMessage.Proof(in.string("nonce", PROOF_CHARS), in.string("proof", PROOF_CHARS));
            case "accepted" -> new JoinMessage.Accepted(in.string("signature", PROOF_CHARS));
            case "check" -> new JoinMessage.Check(request(in));
            case "checked" -> new JoinMessage.Checked(findings(in), plan(in));
            case "waiting" -> new JoinMessage.Waiting(readable(in.string("sentence", JoinFinding.MAX_SENTENCE_CHARS)));
            case "commit" -> new JoinMessage.Commit(reports(in));
            case "admitted" -> admitted(in);
            case "written" -> new JoinMessage.Written();
            case "ask" -> new JoinMessage.Ask();
            case "standing" -> new JoinMessage.Standing(in.isTrue("member"));
            case "renew" -> new JoinMessage.Renew();
            case "current" ->
                new JoinMessage.Current(in.string("conf", CONF_CHARS), secret(in, "key", KEY_CHARS), members(in));
            case "refused" ->
                new JoinMessage.Refused(
                        constant(JoinRefusal.class, in.string("reason", 64), JoinRefusal.OTHER),
                        readable(in.string("sentence", JoinFinding.MAX_SENTENCE_CHARS)),
                        in.has("retryAfterMillis") ? in.number("retryAfterMillis", 0, Long.MAX_VALUE) : 0,
                        findings(in));
            default -> throw new Malformed("there is no such message");
        };
    }

    private static JsonObject object(JoinMessage message) {
        JsonObject out = new JsonObject();
        if (message instanceof JoinMessage.Hello m)
            return out.with("is", "hello")
                    .with("format", m.format())
                    .with("api", m.api())
                    .with("software", m.software())
                    .with("purpose", word(m.purpose()))
                    .with("cluster", m.cluster());
        if (message instanceof JoinMessage.Welcome m)
            return out.with("is", "welcome")
                    .with("format", m.format())
                    .with("api", m.api())
                    .with("software", m.software())
                    .with("cluster", m.cluster())
                    .with("authority", m.authority())
                    .with("node", m.node())
                    .with("clock", m.clockMillis());
        if (message instanceof JoinMessage.Start m)
            return out.with("is", "start").with("user", m.user()).with("nonce", m.nonce());
        if (message instanceof JoinMessage.Challenge m)
            return out.with("is", "challenge")
                    .with("nonce", m.nonce())
                    .with("salt", m.salt())
                    .with("iterations", m.iterations());
        if (message instanceof JoinMessage.Proof m)
            return out.with("is", "proof").with("nonce", m.nonce()).with("proof", m.proof());
        if (message instanceof JoinMessage.Accepted m)
            return out.with("is", "accepted").with("signature", m.signature());
        if (message instanceof JoinMessage.Check m) return request(out.with("is", "check"), m.request());
        if (message instanceof JoinMessage.Checked m) {
            findings(out.with("is", "checked"), m.findings());
            m.plan().ifPresent(plan -> out.with("plan", plan(plan)));
            return out;
        }
        if (message instanceof JoinMessage.Waiting m)
            return out.with("is", "waiting").with("sentence", m.sentence());
        if (message instanceof JoinMessage.Commit m)
            return out.with("is", "commit")
                    .withObjects(
                            "unusable",
                            m.unusable().stream().map(JoinMessageText::report).toList());
        if (message instanceof JoinMessage.Admitted m)
            return members(out.with("is", "admitted"), m.members())
                    .with("conf", m.conf())
                    .with("key", base64(m.key()))
                    .with("authority", m.authority())
                    .with("authorityKey", base64(m.authorityKey()))
                    .with("certificate", m.certificate())
                    .withStrings("warnings", m.warnings());
        if (message instanceof JoinMessage.Current m)
            return members(out.with("is", "current"), m.members())
                    .with("conf", m.conf())
                    .with("key", base64(m.key()));
        if (message instanceof JoinMessage.Refused m)
            return findings(out.with("is", "refused"), m.findings())
                    .with("reason", word(m.reason()))
                    .with("sentence", m.sentence())
                    .with("retryAfterMillis", m.retryAfterMillis());
        if (message instanceof JoinMessage.Standing m)
            return out.with("is", "standing").with("member", m.member());
        if (message instanceof JoinMessage.Written) return out.with("is", "written");
        if (message instanceof JoinMessage.Ask) return out.with("is", "ask");
        return out.with("is", "renew");
    }

    private static int format(JsonObject in) throws Malformed {
        return (int) in.number("format", 0, MAX_ID);
    }

    private static int api(JsonObject in) throws Malformed {
        return (int) in.number("api", 0, MAX_ID);
    }

    private static JoinMessage.Purpose purpose(JsonObject in) throws Malformed {
        return switch (in.string("purpose", 32)) {
            case "join" -> JoinMessage.Purpose.JOIN;
            case "member" -> JoinMessage.Purpose.MEMBER;
            default -> throw new Malformed("there is no such purpose");
        };
    }

    private static JsonObject request(JsonObject out, JoinRequest request) {
        request.nodeId().ifPresent(id -> out.with("nodeId", id));
        request.votes().ifPresent(votes -> out.with("votes", votes));
        return out.with("name", request.name())
                .with("hostName", request.hostName())
                .with("request", request.certificateRequest())
                .withByLink("links", request.links())
                .with("address", request.address())
                .with("api", request.api())
                .with("software", request.software())
                .with("force", request.force());
    }

    private static JoinRequest request(JsonObject in) throws Malformed {
        return new JoinRequest(
                in.string("name", NAME_CHARS),
                in.stringOrEmpty("hostName", NAME_CHARS),
                in.string("request", REQUEST_CHARS),
                in.byLink("links", ADDRESS_CHARS),
                in.stringOrEmpty("address", ADDRESS_CHARS),
                in.optionalInt("nodeId", 1, MAX_ID),
                in.optionalInt("votes", 0, 65_535),
                api(in),
                readable(in.stringOrEmpty("software", NAME_CHARS)),
                in.isTrue("force"));
    }

    private static JsonObject findings(JsonObject out, List<JoinFinding> findings) {
        return out.withObjects(
                "findings",
                findings.stream()
                        .limit(MAX_FINDINGS)
                        .map(each -> new JsonObject()
                                .with("kind", word(each.kind()))
                                .with("blocks", each.blocks())
                                .with("sentence", cut(each.sentence())))
                        .toList());
    }

    /** What a peer wants people to read: without what would do something to their terminal. */
    private static String readable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String cut(String sentence) {
        int most = JoinFinding.MAX_SENTENCE_CHARS;
        return sentence.length() <= most ? sentence : sentence.substring(0, most - 3) + "...";
    }

    private static List<JoinFinding> findings(JsonObject in) throws Malformed {
        List<JoinFinding> all = new ArrayList<>();
        for (JsonObject each : in.objects("findings", MAX_FINDINGS))
            all.add(new JoinFinding(
                    constant(JoinFinding.Kind.class, each.string("kind", 64), JoinFinding.Kind.OTHER),
                    each.isTrue("blocks"),
                    readable(each.string("sentence", JoinFinding.MAX_SENTENCE_CHARS))));
        return all;
    }

    private static JsonObject plan(ProbePlan plan) {
        TreeMap<Integer, String> ports = new TreeMap<>();
        plan.ports().forEach((link, port) -> ports.put(link, port.toString()));
        return new JsonObject()
                .with("key", base64(plan.key()))
                .withByLink("ports", ports)
                .withObjects(
                        "members",
                        plan.members().stream()
                                .map(each -> new JsonObject()
                                        .with("name", each.name())
                                        .with("id", each.nodeId())
                                        .withByLink("addresses", each.addresses()))
                                .toList());
    }

    private static Optional<ProbePlan> plan(JsonObject in) throws Malformed {
        Optional<JsonObject> plan = in.optionalObject("plan");
        if (plan.isEmpty()) return Optional.empty();
        Secret key = secret(plan.get(), "key", KEY_CHARS);
        if (key.length() != ProbePlan.KEY_BYTES) throw new Malformed("the field key is not what it has to be");
        TreeMap<Integer, Integer> ports = new TreeMap<>();
        for (var port : plan.get().byLink("ports", 5).entrySet()) {
            if (!port.getValue().matches("[1-9][0-9]{0,4}") || Integer.parseInt(port.getValue()) > 65_535)
                throw new Malformed("the field ports is not what it has to be");
            ports.put(port.getKey(), Integer.parseInt(port.getValue()));
        }
        List<ProbePlan.Member> members = new ArrayList<>();
        for (JsonObject each : plan.get().objects("members", ClusterConfig.MAX_NODES))
            members.add(new ProbePlan.Member(
                    each.string("name", NAME_CHARS),
                    (int) each.number("id", 1, MAX_ID),
                    each.byLink("addresses", ADDRESS_CHARS)));
        return Optional.of(new ProbePlan(key, ports, members));
    }

    private static JsonObject report(ProbeReport report) {
        return new JsonObject()
                .with("node", report.node())
                .with("link", report.link())
                .with("forward", report.forward())
                .with("back", report.back())
                .with("rttMicros", report.rttMicros())
                .with("largest", report.largestBytes());
    }

    private static List<ProbeReport> reports(JsonObject in) throws Malformed {
        List<ProbeReport> all = new ArrayList<>();
        for (JsonObject each : in.objects("unusable", MAX_REPORTS))
            all.add(new ProbeReport(
                    each.string("node", NAME_CHARS),
                    (int) each.number("link", 0, LinkConfig.MAX_LINKS - 1),
                    each.isTrue("forward"),
                    each.isTrue("back"),
                    each.number("rttMicros", -1, Long.MAX_VALUE),
                    (int) each.number("largest", 0, 65_535)));
        return all;
    }

    private static JoinMessage.Admitted admitted(JsonObject in) throws Malformed {
        return new JoinMessage.Admitted(
                in.string("conf", CONF_CHARS),
                secret(in, "key", KEY_CHARS),
                in.string("authority", PEM_CHARS),
                secret(in, "authorityKey", PEM_CHARS),
                in.string("certificate", PEM_CHARS),
                members(in),
                in.strings("warnings", MAX_WARNINGS, JoinFinding.MAX_SENTENCE_CHARS).stream()
                        .map(JoinMessageText::readable)
                        .toList());
    }

    private static JsonObject members(JsonObject out, List<MemberAddress> members) {
        return out.withObjects(
                "members",
                members.stream()
                        .map(each -> new JsonObject()
                                .with("name", each.name())
                                .with("fingerprint", each.fingerprint())
                                .withStrings("addresses", each.addresses()))
                        .toList());
    }

    /** The members that {@link #withMembers} has written. */
    public static List<MemberAddress> members(JsonObject in) throws Malformed {
        List<MemberAddress> all = new ArrayList<>();
        for (JsonObject each : in.objects("members", JoinMessage.Admitted.MAX_MEMBERS))
            all.add(new MemberAddress(
                    each.string("name", NAME_CHARS),
                    each.string("fingerprint", NAME_CHARS),
                    each.strings("addresses", LinkConfig.MAX_LINKS, ADDRESS_CHARS)));
        return all;
    }

    /** Writes members into {@code out}, as messages have them. */
    public static JsonObject withMembers(JsonObject out, List<MemberAddress> members) {
        return members(out, members);
    }

    private static String base64(Secret secret) {
        byte[] bytes = secret.copy();
        try {
            return Base64.getEncoder().encodeToString(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static Secret secret(JsonObject in, String name, int maxChars) throws Malformed {
        try {
            return Secret.of(Base64.getDecoder().decode(in.string(name, maxChars)));
        } catch (IllegalArgumentException wrong) {
            throw new Malformed("the field " + name + " is not Base64");
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String word, E unknown) {
        for (E each : type.getEnumConstants()) if (word(each).equals(word)) return each;
        return unknown;
    }
}
