/** The node that lives in a folder: makes a cluster, runs it, resumes it. */
@NullMarked
package org.quorate.core.manage;

import org.jspecify.annotations.NullMarked;
