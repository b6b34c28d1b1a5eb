/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What devices that are open in this process at the same time have in common, by its nature: the container of an IOMMU
 * group, which the kernel gives to a process once, and a QEMU machine with several functions. The table of these is the
 * library's only state outside of its handles; it is empty when no such device is open.
 */
#ifndef BELL_PCI_SHARED_H
#define BELL_PCI_SHARED_H

/* First in what is shared. */
struct bell_shared {
    struct bell_shared *next;
    char key[64];
    unsigned users;
};

struct bell_shared_kind {
    /* Make one. Return: 0, or a negative errno with the error text set. */
    int (*make)(const char *key, void *context, struct bell_shared **out);
    /* Whether one that is there serves too: 0, or a negative errno with the error text set. */
    int (*join)(struct bell_shared *shared, void *context);
    void (*end)(struct bell_shared *shared);
};

/*
 * bell_shared_get - the one with this key, made if there is none; bell_shared_put - give it back, the last one ends it.
 * From any thread; whoever wants one that is being made or ended waits.
 */
int bell_shared_get(const struct bell_shared_kind *kind, const char *key, void *context, struct bell_shared **out);
void bell_shared_put(const struct bell_shared_kind *kind, struct bell_shared *shared);

/* bell_shared_lock - a moment alone with everything that is shared. */
void bell_shared_lock(void);
void bell_shared_unlock(void);

#endif
