/** Small helpers for the tests of every module. */
@NullMarked
package org.quorate.testkit;

import org.jspecify.annotations.NullMarked;
