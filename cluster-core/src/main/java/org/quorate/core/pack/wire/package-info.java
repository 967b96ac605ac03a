/**
 * Layouts between the ring and the services: the frame that an ordinary multicast carries, and the list of groups that a message starts with.
 */
@NullMarked
package org.quorate.core.pack.wire;

import org.jspecify.annotations.NullMarked;
