/** Tests on real sockets of the loopback interface, and a program for trying knet beside Corosync. */
@NullMarked
package org.quorate.knet.netty;

import org.jspecify.annotations.NullMarked;
