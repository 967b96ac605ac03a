/** A quorum provider as an application would write it: a plug-in of one class, with its own tests. */
@NullMarked
package org.quorate.examples.sites;

import org.jspecify.annotations.NullMarked;
