/**
 * A {@link org.quorate.ClusterStatus} for people and for programs: {@link org.quorate.examples.status.StatusText} prints the report that
 * operators of Corosync clusters know, {@link org.quorate.examples.status.StatusJson} carries the same and more, above all why there is no
 * quorum and what would bring it back. Both are pure.
 */
@NullMarked
package org.quorate.examples.status;

import org.jspecify.annotations.NullMarked;
