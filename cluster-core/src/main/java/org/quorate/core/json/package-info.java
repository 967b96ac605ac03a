/** JSON: the one place that knows the library for it. */
@NullMarked
package org.quorate.core.json;

import org.jspecify.annotations.NullMarked;
