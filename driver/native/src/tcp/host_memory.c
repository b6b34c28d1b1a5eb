/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for the data of commands. A target may answer late: after a time-out, when the caller has freed its buffer
 * long since. Such memory stays mapped until no connection owes an answer. The order on both sides is what makes that
 * hold without a lock for those who submit: they raise `owed`, then look at the buffers; who frees takes the buffer
 * out, then looks at `owed`.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "support/atomics.h"
#include "support/error.h"
#include "tcp/host.h"

enum { PAGE = 4096 };

struct host_region {
    uint64_t first, end;
    struct host_region *next;
};

void host_memory_init(struct host_memory *memory)
{
    pthread_mutex_init(&memory->lock, NULL);
    memory->generation = 1;
}

int host_memory_alloc(struct tcp_host *host, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    struct host_memory *memory = &host->memory;
    uint64_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
    struct host_region *region = malloc(sizeof *region);
    void *data = region && whole >= bytes && whole <= PTRDIFF_MAX
                     ? mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                     : MAP_FAILED;
    if (data == MAP_FAILED) {
        free(region);
        return bell_error_set(-ENOMEM, "No memory for a buffer of %" PRIu64 " bytes.", bytes);
    }
    region->first = (uint64_t)(uintptr_t)data;
    region->end = region->first + whole;
    pthread_mutex_lock(&memory->lock);
    region->next = memory->live;
    memory->live = region;
    pthread_mutex_unlock(&memory->lock);
    *vaddr = data;
    *iova = region->first;
    return 0;
}

static void regions_unmap(struct host_region **list)
{
    while (*list) {
        struct host_region *region = *list;
        *list = region->next;
        munmap((void *)(uintptr_t)region->first, region->end - region->first);
        free(region);
    }
}

static bool anything_owed(struct tcp_host *host)
{
    bool owed = __atomic_load_n(&host->admin.owed, __ATOMIC_SEQ_CST) != 0;
    pthread_mutex_lock(&host->queues_lock);
    for (const struct host_queue *queue = host->queues; queue && !owed; queue = queue->next)
        owed = __atomic_load_n(&queue->owed, __ATOMIC_SEQ_CST) != 0;
    pthread_mutex_unlock(&host->queues_lock);
    return owed;
}

void host_memory_free(struct tcp_host *host, void *vaddr)
{
    struct host_memory *memory = &host->memory;
    pthread_mutex_lock(&memory->lock);
    struct host_region **link = &memory->live;
    while (*link && (*link)->first != (uint64_t)(uintptr_t)vaddr)
        link = &(*link)->next;
    struct host_region *region = *link;
    if (region) {
        *link = region->next;
        region->next = memory->freed;
        memory->freed = region;
        __atomic_fetch_add(&memory->generation, 1, __ATOMIC_SEQ_CST);
        if (!anything_owed(host))
            regions_unmap(&memory->freed);
        else
            madvise(vaddr, region->end - region->first, MADV_DONTNEED);
    }
    pthread_mutex_unlock(&memory->lock);
}

bool host_memory_holds(struct host_memory *memory, struct host_memory_hint *hint, uint64_t iova, uint64_t bytes)
{
    uint64_t generation = __atomic_load_n(&memory->generation, __ATOMIC_SEQ_CST);
    if (hint->generation == generation && iova >= hint->first && iova <= hint->end && bytes <= hint->end - iova)
        return true;
    pthread_mutex_lock(&memory->lock);
    const struct host_region *region = memory->live;
    while (region && !(iova >= region->first && iova <= region->end && bytes <= region->end - iova))
        region = region->next;
    if (region)
        *hint = (struct host_memory_hint){
            .first = region->first, .end = region->end, .generation = bell_peek(&memory->generation)};
    pthread_mutex_unlock(&memory->lock);
    return region != NULL;
}

void host_memory_drop(struct host_memory *memory)
{
    regions_unmap(&memory->freed);
    regions_unmap(&memory->live);
    pthread_mutex_destroy(&memory->lock);
}
