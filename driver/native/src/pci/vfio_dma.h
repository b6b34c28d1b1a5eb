/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for a device behind a real IOMMU. Each allocation is a mapping of its own, so that an access outside every
 * live one is refused; pieces of 2 MiB and more are aligned to that in both address spaces, so that huge pages serve
 * them. Safe from any thread.
 */
#ifndef BELL_PCI_VFIO_DMA_H
#define BELL_PCI_VFIO_DMA_H

#include <stdint.h>

#include "pci/iova.h"
#include "pci/vfio_iommu.h"

struct bell_vfio_dma {
    struct bell_vfio_iommu *iommu;
    struct bell_iova_space own;
    struct bell_iova_space *space; /* own, or the group's */
    uint64_t page;
};

void bell_vfio_dma_init(struct bell_vfio_dma *dma, struct bell_vfio_iommu *iommu);
void bell_vfio_dma_destroy(struct bell_vfio_dma *dma);

/* bell_vfio_dma_alloc - zeroed memory, as bell_pci_ops.dma_alloc says. -EINVAL for 0 bytes; -ENOMEM: no memory, no
 * address space, or the limit of locked memory, which the text then names. */
int bell_vfio_dma_alloc(struct bell_vfio_dma *dma, uint64_t bytes, void **vaddr, uint64_t *iova);
void bell_vfio_dma_free(struct bell_vfio_dma *dma, void *vaddr, uint64_t iova, uint64_t bytes);

#endif
