package org.quorate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.JoinInfo;
import org.quorate.testkit.FreePort;

/** Addresses of IPv6 on the command line: in digits, without brackets for a link, with or without for a member. */
class Ipv6ArgumentsTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aClusterOnIpv6IsMadeAndItsJoinInformationHasTheAddress() throws IOException {
        assertThat(run("create", "orchard", "--node-name", "apple", "--link0", "::1,priority=7"))
                .as(err.toString())
                .isZero();
        assertThat(Files.readString(folder.resolve("data/corosync.conf")))
                .contains("ring0_addr: ::1\n", "ip_version: ipv4-6", "knet_link_priority: 7");
        out.getBuffer().setLength(0);
        assertThat(run("join-info")).isZero();
        JoinInfo info = JoinInfo.parse(out.toString());
        assertThat(info.address()).isEqualTo("::1");
        assertThat(info.links()).containsEntry(0, "::1");
        out.getBuffer().setLength(0);
        assertThat(run("join-info", "inspect", info.encode())).isZero();
        assertThat(out.toString()).contains("Address:          ::1\n", "Link 0:           ::1\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "create c --link0 [::1];2;without brackets",
                "create c --link0 [::1]:5405;2;without brackets",
                "create c --link0 ::1/64;2;can be neither an address in digits",
                "create c --link0 ::1,priority=;2;has the priority",
                "create c --link0 ::1,port=99999;2;has the port \"99999\"",
                "create c --link0 ::1 --link1 0:0:0:0:0:0:0:1;1;which another link has",
                "create c --link0 1::2::3;1;which cannot be resolved",
                "create c --link0 fd00::zz;1;which cannot be resolved",
                "create c --link0 2001:db8::7;1;which this host has not",
                "add ::1 --link0 [::1];2;without brackets",
                "add [::1]:5404 --link0 ::1;1;the address [::1]:5404 of the member cannot be resolved",
                "add [::1 --link0 ::1;1;cannot be resolved",
                "add fd00::zz --link0 ::1;1;cannot be resolved",
                "add 2001:db8::1 --link0 fd00::zz;1;which cannot be resolved"
            })
    void whatIsNoAddressIsRefusedInOneSentenceAndNothingIsMade(String line, int exit, String part) throws IOException {
        assertThat(run(withPassword(line).split(" "))).as(err.toString()).isEqualTo(exit);
        assertThat(err.toString()).contains(part).doesNotContain("unexpected");
        assertThat(out.toString()).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"::1", "[::1]", "0:0:0:0:0:0:0:1"})
    void aMemberIsCalledAtItsAddressHoweverItIsWritten(String address) throws IOException {
        int port = FreePort.tcp();
        assertThat(run(withPassword("add " + address + " --link0 ::1 --port " + port)
                        .split(" ")))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("the member at " + address + ", port " + port + " cannot be talked to", "refused");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    private String withPassword(String line) throws IOException {
        if (!line.startsWith("add ")) return line;
        Path password = folder.resolve("password");
        Files.writeString(password, "correct horse battery\n");
        return line + " --node-name pear --password-file " + password + " --fingerprint " + "AA:".repeat(31) + "AA";
    }

    private int run(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "--data-dir";
        all[1] = folder.resolve("data").toString();
        System.arraycopy(words, 0, all, 2, words.length);
        return Main.commandLine(all, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all);
    }
}
