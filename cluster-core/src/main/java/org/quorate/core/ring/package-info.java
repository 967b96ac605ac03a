/**
 * The Totem single ring: order and membership. {@link org.quorate.core.ring.RingEngine} is the engine; it has the token's rules in
 * {@link org.quorate.core.ring.TokenVisit}, the candidates of a new membership in {@link org.quorate.core.ring.Candidates}, the messages
 * of one ring in {@link org.quorate.core.ring.MessageWindow} and its deadlines in {@link org.quorate.core.ring.RingDeadlines}. What it is told and asks for are
 * {@link org.quorate.core.ring.RingInput} and {@link org.quorate.core.ring.RingEffect}. Message layouts are in {@code ring.wire}.
 */
@NullMarked
package org.quorate.core.ring;

import org.jspecify.annotations.NullMarked;
