/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash, as far as anybody can see it: bytes of each namespace that read zero where nothing was written, metadata
 * beside them, and one bit a 512-byte sector that says "uncorrectable". Sparse memory, or a sparse file that keeps
 * everything.
 */
#ifndef BELL_SIM_MEDIA_H
#define BELL_SIM_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/state.h"

#define SIM_SECTOR 512u

/* Bytes of data for each byte of metadata, in the format with the most of it: 64 bytes to 512. */
#define SIM_METADATA_SHARE 8u

struct sim_store {
    int fd; /* -1: memory */
    uint64_t capacity;
    struct sim_state *state;
    bool fresh; /* the state was made by this open */
};

struct sim_media {
    uint8_t *data; /* NULL: not mapped */
    uint64_t bytes;
    uint64_t *bad; /* bitmap by sector */
    uint64_t bad_bytes;
    uint64_t bad_count;
    uint8_t *metadata; /* as much as the format with the most of it needs */
    uint64_t metadata_bytes;
    int fd;
    uint64_t offset;     /* of data in the file */
    uint64_t bad_offset; /* of bad in the file */
    uint64_t metadata_offset;
};

/* sim_store_open - path "" is memory. -EINVAL and others name the file. */
int sim_store_open(struct sim_store *store, const char *path, uint64_t capacity);
void sim_store_close(struct sim_store *store);

/* sim_media_map - the media of the namespace in slot 0..7. Its contents are what the store has there. */
int sim_media_map(struct sim_media *media, struct sim_store *store, uint32_t slot, uint64_t bytes);
void sim_media_unmap(struct sim_media *media);

/* sim_media_discard - the range reads zero again and is correctable. Whole pages return to the system. */
void sim_media_discard(struct sim_media *media, uint64_t offset, uint64_t bytes);
/* sim_media_metadata_discard - the same for a range of the metadata. */
void sim_media_metadata_discard(struct sim_media *media, uint64_t offset, uint64_t bytes);
/* sim_media_clear - everything is as in a new device. */
void sim_media_clear(struct sim_media *media);
void sim_media_fill(struct sim_media *media, uint64_t offset, uint64_t bytes, uint32_t pattern);
int sim_media_flush(struct sim_media *media);

void sim_media_bad_set(struct sim_media *media, uint64_t offset, uint64_t bytes);
void sim_media_bad_clear(struct sim_media *media, uint64_t offset, uint64_t bytes);
/* sim_media_bad_find - offset of the first uncorrectable sector in the range, or UINT64_MAX. */
uint64_t sim_media_bad_find(const struct sim_media *media, uint64_t offset, uint64_t bytes);

#endif
