/** Nodes that live in folders, on real sockets. */
@NullMarked
package org.quorate.examples.manage;

import org.jspecify.annotations.NullMarked;
