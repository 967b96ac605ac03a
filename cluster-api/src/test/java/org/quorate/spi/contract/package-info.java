/**
 * What every implementation of the SPI must do, as tests to extend: {@link org.quorate.spi.contract.LinkTransportContract},
 * {@link org.quorate.spi.contract.QuorumProviderContract}, {@link org.quorate.spi.contract.StateStoreContract}.
 */
@NullMarked
package org.quorate.spi.contract;

import org.jspecify.annotations.NullMarked;
