package org.quorate;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.quorate.JoinInfoException.Problem;
import org.quorate.spi.ClusterManagerFactory;

/**
 * What a machine has to know of a cluster before it can join: whom to ask, how to tell that it is the right one, and which links there
 * are. It holds no secret. As text, one line to copy from one terminal to another, it is what Proxmox VE shows as Join Information: JSON in
 * Base64 with the same fields; either side can read the other's.
 *
 * <pre>{@code
 * JoinInfo info = JoinInfo.parse(pasted);
 * System.out.println(info.clusterName() + " has the links " + info.links().keySet());
 * }</pre>
 *
 * <p>Immutable. Source: pvecm.md 6.
 *
 * @param address of the member to ask, in digits or a name; empty if the text did not say
 * @param fingerprint SHA-256 of the member's certificate: 32 pairs of upper-case hexadecimal digits with colons between; empty if the
 *     text did not say
 * @param node name of the member; empty if the text did not say, as that of Proxmox VE does not
 * @param links address of the member by number of the link
 * @param totem the values of the cluster's totem section
 * @param interfaces the values of its interface sections by number of the link
 */
public record JoinInfo(
        String address,
        String fingerprint,
        String node,
        SortedMap<Integer, String> links,
        SortedMap<String, String> totem,
        SortedMap<Integer, SortedMap<String, String>> interfaces) {
    /** Version of the text that is written, and the only one that is read. */
    public static final int FORMAT = 1;

    /** Longest text in characters; that of a cluster with eight links has two thousand. */
    public static final int MAX_TEXT_CHARS = 65_536;

    /** Most values of one section. */
    public static final int MAX_VALUES = 128;

    private static final int MAX_NAME_CHARS = 254;
    private static final int MAX_VALUE_CHARS = 510;
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9:][A-Za-z0-9:._%-]{0,252}");
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9A-F]{2}(:[0-9A-F]{2}){31}");

    /** Takes copies; throws a {@link JoinInfoException} if a value cannot be what it is said to be. */
    public JoinInfo {
        fingerprint = fingerprint.toUpperCase(Locale.ROOT);
        check(address.isEmpty() || ADDRESS.matcher(address).matches(), "the address of the member", address);
        check(fingerprint.isEmpty() || FINGERPRINT.matcher(fingerprint).matches(), "the fingerprint", fingerprint);
        check(isText(node, MAX_NAME_CHARS), "the name of the member", node);
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
        links.forEach((link, own) -> {
            checkLink(link);
            check(ADDRESS.matcher(own).matches(), "the address on link " + link, own);
        });
        totem = values("totem", totem);
        TreeMap<Integer, SortedMap<String, String>> sections = new TreeMap<>();
        interfaces.forEach((link, section) -> {
            checkLink(link);
            sections.put(link, values("interface " + link, section));
        });
        interfaces = Collections.unmodifiableSortedMap(sections);
    }

    /** Reads a text that {@link #encode} or Proxmox VE has made; blanks and line ends in it are ignored, and so are fields that are not known. */
    public static JoinInfo parse(String text) {
        return ClusterManagerFactory.find().joinInfoCodec().parse(text);
    }

    /** This as one line of text. */
    public String encode() {
        return ClusterManagerFactory.find().joinInfoCodec().encode(this);
    }

    /** The cluster's name; empty if the text did not say. */
    public String clusterName() {
        return totem.getOrDefault("cluster_name", "");
    }

    private static SortedMap<String, String> values(String section, Map<String, String> values) {
        if (values.size() > MAX_VALUES)
            throw new JoinInfoException(
                    Problem.FIELD_INVALID,
                    "the section " + section + " has " + values.size() + " values; at most " + MAX_VALUES
                            + " are possible");
        values.forEach((key, value) -> {
            check(!key.isEmpty() && isText(key, MAX_NAME_CHARS), "a name in section " + section, key);
            check(
                    isText(value, MAX_VALUE_CHARS),
                    "the value of " + JoinInfoException.shown(key) + " in section " + section,
                    value);
        });
        return Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    private static boolean isText(String text, int mostChars) {
        return text.length() <= mostChars && text.chars().noneMatch(Character::isISOControl);
    }

    private static void checkLink(int link) {
        if (link < 0 || link >= LinkConfig.MAX_LINKS)
            throw new JoinInfoException(Problem.FIELD_INVALID, "there is a link " + link + "; links are 0..7");
    }

    private static void check(boolean good, String what, String value) {
        if (!good)
            throw new JoinInfoException(
                    Problem.FIELD_INVALID,
                    what + " cannot be \"" + JoinInfoException.shown(value) + "\"; copy the whole text again");
    }
}
