/** Tests of service messages. */
@NullMarked
package org.quorate.core.service.wire;

import org.jspecify.annotations.NullMarked;
