/**
 * Tries links between a host and nodes that do not list it yet: datagrams of their own on the sockets of the links, authenticated under a key that
 * both sides got elsewhere. Pure; see docs/internals/probes.md.
 */
@NullMarked
package org.quorate.knet.probe;

import org.jspecify.annotations.NullMarked;
