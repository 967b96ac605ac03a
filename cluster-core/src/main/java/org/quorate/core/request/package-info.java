/**
 * Requests and answers on top of a group's order: {@link org.quorate.core.request.RequestEngine} knows who was asked and who has answered.
 * Pure.
 */
@NullMarked
package org.quorate.core.request;

import org.jspecify.annotations.NullMarked;
