/**
 * Real Corosync daemons for tests: {@link org.quorate.interop.CorosyncCluster} lays out hosts, networks and
 * configuration files inside namespaces of its own, starts the daemons of the operating system there, and cuts, loses
 * and kills on request. {@link org.quorate.interop.QuorumToolStatus} and {@link org.quorate.interop.PeerLink} read what
 * the daemons' own tools print. A test that needs all this carries {@link org.quorate.interop.RequiresCorosync} and is
 * skipped where no daemon is installed. No root is needed, and nothing outlives the process that made it.
 */
@NullMarked
package org.quorate.interop;

import org.jspecify.annotations.NullMarked;
