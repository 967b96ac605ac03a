/** Tests of the process groups' messages. */
@NullMarked
package org.quorate.core.group.wire;

import org.jspecify.annotations.NullMarked;
