/**
 * One node run from a corosync.conf until it is told to stop. {@link org.quorate.examples.agent.Agent} runs it;
 * {@link org.quorate.examples.agent.AgentConfiguration} finds out what to run; {@link org.quorate.examples.agent.EventLog} prints what
 * happens, one JSON object a line; {@link org.quorate.examples.agent.AdminSocket} answers other processes of the same user through a
 * Unix domain socket in the data folder, one JSON request a line; {@link org.quorate.examples.agent.AdminClient} is their side of it.
 */
@NullMarked
package org.quorate.examples.agent;

import org.jspecify.annotations.NullMarked;
