package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** What is open on a device, in the order of opening. A device closes only when nothing is. */
final class Children {
    /** Something that must be closed before its device. */
    interface Child extends AutoCloseable {
        /** "qpair 1", "worker on qpair 2", "buffer of 4096 bytes". */
        String describe();

        @Override
        void close();
    }

    private final Set<Child> open = new LinkedHashSet<>();
    private int opening;

    /** Creates a child; the device cannot close meanwhile. */
    <T extends Child> T open(Supplier<T> create) {
        synchronized (this) {
            opening++;
        }
        T child = null;
        try {
            child = create.get();
            return child;
        } finally {
            synchronized (this) {
                opening--;
                if (child != null) {
                    open.add(child);
                }
            }
        }
    }

    synchronized void remove(Child child) {
        open.remove(child);
    }

    /** The open children of one kind. */
    synchronized <T extends Child> List<T> of(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Child child : open) {
            if (kind.isInstance(child)) {
                found.add(kind.cast(child));
            }
        }
        return found;
    }

    /** Runs {@code close} if nothing is open, while nothing can be opened. The caller holds the admin queue's lock if there is one. */
    synchronized <T> T closeIfNone(String device, Supplier<T> close) {
        if (opening > 0) {
            throw new Device.BusyException(
                    "something is just being opened on " + device + "; close it when that is done");
        }
        if (!open.isEmpty()) {
            List<String> names = new ArrayList<>();
            open.forEach(child -> names.add(child.describe()));
            boolean one = names.size() == 1;
            throw new Device.BusyException(list(names) + " of " + device + (one ? " is" : " are")
                    + " still open; close " + (one ? "it" : "them") + " first");
        }
        return close.get();
    }

    private static String list(List<String> names) {
        int shown = Math.min(names.size(), 8);
        String text = String.join(", ", names.subList(0, shown));
        return shown == names.size() ? text : text + " and " + (names.size() - shown) + " more";
    }
}
