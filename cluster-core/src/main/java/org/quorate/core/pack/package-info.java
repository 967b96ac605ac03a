/**
 * Between services and ring: {@link org.quorate.core.pack.Packer} puts many small messages into one frame and cuts big ones into several;
 * {@link org.quorate.core.pack.Unpacker} does the reverse for each sender. Corosync calls this layer totempg.
 */
@NullMarked
package org.quorate.core.pack;

import org.jspecify.annotations.NullMarked;
