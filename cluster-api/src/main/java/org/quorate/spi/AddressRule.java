package org.quorate.spi;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * One line of an allow list: from which addresses packets are taken, or not. Of a list the first rule that fits decides, and what fits
 * none is rejected.
 *
 * @param accept whether packets from there are taken
 * @param range an address in digits, a prefix such as {@code 10.1.0.0/16} or {@code fd00::/8}, or a range such as {@code
 *     10.1.0.5-10.1.0.9}
 */
public record AddressRule(boolean accept, String range) {
    private static final Pattern DIGITS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** Checks the range; throws a {@link ClusterException} with reason CONFIGURATION_INVALID if it is none. */
    public AddressRule {
        Limits.of(range);
    }

    /** Takes packets from {@code range}. */
    public static AddressRule accept(String range) {
        return new AddressRule(true, range);
    }

    /** Takes no packets from {@code range}. */
    public static AddressRule reject(String range) {
        return new AddressRule(false, range);
    }

    /** What {@code rules} say of packets from {@code from}. For many questions use {@link #compile}. */
    public static boolean accepts(List<AddressRule> rules, InetAddress from) {
        return compile(rules).accepts(from);
    }

    /** The list in a form that answers fast. */
    public static Compiled compile(List<AddressRule> rules) {
        return new Compiled(rules);
    }

    /** An allow list ready for use; immutable. */
    public static final class Compiled {
        private final Limits[] limits;
        private final boolean[] accept;

        private Compiled(List<AddressRule> rules) {
            limits = rules.stream().map(rule -> Limits.of(rule.range)).toArray(Limits[]::new);
            accept = new boolean[limits.length];
            for (int i = 0; i < accept.length; i++) accept[i] = rules.get(i).accept;
        }

        /** Whether packets from there are taken. */
        public boolean accepts(InetAddress from) {
            byte[] address = from.getAddress();
            for (int i = 0; i < limits.length; i++) if (limits[i].contains(address)) return accept[i];
            return false;
        }
    }

    private static final class Limits {
        private final byte[] first;
        private final byte[] last;

        private Limits(byte[] first, byte[] last) {
            this.first = first;
            this.last = last;
        }

        boolean contains(byte[] address) {
            return address.length == first.length
                    && Arrays.compareUnsigned(first, address) <= 0
                    && Arrays.compareUnsigned(address, last) <= 0;
        }

        static Limits of(String range) {
            int dash = range.indexOf('-');
            int slash = range.indexOf('/');
            if (slash >= 0) return prefix(range, address(range, range.substring(0, slash)), range.substring(slash + 1));
            byte[] first = address(range, dash < 0 ? range : range.substring(0, dash));
            byte[] last = dash < 0 ? first : address(range, range.substring(dash + 1));
            if (first.length != last.length || Arrays.compareUnsigned(first, last) > 0)
                throw bad(range, "its end comes before its begin or is of the other IP version");
            return new Limits(first, last);
        }

        private static Limits prefix(String range, byte[] address, String text) {
            int most = 8 * address.length;
            int bits = text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
            if (bits < 0 || bits > most) throw bad(range, "the length of its prefix is not in 0.." + most);
            byte[] last = address.clone();
            for (int bit = bits; bit < most; bit++) {
                int mask = 0x80 >>> bit % 8;
                if ((address[bit / 8] & mask) != 0) throw bad(range, "it has bits beyond its prefix");
                last[bit / 8] |= (byte) mask;
            }
            return new Limits(address, last);
        }

        private static byte[] address(String range, String text) {
            if (!DIGITS.matcher(text).matches()) throw bad(range, "\"" + text + "\" is no address in digits");
            try {
                return InetAddress.getByName(text).getAddress(); // digits are not looked up
            } catch (UnknownHostException e) {
                throw bad(range, "\"" + text + "\" is no address in digits");
            }
        }

        private static ClusterException bad(String range, String why) {
            return new ClusterException(
                    Reason.CONFIGURATION_INVALID, "the address range \"" + range + "\" cannot be used: " + why);
        }
    }
}
