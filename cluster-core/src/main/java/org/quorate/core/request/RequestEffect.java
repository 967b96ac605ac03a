package org.quorate.core.request;

import org.quorate.Group.GroupMember;
import org.quorate.RequestGroup.Replies;

/** What a {@link RequestEngine} asks its host to do, in order. */
public sealed interface RequestEffect {
    /** A request that found no place is answered under this ticket. */
    long NO_TICKET = -1;

    /** Performs this effect on {@code host}. */
    void applyTo(Host host);

    /**
     * Multicast to the group; if there is no room, step {@link RequestInput.NoRoom}.
     *
     * @param ticket of the request, {@link #NO_TICKET} for the word that another's found no place
     * @param octets the message
     */
    record Send(long ticket, byte[] octets) implements RequestEffect {
        @Override
        public void applyTo(Host host) {
            host.send(ticket, octets);
        }
    }

    /** Let the application answer; step {@link RequestInput.Answered} or {@link RequestInput.Failed}. */
    record Serve(long call, GroupMember asker, byte[] request) implements RequestEffect {
        @Override
        public void applyTo(Host host) {
            host.serve(call, asker, request);
        }
    }

    /**
     * Multicast an answer to the group; step {@link RequestInput.AnswerTaken} if it was taken, {@link RequestInput.NoRoomForAnswer} if
     * there is no room, and {@link RequestInput.Room} when there is. No other answer follows before that.
     *
     * @param call as in {@link Serve}
     * @param octets the message; nobody may change it
     */
    record Answer(long call, byte[] octets) implements RequestEffect {
        @Override
        public void applyTo(Host host) {
            host.answer(call, octets);
        }
    }

    /** A request is over. */
    record Complete(long ticket, Replies replies) implements RequestEffect {
        @Override
        public void applyTo(Host host) {
            host.complete(ticket, replies);
        }
    }

    /** A request could not be sent: there was no room. */
    record Refused(long ticket) implements RequestEffect {
        @Override
        public void applyTo(Host host) {
            host.refused(ticket);
        }
    }

    /** One method per effect. */
    interface Host {
        void send(long ticket, byte[] octets);

        void answer(long call, byte[] octets);

        void serve(long call, GroupMember asker, byte[] request);

        void complete(long ticket, Replies replies);

        void refused(long ticket);
    }
}
