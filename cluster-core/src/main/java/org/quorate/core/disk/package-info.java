/** Files that survive a crash as the old or the new one, and the lock that keeps a folder to one node. */
@NullMarked
package org.quorate.core.disk;

import org.jspecify.annotations.NullMarked;
