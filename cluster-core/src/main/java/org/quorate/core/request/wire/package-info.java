/** Layout of requests and answers. */
@NullMarked
package org.quorate.core.request.wire;

import org.jspecify.annotations.NullMarked;
