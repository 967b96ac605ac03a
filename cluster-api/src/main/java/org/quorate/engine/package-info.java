/**
 * The contract of a pure protocol engine: input with the time goes in, ordered effects come out, and the engine names the next
 * instant at which it wants to be called again. No clock, thread, socket, file, logger or random source inside.
 */
@NullMarked
package org.quorate.engine;

import org.jspecify.annotations.NullMarked;
