package org.quorate.core.conf;

import java.util.Collections;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.CryptoConfig;

/**
 * One change of a cluster's configuration that an operator can ask for. Says what is wanted; {@link ConfEditor} makes the new text. A node
 * is given by its name, or by its id in decimal. Link numbers, values and nodes are checked by the editor, so that everything wrong is said
 * at once.
 */
public sealed interface ConfEdit {
    /** What is being done, as a phrase: "adding link 2". */
    String phrase();

    /** A node joins the list. */
    record AddNode(NodeAddition.Request request) implements ConfEdit {
        @Override
        public String phrase() {
            return "adding node " + request.name();
        }
    }

    /** A node goes from the list. */
    record RemoveNode(String node) implements ConfEdit {
        @Override
        public String phrase() {
            return "removing node " + node;
        }
    }

    /**
     * A link is added.
     *
     * @param link number, 0 to 7
     * @param addresses one for every node, by name or id
     * @param priority 0 to 255; empty for Corosync's default
     */
    record AddLink(int link, SortedMap<String, String> addresses, OptionalInt priority) implements ConfEdit {
        /** Takes a copy. */
        public AddLink {
            addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        }

        @Override
        public String phrase() {
            return "adding link " + link;
        }
    }

    /** Nodes get other addresses on a link; those of other nodes stay. */
    record ChangeLink(int link, SortedMap<String, String> addresses) implements ConfEdit {
        /** Takes a copy. */
        public ChangeLink {
            addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        }

        @Override
        public String phrase() {
            return "changing link " + link;
        }
    }

    /** A link goes, on every node. */
    record RemoveLink(int link) implements ConfEdit {
        @Override
        public String phrase() {
            return "removing link " + link;
        }
    }

    /** The priority of a link, 0 to 255; the link with the highest one carries the data. */
    record LinkPriority(int link, int priority) implements ConfEdit {
        @Override
        public String phrase() {
            return "giving link " + link + " priority " + priority;
        }
    }

    /** The votes of a node. */
    record Votes(String node, int votes) implements ConfEdit {
        @Override
        public String phrase() {
            return "giving " + node + " " + votes + (votes == 1 ? " vote" : " votes");
        }
    }

    /** The token timeout of a cluster of two nodes, in milliseconds. */
    record Token(int millis) implements ConfEdit {
        @Override
        public String phrase() {
            return "setting the token timeout to " + millis + " ms";
        }
    }

    /** What each node beyond two adds to the token timeout, in milliseconds. */
    record TokenCoefficient(int millis) implements ConfEdit {
        @Override
        public String phrase() {
            return "setting the token coefficient to " + millis + " ms";
        }
    }

    /** How packets are encrypted and authenticated. */
    record Crypto(CryptoConfig crypto) implements ConfEdit {
        @Override
        public String phrase() {
            return "setting the encryption to " + crypto.cipher().confName() + " and "
                    + crypto.hash().confName();
        }
    }

    /** Whether one of two nodes is enough for quorum. */
    record TwoNode(boolean on) implements ConfEdit {
        @Override
        public String phrase() {
            return "switching two_node " + (on ? "on" : "off");
        }
    }

    /** The secret key is replaced; the text has another version and is else the same. */
    record RotateKey() implements ConfEdit {
        @Override
        public String phrase() {
            return "replacing the key";
        }
    }

    /** The whole text, as somebody wrote it. Its version is the next one. */
    record WholeText(String text) implements ConfEdit {
        @Override
        public String phrase() {
            return "replacing the configuration";
        }
    }
}
