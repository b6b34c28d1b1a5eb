/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/vfio_dma.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/error.h"

#define HUGE_BYTES (UINT64_C(2) << 20)

void bell_vfio_dma_init(struct bell_vfio_dma *dma, struct bell_vfio_iommu *iommu)
{
    dma->iommu = iommu;
    dma->page = (uint64_t)sysconf(_SC_PAGESIZE);
    bell_iova_init(&dma->own, iommu->ranges, iommu->range_count, dma->page);
    dma->space = iommu->addresses != NULL ? iommu->addresses : &dma->own;
}

void bell_vfio_dma_destroy(struct bell_vfio_dma *dma)
{
    bell_iova_destroy(&dma->own);
}

static uint64_t whole_pages(const struct bell_vfio_dma *dma, uint64_t bytes)
{
    return (bytes + dma->page - 1) / dma->page * dma->page;
}

/* Anonymous memory whose address is a multiple of align. */
static void *memory_map(uint64_t bytes, uint64_t align, uint64_t page)
{
    uint64_t slack = align > page ? align : 0;
    uint8_t *memory = mmap(NULL, bytes + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t before;

    if (memory == MAP_FAILED)
        return NULL;
    before = slack == 0 ? 0 : (align - (uintptr_t)memory % align) % align;
    if (before > 0)
        munmap(memory, before);
    if (slack > before)
        munmap(memory + before + bytes, slack - before);
    memory += before;
    if (slack > 0)
        madvise(memory, bytes, MADV_HUGEPAGE);
    /* After a fork, copy on write would take the pages that the device knows away from one of the two processes. */
    madvise(memory, bytes, MADV_DONTFORK);
    return memory;
}

static int map_error(int err, uint64_t bytes)
{
    struct rlimit limit = {0};

    getrlimit(RLIMIT_MEMLOCK, &limit);
    if (err == -ENOMEM && limit.rlim_cur != RLIM_INFINITY)
        return bell_error_set(-ENOMEM,
                              "%" PRIu64 " bytes of DMA memory cannot be locked; your limit of locked memory is "
                              "%" PRIu64 " KiB: raise it (\"memlock\" in /etc/security/limits.d, docs/pcie.md)",
                              bytes, (uint64_t)limit.rlim_cur / 1024);
    if (err == -ENOSPC)
        return bell_error_set(-ENOMEM,
                              "the kernel maps no more pieces of DMA memory for this device; use fewer buffers, or "
                              "raise dma_entry_limit of the module vfio_iommu_type1");
    return bell_error_set(err, "%" PRIu64 " bytes of DMA memory cannot be mapped: %s", bytes, strerror(-err));
}

int bell_vfio_dma_alloc(struct bell_vfio_dma *dma, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    uint64_t align = bytes >= HUGE_BYTES ? HUGE_BYTES : dma->page;
    void *memory;
    int err;

    if (bytes == 0 || bytes > INT64_MAX)
        return bell_error_set(-EINVAL, "%" PRIu64 " bytes of DMA memory cannot be allocated", bytes);
    bytes = whole_pages(dma, bytes);
    memory = memory_map(bytes, align, dma->page);
    if (memory == NULL)
        return bell_error_set(-ENOMEM, "no memory for %" PRIu64 " bytes of DMA memory", bytes);
    err = bell_iova_take(dma->space, bytes, align, iova);
    if (err == 0) {
        err = dma->iommu->ops->map(dma->iommu, memory, *iova, bytes);
        if (err != 0) {
            bell_iova_give(dma->space, *iova);
            map_error(err, bytes);
        }
    }
    if (err != 0) {
        munmap(memory, bytes);
        return err;
    }
    *vaddr = memory;
    return 0;
}

void bell_vfio_dma_free(struct bell_vfio_dma *dma, void *vaddr, uint64_t iova, uint64_t bytes)
{
    bytes = whole_pages(dma, bytes);
    dma->iommu->ops->unmap(dma->iommu, iova, bytes);
    munmap(vaddr, bytes);
    bell_iova_give(dma->space, iova);
}
