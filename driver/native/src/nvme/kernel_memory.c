/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nvme/kernel_device.h"
#include "support/error.h"

enum { PAGE = 4096 };

int kernel_memory_alloc(struct kernel_device *device, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    uint64_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
    struct kernel_memory *memory = calloc(1, sizeof *memory);
    char *data = whole >= bytes ? aligned_alloc(PAGE, whole) : NULL;
    if (!memory || !data) {
        free(memory);
        free(data);
        return bell_error_set(-ENOMEM, "No memory for a buffer of %" PRIu64 " bytes.", bytes);
    }
    memset(data, 0, whole);
    *memory = (struct kernel_memory){.vaddr = data, .bytes = whole};
    pthread_mutex_lock(&device->lock);
    memory->next = device->memory;
    device->memory = memory;
    pthread_mutex_unlock(&device->lock);
    *vaddr = data;
    *iova = (uint64_t)(uintptr_t)data;
    return 0;
}

/* With the lock held. */
static void remove_if_unused(struct kernel_device *device, struct kernel_memory *memory)
{
    if (!memory->freed || memory->users)
        return;
    struct kernel_memory **link = &device->memory;
    while (*link != memory)
        link = &(*link)->next;
    *link = memory->next;
    free(memory->vaddr);
    free(memory);
}

void kernel_memory_free(struct kernel_device *device, void *vaddr)
{
    pthread_mutex_lock(&device->lock);
    for (struct kernel_memory *memory = device->memory; memory; memory = memory->next) {
        if (memory->vaddr != vaddr || memory->freed)
            continue;
        memory->freed = true;
        remove_if_unused(device, memory);
        break;
    }
    pthread_mutex_unlock(&device->lock);
}

struct kernel_memory *kernel_memory_use(struct kernel_device *device, uint64_t iova, uint64_t bytes)
{
    pthread_mutex_lock(&device->lock);
    struct kernel_memory *memory = device->memory;
    for (; memory; memory = memory->next) {
        uint64_t first = (uint64_t)(uintptr_t)memory->vaddr;
        if (!memory->freed && iova >= first && iova - first <= memory->bytes && bytes <= memory->bytes - (iova - first))
            break;
    }
    if (memory)
        memory->users++;
    pthread_mutex_unlock(&device->lock);
    return memory;
}

void kernel_memory_leave(struct kernel_device *device, struct kernel_memory *memory)
{
    if (!memory)
        return;
    pthread_mutex_lock(&device->lock);
    memory->users--;
    remove_if_unused(device, memory);
    pthread_mutex_unlock(&device->lock);
}

void kernel_memory_drop(struct kernel_device *device)
{
    while (device->memory) {
        struct kernel_memory *memory = device->memory;
        device->memory = memory->next;
        free(memory->vaddr);
        free(memory);
    }
}
