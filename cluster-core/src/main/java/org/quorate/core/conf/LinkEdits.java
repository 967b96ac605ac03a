package org.quorate.core.conf;

import java.util.List;
import java.util.Map.Entry;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.quorate.ClusterException;
import org.quorate.LinkConfig;
import org.quorate.core.conf.ConfSection.ConfKey;
import org.quorate.core.conf.EditFinding.Kind;

/** Links are added, changed and taken away in a draft. Source: pvecm.md 5.5. */
final class LinkEdits {
    private final ConfDraft draft;

    LinkEdits(ConfDraft draft) {
        this.draft = draft;
    }

    void add(ConfEdit.AddLink edit) {
        int link = edit.link();
        if (!isNumber(link)) return;
        SortedSet<Integer> before = draft.links();
        if (before.contains(link)) {
            draft.found(Kind.LINK_EXISTS, "link " + link + " is there already; change it, or take another number");
            return;
        }
        edit.priority().ifPresent(this::isPriority);
        SortedMap<String, String> byId = addresses(link, edit.addresses());
        for (ConfSection node : draft.nodes())
            if (!byId.containsKey(id(node)))
                draft.found(
                        Kind.ADDRESS_MISSING,
                        "no address of " + AdditionCheck.nameOf(node) + " on link " + link
                                + " is given; each node needs one");
        if (draft.isBlocked()) return;
        put(link, byId);
        if (hasInterfaces() || edit.priority().isPresent()) declare(link, before, edit.priority());
    }

    void change(ConfEdit.ChangeLink edit) {
        if (!exists(edit.link())) return;
        SortedMap<String, String> byId = addresses(edit.link(), edit.addresses());
        if (!draft.isBlocked()) put(edit.link(), byId);
    }

    void remove(ConfEdit.RemoveLink edit) {
        int link = edit.link();
        if (!exists(link)) return;
        if (draft.links().size() == 1) {
            draft.found(Kind.LAST_LINK, "link " + link + " is the only one; add another one first");
            return;
        }
        draft.changeNodes(
                node -> node == null ? null : ConfDraft.without(ConfDraft.without(node, ring(link)), old(link)));
        draft.change("totem", "interface", each -> each == null || numberOf(each) == link ? null : each);
    }

    void priority(ConfEdit.LinkPriority edit) {
        if (!exists(edit.link()) || !isPriority(edit.priority())) return;
        if (draft.links().stream().noneMatch(this::isDeclared) || !isDeclared(edit.link()))
            declare(edit.link(), draft.links(), OptionalInt.of(edit.priority()));
        else
            draft.change(
                    "totem",
                    "interface",
                    each -> each != null && numberOf(each) == edit.link()
                            ? each.with("knet_link_priority", Integer.toString(edit.priority()))
                            : each);
    }

    /** Interface sections for a link and, since all or none are written, for every other one. */
    private void declare(int link, SortedSet<Integer> others, OptionalInt priority) {
        for (int other : others)
            if (other != link && !isDeclared(other)) draft.add("totem", section(other, OptionalInt.empty()));
        draft.add("totem", section(link, priority));
    }

    private static ConfSection section(int link, OptionalInt priority) {
        ConfSection section =
                ConfSection.of("interface", List.of(ConfKey.of("linknumber", Integer.toString(link))), List.of());
        return priority.isPresent()
                ? section.with("knet_link_priority", Integer.toString(priority.getAsInt()))
                : section;
    }

    private boolean hasInterfaces() {
        return !ConfValues.ofTop("", draft.file(), "totem").inner("interface").isEmpty();
    }

    private boolean isDeclared(int link) {
        return ConfValues.ofTop("", draft.file(), "totem").inner("interface").stream()
                .anyMatch(each -> numberOf(each) == link);
    }

    private static int numberOf(ConfSection section) {
        return ConfDraft.number(section, "linknumber", 0);
    }

