/**
 * JSON objects for the agent's events, its admin socket and {@code --json}: {@link org.quorate.examples.json.JsonObject} is built, written
 * and parsed here, and nothing outside this package knows the JSON library.
 */
@NullMarked
package org.quorate.examples.json;

import org.jspecify.annotations.NullMarked;
