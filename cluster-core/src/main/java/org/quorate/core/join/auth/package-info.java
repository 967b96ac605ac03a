/**
 * By what a joiner shows that it may join: a member's password or a one-time token, both proved by SCRAM without being said. {@link
 * org.quorate.core.join.auth.PasswordFile} and {@link org.quorate.core.join.auth.TokenFile} keep what a member needs for it, {@link
 * org.quorate.core.join.auth.AttemptLimit} slows guesses down.
 */
@NullMarked
package org.quorate.core.join.auth;

import org.jspecify.annotations.NullMarked;
