/**
 * The one configuration of a cluster, changed while it runs: {@link org.quorate.core.change.ChangeEngine} agrees with the engines of the
 * other nodes on each change, {@link org.quorate.core.change.Roster} is what goes with the configuration: certificates, and which ids and
 * certificates are not good any more. Pure; {@code org.quorate.core.change.shell} acts.
 */
@NullMarked
package org.quorate.core.change;

import org.jspecify.annotations.NullMarked;
