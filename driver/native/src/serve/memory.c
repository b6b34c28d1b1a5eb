/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "sim/lend.h"

#define PAGE          UINT64_C(4096)
#define MAPPINGS_MAX  65535u
#define MAPPING_BYTES (UINT64_C(1) << 44)

static bool map_valid(const struct vfio_user_dma_map *map)
{
    uint64_t end;

    if (map->bytes == 0 || map->bytes > MAPPING_BYTES || map->bytes % PAGE != 0 || map->address % PAGE != 0)
        return false;
    return !__builtin_add_overflow(map->address, map->bytes, &end) && map->offset <= INT64_MAX - map->bytes &&
           (map->flags & (VFIO_USER_DMA_READABLE | VFIO_USER_DMA_WRITEABLE)) != 0;
}

static int room_make(struct serve_memory *memory)
{
    const uint32_t room = memory->room == 0 ? 64 : 2 * memory->room;
    struct serve_mapping *mappings;

    if (memory->count < memory->room)
        return 0;
    if (memory->count >= MAPPINGS_MAX)
        return ENOSPC;
    mappings = realloc(memory->mappings, room * sizeof *mappings);
    if (mappings == NULL)
        return ENOMEM;
    memory->mappings = mappings;
    memory->room = room;
    return 0;
}

/* Next to its neighbour in address space where there is room: then a queue may lie over both. */
static uint8_t *beside(const struct serve_memory *memory, uint64_t iova)
{
    for (uint32_t i = 0; i < memory->count; i++)
        if (memory->mappings[i].iova + memory->mappings[i].bytes == iova)
            return memory->mappings[i].host + memory->mappings[i].bytes;
    return NULL;
}

static int host_map(const struct serve_memory *memory, const struct vfio_user_dma_map *map, int fd, uint8_t **host)
{
    const int protection = (map->flags & VFIO_USER_DMA_WRITEABLE) != 0 ? PROT_READ | PROT_WRITE : PROT_READ;
    uint8_t *wish = beside(memory, map->address);
    struct stat status;
    void *place;

    if (fd < 0) {
        place = mmap(wish, map->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    } else {
        /* Touching a page behind the end of a file would end this program. */
        if (map->offset % PAGE != 0 || fstat(fd, &status) != 0 ||
            (S_ISREG(status.st_mode) && (uint64_t)status.st_size < map->offset + map->bytes))
            return EINVAL;
        place = mmap(wish, map->bytes, protection, MAP_SHARED | MAP_NORESERVE, fd, (off_t)map->offset);
    }
    if (place == MAP_FAILED)
        return errno;
    *host = place;
    return 0;
}

int serve_memory_map(struct serve_memory *memory, const struct vfio_user_dma_map *map, int fd)
{
    uint32_t access = 0;
    uint8_t *host = NULL;
    int err;

    if (!map_valid(map))
        return EINVAL;
    err = room_make(memory);
    if (err == 0)
        err = host_map(memory, map, fd, &host);
    if (err != 0)
        return err;
    if ((map->flags & VFIO_USER_DMA_READABLE) != 0)
        access |= SIM_READ;
    if ((map->flags & VFIO_USER_DMA_WRITEABLE) != 0)
        access |= SIM_WRITE;
    err = -sim_lend_map(memory->fn, map->address, map->bytes, host, access, fd < 0);
    if (err != 0) {
        munmap(host, map->bytes);
        return err;
    }
    memory->mappings[memory->count++] = (struct serve_mapping){map->address, map->bytes, host};
    return 0;
}

static int mapping_end(struct serve_memory *memory, uint32_t index)
{
    const struct serve_mapping mapping = memory->mappings[index];
    int err = -sim_lend_unmap(memory->fn, mapping.iova, mapping.bytes);

    if (err != 0)
        return err;
    munmap(mapping.host, mapping.bytes);
    memory->mappings[index] = memory->mappings[--memory->count];
    return 0;
}

enum share { NOT, PARTLY, WHOLLY };

static enum share inside(const struct serve_mapping *mapping, uint64_t first, uint64_t last)
{
    const uint64_t end = mapping->iova + mapping->bytes - 1;

    if (end < first || mapping->iova > last)
        return NOT;
    return mapping->iova >= first && end <= last ? WHOLLY : PARTLY;
}

/* As the kernel's VFIO does it: a range may hold any number of mappings, and none, but no part of one. QEMU's IOMMU
 * model unmaps more than it has mapped. */
int serve_memory_unmap(struct serve_memory *memory, const struct vfio_user_dma_unmap *unmap)
{
    uint64_t last;
    int err = 0;

    if ((unmap->flags & VFIO_USER_UNMAP_DIRTY_BITMAP) != 0)
        return ENOTSUP;
    if ((unmap->flags & VFIO_USER_UNMAP_ALL) != 0) {
        if (unmap->address != 0 || unmap->bytes != 0)
            return EINVAL;
        serve_memory_release(memory);
        return 0;
    }
    if (unmap->bytes == 0 || __builtin_add_overflow(unmap->address, unmap->bytes - 1, &last))
        return EINVAL;
    for (uint32_t i = 0; i < memory->count; i++)
        if (inside(&memory->mappings[i], unmap->address, last) == PARTLY)
            return EINVAL;
    for (uint32_t i = memory->count; i-- > 0;) {
        if (inside(&memory->mappings[i], unmap->address, last) == WHOLLY)
            err = mapping_end(memory, i);
        if (err != 0)
            return err;
    }
    return 0;
}

void serve_memory_release(struct serve_memory *memory)
{
    /* All at once for the device, one by one for the kernel. Without memory for an empty table nothing is unmapped:
     * the device might still use it. */
    if (memory->count != 0 && sim_lend_unmap(memory->fn, 0, UINT64_MAX) == 0)
        for (uint32_t i = 0; i < memory->count; i++)
            munmap(memory->mappings[i].host, memory->mappings[i].bytes);
    free(memory->mappings);
    memory->mappings = NULL;
    memory->count = 0;
    memory->room = 0;
}
