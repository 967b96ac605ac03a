/**
 * The whole cluster in one thread: {@link org.quorate.core.sim.ClusterSimulation} runs some nodes over a network that misbehaves as its
 * seed says, {@link org.quorate.core.sim.EvsChecker} watches every view and message for a broken promise.
 */
@NullMarked
package org.quorate.core.sim;

import org.jspecify.annotations.NullMarked;
