package org.quorate.examples.interop;

/** The JVM node has the lowest node id: it makes the commit tokens and names the ring. */
class JvmNodeAsRepresentativeTest extends OneJvmNodeScenario {
    JvmNodeAsRepresentativeTest() {
        super(1);
    }
}
