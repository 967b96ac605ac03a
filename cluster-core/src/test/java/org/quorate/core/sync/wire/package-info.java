/** Tests of the synchronisation's messages. */
@NullMarked
package org.quorate.core.sync.wire;

import org.jspecify.annotations.NullMarked;
