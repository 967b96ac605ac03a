/** Tests of the quorum provider as its users find it, and of the rules for the module's packages. */
@NullMarked
package org.quorate.quorum;

import org.jspecify.annotations.NullMarked;
