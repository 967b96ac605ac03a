package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.quorate.core.join.wire.MemberAddress;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * Whom a node can ask that has joined and has met nobody yet, from the file {@code join.members}.
 *
 * @param port their join port
 * @param members with the fingerprints of their certificates; empty if the node has not joined, but made the cluster
 */
public record MembersAtJoin(int port, List<MemberAddress> members) {
    /** Takes a copy. */
    public MembersAtJoin {
        members = List.copyOf(members);
    }

    /** What is in the folder of a node. A file that is damaged is as none: it is of use only until the node has met the others. */
    public static MembersAtJoin of(Path folder) throws IOException {
        if (!FolderFiles.isThere(folder, FolderFiles.JOIN_MEMBERS)) return new MembersAtJoin(0, List.of());
        try {
            JoinMark mark = JoinMark.read(FolderFiles.read(folder, FolderFiles.JOIN_MEMBERS));
            return new MembersAtJoin(mark.port(), mark.members());
        } catch (Malformed damaged) {
            return new MembersAtJoin(0, List.of());
        }
    }
}
