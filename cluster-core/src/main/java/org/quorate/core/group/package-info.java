/**
 * Process groups: {@link org.quorate.core.group.GroupService} keeps who is in which group, equal on all members, and hands on messages and
 * changes of the groups that this node is in. Corosync calls this CPG; C programs that use libcpg are members like any other.
 */
@NullMarked
package org.quorate.core.group;

import org.jspecify.annotations.NullMarked;
