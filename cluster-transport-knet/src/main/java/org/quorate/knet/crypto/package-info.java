/**
 * Authenticates and encrypts whole frames with the JDK's providers: {@link org.quorate.knet.crypto.FrameCipher} for one configuration and
 * key, {@link org.quorate.knet.crypto.PooledRandom} for its initialisation vectors. No I/O.
 */
@NullMarked
package org.quorate.knet.crypto;

import org.jspecify.annotations.NullMarked;
