/** Layouts of the two messages of the synchronisation that follows a change of membership. */
@NullMarked
package org.quorate.core.sync.wire;

import org.jspecify.annotations.NullMarked;
