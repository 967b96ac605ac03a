/**
 * Layouts of the messages of services: the header of all of them, and the messages of cmap (0) and cfg (1). Those of cpg (2) are with the groups.
 */
@NullMarked
package org.quorate.core.service.wire;

import org.jspecify.annotations.NullMarked;
