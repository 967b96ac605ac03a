/**
 * Layouts of knet frames: {@link org.quorate.knet.wire.KnetFrames} decodes bytes that nobody has vouched for into a {@link
 * org.quorate.knet.wire.KnetFrame} or names the reason why not; each frame encodes itself. Pure: bytes in, values out.
 */
@NullMarked
package org.quorate.knet.wire;

import org.jspecify.annotations.NullMarked;
