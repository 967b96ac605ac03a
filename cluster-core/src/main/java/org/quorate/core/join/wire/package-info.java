/** What a joiner and a member say to each other: values without any way to the world. As text they are JSON, see {@code org.quorate.core.json}. */
@NullMarked
package org.quorate.core.join.wire;

import org.jspecify.annotations.NullMarked;
