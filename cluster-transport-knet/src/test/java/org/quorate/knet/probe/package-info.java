@NullMarked
package org.quorate.knet.probe;

import org.jspecify.annotations.NullMarked;
