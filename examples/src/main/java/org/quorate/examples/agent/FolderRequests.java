package org.quorate.examples.agent;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.JoinInfo;
import org.quorate.NodeId;
import org.quorate.core.conf.InitialConf;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.join.CreateOptions;
import org.quorate.core.join.FingerprintConfirmation;
import org.quorate.core.join.JoinOptions;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.examples.json.JsonObject;

/** What the admin socket's commands {@code create} and {@code join} say; the command line says it in the same way where no agent runs. */
public final class FolderRequests {
    private FolderRequests() {}

    /** Own addresses by link, as a field of a request. */
    public static List<JsonObject> links(SortedMap<Integer, LinkParameter> links) {
        return links.entrySet().stream()
                .map(each -> new JsonObject()
                        .put("link", each.getKey())
                        .put("address", each.getValue().address())
                        .put("priority", each.getValue().priority())
                        .put("port", each.getValue().port()))
                .toList();
    }

    private static SortedMap<Integer, LinkParameter> links(JsonObject request) {
        TreeMap<Integer, LinkParameter> links = new TreeMap<>();
        for (JsonObject each : request.objects("links"))
            links.put(
                    number(each, "link", 0),
                    new LinkParameter(
                            each.text("address").orElse(""), number(each, "priority", 0), number(each, "port", 0)));
        return links;
    }

    /** Which cluster to make: {@code name}, {@code nodeName}, {@code links}, {@code nodeId}, {@code votes}, {@code tokenCoefficient}. */
    public static CreateOptions create(JsonObject request) {
        int id = number(request, "nodeId", 1);
        if (id < 1 || id > NodeId.MAX) throw new AdminException("nodeId " + id + " is not in 1.." + NodeId.MAX);
        return new CreateOptions(
                request.text("name")
                        .orElseThrow(() -> new AdminException(
                                "the request has no text field 'name', which is what the cluster is to be called")),
                request.text("nodeName").orElse(""),
                links(request),
                NodeId.of(id),
                number(request, "votes", 1),
                number(request, "tokenCoefficient", InitialConf.TOKEN_COEFFICIENT_MILLIS));
    }

    /**
     * Which cluster to join: {@code info} or {@code address}, {@code port}, {@code fingerprint}, {@code nodeName}, {@code links}, {@code nodeId},
     * {@code votes}, {@code force}.
     *
     * @param confirmation asked if no fingerprint is known
     */
    public static JoinOptions join(JsonObject request, FingerprintConfirmation confirmation) {
        String info = request.text("info").orElse("");
        String address = request.text("address").orElse("");
        if (info.isEmpty() && address.isEmpty())
            throw new AdminException("the request has neither 'info' nor 'address': which cluster to join");
        JoinOptions options =
                info.isEmpty() ? JoinOptions.of(address, confirmation) : JoinOptions.of(JoinInfo.parse(info));
        options = options.withMember(
                address.isEmpty() ? options.member() : address, number(request, "port", options.port()));
        String fingerprint = request.text("fingerprint").orElse("");
        if (!fingerprint.isEmpty()) options = options.withFingerprint(fingerprint);
        SortedMap<Integer, LinkParameter> own = links(request);
        for (var each : own.entrySet()) options = options.withLink(each.getKey(), each.getValue());
        options = options.withNodeName(request.text("nodeName").orElse(""))
                .withPlace(optional(request, "nodeId"), optional(request, "votes"));
        return request.isTrue("force") ? options.forced() : options;
    }

    /** What the joiner knows, {@code token} or {@code password}; the caller closes it. */
    static Credential credential(JsonObject request) {
        String token = request.text("token").orElse("");
        if (token.isEmpty())
            return Credential.password(request.text("password").orElse("").toCharArray());
        return token(token.toCharArray());
    }

    /** By a token; the text stays the caller's. */
    public static Credential token(char[] text) {
        try (JoinToken token = JoinToken.parse(text)) {
            return Credential.token(token);
        }
    }

    private static OptionalInt optional(JsonObject request, String field) {
        return request.has(field) ? OptionalInt.of(number(request, field, 0)) : OptionalInt.empty();
    }

    private static int number(JsonObject request, String field, int otherwise) {
        if (!request.has(field)) return otherwise;
        OptionalLong number = request.number(field);
        if (number.isEmpty() || number.getAsLong() != (int) number.getAsLong())
            throw new AdminException("the field '" + field + "' is not a whole number");
        return (int) number.getAsLong();
    }
}
