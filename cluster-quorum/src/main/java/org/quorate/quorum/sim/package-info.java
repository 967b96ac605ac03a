/**
 * Quorum engines of a whole cluster in one thread, joined by perfect rings: {@link org.quorate.quorum.sim.SimulatedPartitions} for trying
 * out what a quorum provider decides under given settings, and {@link org.quorate.quorum.sim.SimulatedDevices} for quorum devices on its
 * nodes.
 */
@NullMarked
package org.quorate.quorum.sim;

import org.jspecify.annotations.NullMarked;
