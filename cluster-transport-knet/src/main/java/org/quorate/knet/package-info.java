/**
 * The transport {@code knet}. {@link org.quorate.knet.KnetTransport} is the entrance; behind it, outermost first: {@code netty} (sockets),
 * {@code link} (what to send where, and whom to believe), {@code crypto}, {@code compress} and {@code wire} (bytes). Only this package is
 * exported.
 */
@NullMarked
package org.quorate.knet;

import org.jspecify.annotations.NullMarked;
