/** Under construction. */
@NullMarked
package org.quorate.quorum;

import org.jspecify.annotations.NullMarked;
