package org.quorate.examples.interop;

/** The JVM node has the highest node id: the daemons lead. */
class JvmNodeAmongDaemonsTest extends OneJvmNodeScenario {
    JvmNodeAmongDaemonsTest() {
        super(3);
    }
}
