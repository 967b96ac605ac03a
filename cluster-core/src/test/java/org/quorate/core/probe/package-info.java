@NullMarked
package org.quorate.core.probe;

import org.jspecify.annotations.NullMarked;
