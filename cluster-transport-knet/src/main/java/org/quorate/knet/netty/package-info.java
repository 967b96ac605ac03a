/**
 * The sockets of knet, and the only place where Netty appears. {@link org.quorate.knet.netty.KnetSession} runs a {@link
 * org.quorate.knet.link.KnetEngine} on one event loop thread with one UDP socket per own address; {@code Sockets} hides the difference
 * between Linux's epoll and portable NIO.
 */
@NullMarked
package org.quorate.knet.netty;

import org.jspecify.annotations.NullMarked;
