/**
 * What happens to a node, as events of Java Flight Recorder. {@link org.quorate.core.shell.jfr.FlightLog} is the only class that others
 * use; the rest is loaded only where there is the module {@code jdk.jfr}.
 */
@NullMarked
package org.quorate.core.shell.jfr;

import org.jspecify.annotations.NullMarked;
