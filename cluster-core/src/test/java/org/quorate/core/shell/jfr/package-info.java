/** Tests of the events of Java Flight Recorder. */
@NullMarked
package org.quorate.core.shell.jfr;

import org.jspecify.annotations.NullMarked;
