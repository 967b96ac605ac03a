/**
 * The command language of corosync-vqsim over simulated nodes: {@link org.quorate.examples.vqsim.VqsimSession} answers line by line what
 * corosync-vqsim would.
 */
@NullMarked
package org.quorate.examples.vqsim;

import org.jspecify.annotations.NullMarked;
