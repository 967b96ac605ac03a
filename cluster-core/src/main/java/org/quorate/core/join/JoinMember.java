package org.quorate.core.join;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.Disk;
import org.quorate.core.join.auth.PasswordFile;
import org.quorate.core.join.auth.TokenFile;

/**
 * What a {@link JoinServer} works with.
 *
 * @param folder of the member
 * @param host that it runs on
 * @param admission the cluster
 * @param registry whose certificates are members'
 * @param probes makes the members answer probes; empty if nobody can
 * @param password of the member
 * @param tokens of the member
 * @param disk for its marks
 * @param clock told to joiners
 * @param random for nonces, keys and serial numbers
 */
public record JoinMember(
        Path folder,
        LocalAddresses host,
        Admission admission,
        CertificateRegistry registry,
        Optional<MemberProbes> probes,
        PasswordFile password,
        TokenFile tokens,
        Disk disk,
        Clock clock,
        SecureRandom random) {
    /** One with everything of this host. */
    public static JoinMember of(
            Path folder,
            Admission admission,
            CertificateRegistry registry,
            Optional<MemberProbes> probes,
            Disk disk,
            Clock clock) {
        SecureRandom random = new SecureRandom();
        return new JoinMember(
                folder,
                LocalAddresses.ofThisHost(),
                admission,
                registry,
                probes,
                new PasswordFile(folder, disk, random),
                new TokenFile(folder, disk, clock, random),
                disk,
                clock,
                random);
    }
}
