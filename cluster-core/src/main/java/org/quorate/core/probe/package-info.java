/** Tries the links between a joiner and the members: the joiner's side, and that of the members, which tell each other. See docs/internals/probes.md. */
@NullMarked
package org.quorate.core.probe;

import org.jspecify.annotations.NullMarked;
