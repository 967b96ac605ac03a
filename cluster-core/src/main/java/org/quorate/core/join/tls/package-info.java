/** TLS 1.3 between joiner and member, and messages over it. Everything is made from a node's own certificate and key; nothing global takes part. */
@NullMarked
package org.quorate.core.join.tls;

import org.jspecify.annotations.NullMarked;
