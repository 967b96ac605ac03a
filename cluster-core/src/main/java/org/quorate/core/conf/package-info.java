/** Under construction. */
@NullMarked
package org.quorate.core.conf;

import org.jspecify.annotations.NullMarked;
