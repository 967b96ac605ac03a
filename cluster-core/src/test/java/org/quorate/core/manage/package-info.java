/** How nodes are made. */
@NullMarked
package org.quorate.core.manage;

import org.jspecify.annotations.NullMarked;
