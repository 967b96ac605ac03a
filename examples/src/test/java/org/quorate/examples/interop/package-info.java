/**
 * Mixed rings: nodes of this project and real Corosync daemons in one cluster, on networks that the tests make, cut and
 * mend. Skipped where no daemon is installed.
 */
@NullMarked
package org.quorate.examples.interop;

import org.jspecify.annotations.NullMarked;
