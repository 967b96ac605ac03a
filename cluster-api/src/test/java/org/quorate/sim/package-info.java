/**
 * Runs protocol engines without a clock, a socket or a disk: {@link org.quorate.sim.Simulation} owns the time,
 * {@link org.quorate.sim.SimNetwork} the messages, {@link org.quorate.sim.SimStore} what survives a crash, and
 * {@link org.quorate.sim.FaultPlan} what goes wrong; all of it follows from one seed, and {@link org.quorate.sim.Trace} proves it.
 * {@link org.quorate.sim.MemoryTransport} is something else: a real transport with real threads that joins nodes of one JVM, for
 * applications' own tests. Nothing here needs a test framework.
 */
@NullMarked
package org.quorate.sim;

import org.jspecify.annotations.NullMarked;
