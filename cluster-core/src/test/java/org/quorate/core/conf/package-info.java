/** Tests of the configuration reader. */
@NullMarked
package org.quorate.core.conf;

import org.jspecify.annotations.NullMarked;
