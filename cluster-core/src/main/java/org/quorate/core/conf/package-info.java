/**
 * Corosync's configuration file: {@link org.quorate.core.conf.CorosyncConf} reads and checks it and makes a
 * {@link org.quorate.ClusterConfig}; {@link org.quorate.core.conf.RingTimers} are the timers that follow from it.
 */
@NullMarked
package org.quorate.core.conf;

import org.jspecify.annotations.NullMarked;
