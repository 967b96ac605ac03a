/**
 * A node's folder and what makes it: {@link org.quorate.core.join.ClusterCreation} makes a cluster of one node in a folder,
 * {@link org.quorate.core.join.NodeFolder} says whether a folder holds a whole node and what others have to know to join it,
 * {@link org.quorate.core.join.CertificateUpdate} renews its certificate. {@link org.quorate.core.join.JoinServer} is the join port of a
 * member, {@link org.quorate.core.join.JoinClient} makes a folder's node a member; what the cluster decides about it is behind {@link
 * org.quorate.core.join.Admission}. {@link org.quorate.core.join.RenewClient} is for members that were away. Bouncy Castle is used here only, to
 * make certificates.
 */
@NullMarked
package org.quorate.core.join;

import org.jspecify.annotations.NullMarked;