    private boolean isNumber(int link) {
        if (link >= 0 && link < LinkConfig.MAX_LINKS) return true;
        draft.found(Kind.LINK_NUMBER, "there is no link " + link + "; links are 0..7");
        return false;
    }

    private boolean exists(int link) {
        if (!isNumber(link)) return false;
        if (draft.links().contains(link)) return true;
        draft.found(Kind.LINK_UNKNOWN, "there is no link " + link + "; the cluster has links " + draft.links());
        return false;
    }

    private boolean isPriority(int priority) {
        if (priority >= 0 && priority <= LinkParameter.MAX_PRIORITY) return true;
        draft.found(
                Kind.VALUE_OUT_OF_RANGE,
                "the priority " + priority + " of a link is not in 0.." + LinkParameter.MAX_PRIORITY);
        return false;
    }

    /** The addresses by node id, checked against all others. */
    private SortedMap<String, String> addresses(int link, SortedMap<String, String> given) {
        TreeMap<String, String> byId = new TreeMap<>();
        for (Entry<String, String> each : given.entrySet()) {
            String address = each.getValue();
            draft.node(each.getKey()).ifPresent(node -> {
                if (byId.putIfAbsent(id(node), address) != null)
                    draft.found(
                            Kind.ADDRESS_IN_USE,
                            AdditionCheck.nameOf(node) + " is given two addresses on link " + link + "; give one");
            });
            check(link, address);
        }
        for (ConfSection node : draft.nodes()) {
            String fresh = byId.get(id(node));
            if (fresh != null) compare(link, node, fresh, byId);
        }
        return byId;
    }

    private void check(int link, String address) {
        try {
            new LinkParameter(address, 0);
        } catch (ClusterException wrong) {
            draft.found(Kind.ADDRESS_INVALID, String.valueOf(wrong.getMessage()));
            return;
        }
        if (draft.book().find(address).isEmpty())
            draft.found(
                    Kind.ADDRESS_UNKNOWN,
                    "the address " + address + " on link " + link + " cannot be resolved; give it in digits");
        else if (!AddressBook.isDigits(address))
            draft.found(
                    Kind.ADDRESS_IS_A_NAME,
                    "the address " + address + " on link " + link + " is a name, now of "
                            + draft.book().find(address).orElseThrow().getHostAddress() + "; better give that");
    }

    /** Compares one new address with everything that the configuration will have, as of another place. */
    private void compare(int link, ConfSection node, String fresh, SortedMap<String, String> byId) {
        for (ConfSection other : draft.nodes()) {
            TreeMap<Integer, String> will = new TreeMap<>(AdditionCheck.addresses(other));
            String given = byId.get(id(other));
            if (given != null) will.put(link, given);
            will.forEach((number, used) -> {
                boolean samePlace = id(other).equals(id(node)) && number == link;
                boolean saidBefore =
                        given != null && number == link && id(other).compareTo(id(node)) < 0;
                if (!samePlace && !saidBefore && draft.book().same(fresh, used))
                    draft.found(
                            Kind.ADDRESS_IN_USE,
                            "the address " + fresh + " of " + AdditionCheck.nameOf(node) + " on link " + link
                                    + " is that of " + AdditionCheck.nameOf(other) + " on link " + number
                                    + "; each node and link needs its own");
            });
        }
    }

    private void put(int link, SortedMap<String, String> byId) {
        draft.changeNodes(node -> {
            String address = node == null ? null : byId.get(id(node));
            return node == null || address == null
                    ? node
                    : ConfDraft.without(node, old(link)).with(ring(link), address);
        });
    }

    private static String id(ConfSection node) {
        return node.key("nodeid").map(ConfKey::value).orElse("");
    }

    private static String ring(int link) {
        return "ring" + link + "_addr";
    }

    /** The other name of that key, which Proxmox VE reads too. */
    private static String old(int link) {
        return "link" + link + "_addr";
    }
}
