package org.quorate.core.join;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.Disk;

/**
 * What a joiner works with.
 *
 * @param host that it runs on
 * @param clock compared with the member's
 * @param random for keys and nonces
 * @param disk that the folder is on
 * @param probe tries the links; empty if nothing can
 * @param times how long it waits
 * @param listener hears of each step
 */
record JoinerHost(
        LocalAddresses host,
        Clock clock,
        SecureRandom random,
        Disk disk,
        Optional<LinkProbe> probe,
        JoinTimes times,
        JoinListener listener) {
    void step(JoinStep step, String sentence) {
        listener.onStep(step, sentence);
    }
}
