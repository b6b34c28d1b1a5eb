/* SPDX-License-Identifier: Apache-2.0 */
/* A PCI function that another process serves over vfio-user: what its operations (vfio_user.c), the look at its regions
 * (vfio_user_regions.c) and its interrupts (vfio_user_irqs.c) share. */
#ifndef BELL_PCI_VFIO_USER_FUNCTION_H
#define BELL_PCI_VFIO_USER_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/dma_pool.h"
#include "pci/function.h"
#include "pci/vfio_user_link.h"

#define BELL_VU_VECTORS 2048u /* MSI-X has no more */

struct bell_vu_irqs {
    uint32_t count;
    bool maskable;   /* the server masks; otherwise masking happens here */
    int *eventfd;    /* one a vector, -1 before bell_vu_irqs_setup */
    uint8_t *seen;   /* an event was taken from the eventfd and not yet cleared */
    uint8_t *masked; /* masked here */
    pthread_mutex_t lock;
};

struct bell_vu_function {
    struct bell_pci_function fn; /* first: the operations cast back */
    struct bell_vu_link link;
    struct bell_dma_pool pool;
    int memory_fd;
    void *memory;
    bool strict; /* every allocation is mapped for itself; otherwise the pool as a whole */
    struct bell_vu_irqs irqs;
    uint32_t region_flags[VFIO_USER_PCI_REGIONS];
    void *doorbell_page; /* start of the mapping; fn.doorbells lies in it */
    uint64_t doorbell_page_bytes;
    uint8_t *bar_memory[6]; /* BARs behind BAR0 that the server lets map as a whole; NULL: by messages */
};

/*
 * bell_vu_regions_find - ask for all regions: BAR sizes, config space, and the mapping of the doorbells where the
 * server offers one. bell_vu_regions_release unmaps.
 */
int bell_vu_regions_find(struct bell_vu_function *function);
void bell_vu_regions_release(struct bell_vu_function *function);

/* bell_vu_region_read, _write - any region, bytes up to 8. A lost device reads all ones. */
int bell_vu_region_read(struct bell_vu_function *function, uint32_t region, uint64_t offset, void *data,
                        uint32_t bytes);
int bell_vu_region_write(struct bell_vu_function *function, uint32_t region, uint64_t offset, const void *data,
                         uint32_t bytes);

/* bell_vu_irqs_find - how many MSI-X vectors there are. The others are bell_pci_ops' of the same names; any thread. */
int bell_vu_irqs_find(struct bell_vu_function *function);
int bell_vu_irqs_setup(struct bell_vu_function *function);
int bell_vu_irqs_isset(struct bell_vu_function *function, uint32_t vector);
int bell_vu_irqs_clear(struct bell_vu_function *function, uint32_t vector);
int bell_vu_irqs_mask(struct bell_vu_function *function, uint32_t vector, bool mask);
void bell_vu_irqs_release(struct bell_vu_function *function);

/* bell_vu_attach - the rest of opening over a link: function->link is open. On failure all is freed, the link too. */
int bell_vu_attach(struct bell_vu_function *function, struct bell_pci_function **out);

#endif
