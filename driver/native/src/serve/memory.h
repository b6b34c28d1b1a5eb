/* SPDX-License-Identifier: Apache-2.0 */
/* The client's memory: what it lets the device use, mapped here where it gives a file descriptor. Session's thread. */
#ifndef BELL_SERVE_MEMORY_H
#define BELL_SERVE_MEMORY_H

#include <stdint.h>

#include "pci/function.h"
#include "spec/vfio_user.h"

struct serve_mapping {
    uint64_t iova;
    uint64_t bytes;
    uint8_t *host;
};

struct serve_memory {
    struct bell_pci_function *fn;
    struct serve_mapping *mappings;
    uint32_t count;
    uint32_t room;
};

/*
 * serve_memory_map - fd is -1 where the memory is reached with messages; it stays the caller's. Return: 0 or an errno
 * for the reply: EINVAL (sizes, or the file is too short), EEXIST, ENOMEM, or what mmap says.
 */
int serve_memory_map(struct serve_memory *memory, const struct vfio_user_dma_map *map, int fd);

/* serve_memory_unmap - exactly what was mapped, or all of it. Return: 0, ENOENT, ENOMEM. */
int serve_memory_unmap(struct serve_memory *memory, const struct vfio_user_dma_unmap *unmap);

/* serve_memory_release - everything; the device does not use it afterwards. */
void serve_memory_release(struct serve_memory *memory);

#endif
