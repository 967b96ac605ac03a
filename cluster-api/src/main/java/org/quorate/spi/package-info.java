/**
 * What an extender implements: {@link org.quorate.spi.LinkTransport} moves packets between nodes,
 * {@link org.quorate.spi.QuorumProvider} decides who may act, {@link org.quorate.spi.StateStore} keeps a node's few durable files.
 * Transports and providers are found by {@link java.util.ServiceLoader} and chosen by name.
 */
@NullMarked
package org.quorate.spi;

import org.jspecify.annotations.NullMarked;
