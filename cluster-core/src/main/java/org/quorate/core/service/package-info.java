/**
 * Services on top of the agreed order: each has a number, takes its turn in the synchronisation and gets its own messages.
 * {@link org.quorate.core.service.ConfigVersionService} keeps nodes with different configurations apart,
 * {@link org.quorate.core.service.ControlService} obeys administrative messages, {@link org.quorate.core.service.QuorumService} carries a
 * quorum provider's messages. Process groups have a package of their own.
 */
@NullMarked
package org.quorate.core.service;

import org.jspecify.annotations.NullMarked;
