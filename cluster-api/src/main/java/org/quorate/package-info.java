/**
 * What an application touches: {@link org.quorate.ClusterManager} runs one node, {@link org.quorate.ClusterConfig} says what the
 * cluster is, {@link org.quorate.View} and {@link org.quorate.QuorumState} are what the node reports, {@link org.quorate.Group}
 * carries ordered messages, {@link org.quorate.ClusterStatus} is a snapshot of everything for people and tools.
 */
@NullMarked
package org.quorate;

import org.jspecify.annotations.NullMarked;
