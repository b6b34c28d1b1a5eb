/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/dma_map.h"

#include <stdlib.h>
#include <string.h>

void bell_dma_map_init(struct bell_dma_map *map)
{
    memset(map, 0, sizeof *map);
    pthread_rwlock_init(&map->lock, NULL);
}

void bell_dma_map_free(struct bell_dma_map *map)
{
    free(map->regions);
    pthread_rwlock_destroy(&map->lock);
}

/* The first region that begins behind iova. */
static uint32_t behind(const struct bell_dma_map *map, uint64_t iova)
{
    uint32_t low = 0, high = map->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (map->regions[middle].iova <= iova)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void bell_dma_map_add(struct bell_dma_map *map, uint64_t iova, uint64_t bytes, void *data)
{
    pthread_rwlock_wrlock(&map->lock);
    if (map->count == map->room) {
        uint32_t room = map->room ? 2 * map->room : 16;
        struct bell_dma_region *regions = realloc(map->regions, room * sizeof *regions);
        if (regions) {
            map->regions = regions;
            map->room = room;
        }
    }
    if (map->count < map->room) {
        uint32_t at = behind(map, iova);
        memmove(map->regions + at + 1, map->regions + at, (map->count - at) * sizeof *map->regions);
        map->regions[at] = (struct bell_dma_region){.iova = iova, .bytes = bytes, .data = data};
        map->count++;
    }
    pthread_rwlock_unlock(&map->lock);
}

void bell_dma_map_remove(struct bell_dma_map *map, uint64_t iova)
{
    pthread_rwlock_wrlock(&map->lock);
    uint32_t at = behind(map, iova);
    if (at > 0 && map->regions[at - 1].iova == iova) {
        map->count--;
        memmove(map->regions + at - 1, map->regions + at, (map->count - (at - 1)) * sizeof *map->regions);
    }
    pthread_rwlock_unlock(&map->lock);
}

uint8_t *bell_dma_map_find(const struct bell_dma_map *map, uint64_t iova, uint64_t *bytes)
{
    uint32_t at = behind(map, iova);

    if (at == 0 || iova - map->regions[at - 1].iova >= map->regions[at - 1].bytes)
        return NULL;
    const struct bell_dma_region *region = &map->regions[at - 1];
    *bytes = region->bytes - (iova - region->iova);
    return region->data + (iova - region->iova);
}
