/** Tests of the impure part, with real files and threads, and a transport whose loop is turned by hand. */
@NullMarked
package org.quorate.core.shell;

import org.jspecify.annotations.NullMarked;
