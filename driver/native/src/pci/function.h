/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a PCI function can do, as the NVMe PCIe transport sees it. Implemented by sim (embedded SSD), qemu and vfio.
 * Nothing above this header knows which one it talks to.
 *
 * Threads: config, bar and irq operations may be called from any thread; an implementation locks where it must.
 * dma_map/dma_unmap are called outside the hot path.
 */
#ifndef BELL_PCI_FUNCTION_H
#define BELL_PCI_FUNCTION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"

struct bell_pci_function;

struct bell_pci_ops {
    /* width 1, 2 or 4; the offset is in range and aligned. Return 0 or a negative errno with the error text set. */
    int (*config_read)(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value);
    int (*config_write)(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value);

    /* width 4 or 8; one access on the bus where the bus can do it. */
    int (*bar_read)(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value);
    int (*bar_write)(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value);

    /*
     * Where a part of a BAR lies in this program's memory until the function is closed, or NULL: then it is reached by
     * bar_read and bar_write alone. Stores to it go to the bus in an order of their own. The operation itself is NULL
     * where no BAR can be mapped.
     */
    void *(*bar_map)(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint64_t bytes);

    /*
     * Memory the device may reach. dma_alloc returns zeroed memory, 4 KiB aligned, IOVA-contiguous; dma_free takes what
     * it returned. An access outside every live allocation is refused by the IOMMU (or its simulation).
     */
    int (*dma_alloc)(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova);
    void (*dma_free)(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes);

    /* Interrupts: irq_setup programs and unmasks all MSI-X vectors (before CC.EN = 1); the others observe one vector.
     */
    int (*irq_setup)(struct bell_pci_function *fn);
    int (*irq_isset)(struct bell_pci_function *fn, uint32_t vector);
    int (*irq_clear)(struct bell_pci_function *fn, uint32_t vector);
    int (*irq_mask)(struct bell_pci_function *fn, uint32_t vector);
    int (*irq_unmask)(struct bell_pci_function *fn, uint32_t vector);

    /* kind is BELL_RESET_...; -ENOTSUP where impossible. */
    int (*reset)(struct bell_pci_function *fn, uint32_t kind);

    /* Cut the power of the whole device, or give it back; NULL where nobody can. Off, everything reads all ones; on
     * again, the header is as after attaching. */
    int (*power)(struct bell_pci_function *fn, bool on);

    /* What the system has said of the function, and whether it is still there; NULL: the system says nothing. From any
     * thread. */
    int (*notices)(struct bell_pci_function *fn, bell_pci_notices *out);

    /* Called after a doorbell store when fn->doorbell_asleep reads non-zero. NULL where stores are enough. */
    void (*doorbell_wake)(struct bell_pci_function *fn);

    /* Detach and free fn. Every dma_alloc has been freed. */
    void (*close)(struct bell_pci_function *fn);
};

struct bell_pci_function {
    const struct bell_pci_ops *ops;
    uint32_t kind;         /* BELL_KIND_... */
    uint32_t vectors;      /* MSI-X vectors, 0 if none */
    uint32_t config_bytes; /* 256 or 4096 */
    uint64_t bar_bytes[6]; /* 0: not implemented */
    char name[64];

    /*
     * Doorbell fast path: if not NULL, doorbells is the mapping of BAR0 from offset 1000h on, doorbell_bytes long; a
     * 32-bit release store there reaches the device. Where it is NULL, doorbells go through bar_write. After a store
     * the writer issues a full fence, and if *doorbell_asleep is non-zero calls doorbell_wake (the device's thread
     * sleeps when nothing happens).
     */
    volatile uint32_t *doorbells;
    uint64_t doorbell_bytes;
    _Atomic uint32_t *doorbell_asleep;

    /* Optional: called by the driver in its polling loops when nothing came back; NULL: the core yields by its own
     * rule. */
    void (*relax)(struct bell_pci_function *fn);

    /*
     * Optional: how often the function has gone, pulled out, without power or with the process that plays it. When that
     * changes, what is outstanding will not come back, and nobody waits for a time-out to find out.
     */
    const _Atomic uint32_t *gone;

    /*
     * Optional: look for what only a call can tell, and count it in *gone. Called by polling threads about once a
     * millisecond while nothing comes back; silent: commands have been outstanding for a while and none has ended.
     */
    void (*watch)(struct bell_pci_function *fn, bool silent);

    /* I/O queues of the core's are answered by the core itself, at once and without moving data: nvme/null.h. */
    bool null_io;
};

/*
 * bell_sim_open, bell_qemu_open - make a function from the part of the address behind the scheme ("size=1GiB,ns=2", may
 * be empty). -EINVAL names the option; qemu returns -ENOENT with a clear message where QEMU is not installed.
 */
int bell_sim_open(const char *options, struct bell_pci_function **out);
int bell_qemu_open(const char *options, struct bell_pci_function **out);

/*
 * bell_vfio_open - a function that is bound to vfio-pci, "0000:01:00.0" or "01:00.0". Whatever stands in the way is
 * said in words with what to do: -ENOENT (not on the bus), -EBUSY (another driver or process has it), -ENODEV (no
 * driver, no IOMMU), -EACCES, -ENOTSUP (no NVMe controller).
 */
int bell_vfio_open(const char *address, struct bell_pci_function **out);

/* bell_vfio_user_open - attach to the device that another process serves at path: a socket, or a folder with the socket
 * "cntrl". -ENOENT where nobody serves it, -EBUSY where it has another client. */
int bell_vfio_user_open(const char *path, struct bell_pci_function **out);

#endif
