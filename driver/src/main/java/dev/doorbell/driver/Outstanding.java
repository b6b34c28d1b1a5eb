package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.List;

/** The commands outstanding on a qpair, by the tag that travels with them. Guarded by the qpair's lock. */
final class Outstanding {
    private Pending[] slots = new Pending[16];
    private int[] free = new int[16];
    private int freeCount;
    private int used;
    private int counted;

    /** Takes a command in and returns its tag. */
    int add(Pending pending) {
        int tag;
        if (freeCount > 0) {
            tag = free[--freeCount];
        } else {
            if (used == slots.length) {
                slots = java.util.Arrays.copyOf(slots, used * 2);
                free = java.util.Arrays.copyOf(free, used * 2);
            }
            tag = used++;
        }
        slots[tag] = pending;
        counted += pending.counted ? 1 : 0;
        return tag;
    }

    /** Takes a command out. */
    Pending remove(int tag) {
        Pending pending = slots[tag];
        slots[tag] = null;
        free[freeCount++] = tag;
        counted -= pending.counted ? 1 : 0;
        return pending;
    }

    /** How many of them {@code waitDone} counts. */
    int counted() {
        return counted;
    }

    /** Whether {@code waitDone} counts any that this thread submitted. */
    boolean countsAnyOf(Thread self) {
        for (int tag = 0; tag < used; tag++) {
            Pending pending = slots[tag];
            if (pending != null && pending.counted && pending.submitter == self) {
                return true;
            }
        }
        return false;
    }

    /** Takes all out. */
    List<Pending> removeAll() {
        List<Pending> all = new ArrayList<>();
        for (int tag = 0; tag < used; tag++) {
            if (slots[tag] != null) {
                all.add(remove(tag));
            }
        }
        return all;
    }
}
