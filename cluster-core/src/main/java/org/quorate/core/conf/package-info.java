/**
 * Corosync's configuration file: {@link org.quorate.core.conf.CorosyncConf} reads and checks it and makes a
 * {@link org.quorate.ClusterConfig}; {@link org.quorate.core.conf.RingTimers} are the timers that follow from it;
 * {@link org.quorate.core.conf.InitialConf} and {@link org.quorate.core.conf.NodeAddition} make and change one, and
 * {@link org.quorate.core.conf.ConfWriter} writes it.
 */
@NullMarked
package org.quorate.core.conf;

import org.jspecify.annotations.NullMarked;
