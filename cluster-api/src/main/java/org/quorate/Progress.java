package org.quorate;

/**
 * How far a long operation is. Told on a thread of the operation, in order.
 *
 * @param step name of the step, for programs, such as {@code PROBING}
 * @param sentence what is being done, for people
 * @param fraction 0 to 1, never falling
 */
public record Progress(String step, String sentence, double fraction) {}
