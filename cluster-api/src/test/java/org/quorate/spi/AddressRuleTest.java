package org.quorate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ClusterException;

/** Which addresses a range has, and which of several rules decides. */
class AddressRuleTest {
    private static InetAddress ip(String digits) throws UnknownHostException {
        return InetAddress.getByName(digits);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.2.0.0/15, 10.1.255.255, false",
        "0.0.0.0/0, 200.1.2.3, true",
        "0.0.0.0/0, fd00::1, false",
        "::/0, fd00::1, true",
        "200.0.0.5-200.0.1.1, 200.0.0.4, false",
        "200.0.0.5-200.0.1.1, 200.0.0.255, true",
        "200.0.0.5-200.0.1.1, 200.0.1.2, false",
        "fd00:1::/32, fd00:1:ffff::1, true",
        "fd00:1::/32, fd00:2::1, false",
        "128.0.0.0/1, 127.255.255.255, false",
    })
    void anAddressIsInTheRangeOrNot(String range, String address, boolean within) throws UnknownHostException {
        assertThat(AddressRule.accepts(List.of(AddressRule.accept(range)), ip(address)))
                .isEqualTo(within);
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, false", "10.1.2.4, true", "10.2.0.1, false", "11.0.0.1, false"})
    void theFirstRuleThatFitsDecidesAndTheRestIsRejected(String address, boolean accepted) throws UnknownHostException {
        List<AddressRule> rules = List.of(
                AddressRule.reject("10.1.2.3"), AddressRule.accept("10.1.0.0/16"), AddressRule.reject("10.0.0.0/8"));
        assertThat(AddressRule.accepts(rules, ip(address))).isEqualTo(accepted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "here",
                "10.1.2.256",
                "10.0.0.0/33",
                "10.0.0.0/x",
                "10.0.0.1/8",
                "10.0.0.9-10.0.0.1",
                "10.0.0.1-fd00::1",
                "fd00::/129",
                "10.0.0.1-",
                "fe80::1%lo"
            })
    void whatIsNoRangeIsRefusedInWords(String range) {
        assertThatThrownBy(() -> AddressRule.accept(range))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("\"" + range + "\" cannot be used");
    }
}
