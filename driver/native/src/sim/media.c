/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/media.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/error.h"

#define PAGE UINT64_C(4096)

static uint64_t page_up(uint64_t bytes)
{
    return (bytes + PAGE - 1) & ~(PAGE - 1);
}

static uint64_t bitmap_bytes(uint64_t bytes)
{
    return page_up(bytes / SIM_SECTOR / 8 + 8);
}

/* Each namespace has a place of the whole capacity: a sparse file makes the reserve free, and no namespace ever moves.
 */
static uint64_t slot_stride(uint64_t capacity)
{
    return page_up(capacity) + bitmap_bytes(capacity);
}

/* Metadata comes behind all of these: files of devices that had none stay valid. */
static uint64_t metadata_stride(uint64_t capacity)
{
    return page_up(capacity / SIM_METADATA_SHARE);
}

/* ---- the store -------------------------------------------------------------------------------------------------- */

static int state_check(const struct sim_state *state, const char *path, uint64_t capacity)
{
    if (memcmp(state->magic, SIM_STATE_MAGIC, sizeof state->magic) != 0)
        return bell_error_set(-EINVAL, "sim: option 'file=%s': the file exists and is not a simulated SSD", path);
    if (state->version != SIM_STATE_VERSION)
        return bell_error_set(-EINVAL,
                              "sim: option 'file=%s': written by another version of Doorbell (format %u, not %u)", path,
                              state->version, SIM_STATE_VERSION);
    if (state->capacity != capacity)
        return bell_error_set(-EINVAL, "sim: option 'size=%llu': must be %llu, the size of the simulated SSD in '%s'",
                              (unsigned long long)capacity, (unsigned long long)state->capacity, path);
    return 0;
}

static int file_open(struct sim_store *store, const char *path, uint64_t capacity)
{
    struct stat stat;

    store->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (store->fd < 0)
        return bell_error_set(-errno, "sim: option 'file=%s': cannot be opened: %s", path, strerror(errno));
    if (flock(store->fd, LOCK_EX | LOCK_NB) != 0)
        return bell_error_set(-EBUSY, "sim: option 'file=%s': another simulated SSD uses this file", path);
    if (fstat(store->fd, &stat) != 0 || !S_ISREG(stat.st_mode))
        return bell_error_set(-EINVAL, "sim: option 'file=%s': must be a regular file", path);
    store->fresh = stat.st_size == 0;
    if (!store->fresh && stat.st_size < (off_t)SIM_STATE_BYTES)
        return bell_error_set(-EINVAL, "sim: option 'file=%s': the file exists and is not a simulated SSD", path);
    if (store->fresh && ftruncate(store->fd, SIM_STATE_BYTES) != 0)
        return bell_error_set(-errno, "sim: option 'file=%s': cannot be extended: %s", path, strerror(errno));
    store->state = mmap(NULL, SIM_STATE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, store->fd, 0);
    if (store->state == MAP_FAILED) {
        store->state = NULL;
        return bell_error_set(-errno, "sim: option 'file=%s': cannot be mapped: %s", path, strerror(errno));
    }
    return store->fresh ? 0 : state_check(store->state, path, capacity);
}

int sim_store_open(struct sim_store *store, const char *path, uint64_t capacity)
{
    int err = 0;

    *store = (struct sim_store){.fd = -1, .capacity = capacity};
    if (path[0] != '\0') {
        err = file_open(store, path, capacity);
        if (err != 0) {
            sim_store_close(store);
            return err;
        }
    } else {
        store->fresh = true;
        store->state = mmap(NULL, SIM_STATE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (store->state == MAP_FAILED) {
            store->state = NULL;
            return bell_error_set(-ENOMEM, "sim: out of memory");
        }
    }
    if (store->fresh) {
        memcpy(store->state->magic, SIM_STATE_MAGIC, sizeof store->state->magic);
        store->state->version = SIM_STATE_VERSION;
        store->state->capacity = capacity;
    }
    return 0;
}

void sim_store_close(struct sim_store *store)
{
    if (store->state != NULL)
        munmap(store->state, SIM_STATE_BYTES);
    if (store->fd >= 0)
        close(store->fd);
    *store = (struct sim_store){.fd = -1};
}

/* ---- one namespace's media --------------------------------------------------------------------------------------- */

static void *area_map(int fd, uint64_t offset, uint64_t bytes)
{
    int flags = fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;

    return mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_NORESERVE, fd, fd >= 0 ? (off_t)offset : 0);
}

static int file_reach(int fd, uint64_t end)
{
    struct stat stat;

    if (fstat(fd, &stat) != 0)
        return -errno;
    if ((uint64_t)stat.st_size < end && ftruncate(fd, (off_t)end) != 0)
        return -errno;
    return 0;
}

static void bad_recount(struct sim_media *media)
{
    media->bad_count = 0;
    for (uint64_t i = 0; i < media->bad_bytes / 8; i++)
        media->bad_count += (uint64_t)__builtin_popcountll(media->bad[i]);
}

int sim_media_map(struct sim_media *media, struct sim_store *store, uint32_t slot, uint64_t bytes)
{
    uint64_t start = SIM_STATE_BYTES + slot * slot_stride(store->capacity);

    *media = (struct sim_media){.bytes = bytes,
                                .bad_bytes = bitmap_bytes(bytes),
                                .fd = store->fd,
                                .offset = start,
                                .bad_offset = start + page_up(store->capacity),
                                .metadata_bytes = page_up(bytes / SIM_METADATA_SHARE),
                                .metadata_offset = SIM_STATE_BYTES + SIM_MAX_NAMESPACES * slot_stride(store->capacity) +
                                                   slot * metadata_stride(store->capacity)};
    if (store->fd >= 0) {
        int err = file_reach(store->fd, media->metadata_offset + metadata_stride(store->capacity));

        if (err != 0)
            return bell_error_set(err, "sim: the backing file cannot be extended: %s", strerror(-err));
    }
    media->data = area_map(store->fd, start, page_up(bytes));
    media->bad = area_map(store->fd, media->bad_offset, media->bad_bytes);
    media->metadata = area_map(store->fd, media->metadata_offset, media->metadata_bytes);
    if (media->data == MAP_FAILED || media->bad == MAP_FAILED || media->metadata == MAP_FAILED) {
        int err = errno;

        media->metadata = media->metadata == MAP_FAILED ? NULL : media->metadata;
        media->data = media->data == MAP_FAILED ? NULL : media->data;
        media->bad = media->bad == MAP_FAILED ? NULL : media->bad;
        sim_media_unmap(media);
        return bell_error_set(-err, "sim: option 'size': no address space for %llu bytes of media: %s",
                              (unsigned long long)bytes, strerror(err));
    }
    if (store->fd >= 0)
        bad_recount(media);
    return 0;
}

void sim_media_unmap(struct sim_media *media)
{
    if (media->data != NULL)
        munmap(media->data, page_up(media->bytes));
    if (media->bad != NULL)
        munmap(media->bad, media->bad_bytes);
    if (media->metadata != NULL)
        munmap(media->metadata, media->metadata_bytes);
    media->metadata = NULL;
    media->data = NULL;
    media->bad = NULL;
}

/* Drop whole pages: from memory, or from the file, whose holes the mapping shows as zeroes. */
static bool pages_drop(const struct sim_media *media, uint8_t *memory, uint64_t file_offset, uint64_t bytes)
{
    if (media->fd < 0)
        return madvise(memory, bytes, MADV_DONTNEED) == 0;
    return fallocate(media->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)file_offset, (off_t)bytes) == 0;
}

/* memory: where the area starts, and file_offset: where it does in the file. */
static void zero_fill(const struct sim_media *media, uint8_t *memory, uint64_t file_offset, uint64_t offset,
                      uint64_t bytes)
{
    const uint64_t end = offset + bytes;
    const uint64_t first = page_up(offset);
    const uint64_t last = end & ~(PAGE - 1);

    if (first >= last || !pages_drop(media, memory + first, file_offset + first, last - first)) {
        memset(memory + offset, 0, bytes);
        return;
    }
    memset(memory + offset, 0, first - offset);
    memset(memory + last, 0, end - last);
}

void sim_media_discard(struct sim_media *media, uint64_t offset, uint64_t bytes)
{
    zero_fill(media, media->data, media->offset, offset, bytes);
    if (media->bad_count == 0)
        return;
    if (offset == 0 && bytes == media->bytes &&
        pages_drop(media, (uint8_t *)media->bad, media->bad_offset, media->bad_bytes))
        media->bad_count = 0;
    else
        sim_media_bad_clear(media, offset, bytes);
}

void sim_media_metadata_discard(struct sim_media *media, uint64_t offset, uint64_t bytes)
{
    zero_fill(media, media->metadata, media->metadata_offset, offset, bytes);
}

void sim_media_clear(struct sim_media *media)
{
    sim_media_discard(media, 0, media->bytes);
    sim_media_metadata_discard(media, 0, media->metadata_bytes);
}

void sim_media_fill(struct sim_media *media, uint64_t offset, uint64_t bytes, uint32_t pattern)
{
    uint32_t *words = (uint32_t *)(media->data + offset);

    for (uint64_t i = 0; i < bytes / sizeof *words; i++)
        words[i] = pattern;
    sim_media_bad_clear(media, offset, bytes);
}

int sim_media_flush(struct sim_media *media)
{
    return media->fd < 0 || fdatasync(media->fd) == 0 ? 0 : -errno;
}

/* ---- uncorrectable sectors ----------------------------------------------------------------------------------------
 */

void sim_media_bad_set(struct sim_media *media, uint64_t offset, uint64_t bytes)
{
    for (uint64_t i = offset / SIM_SECTOR; i < (offset + bytes) / SIM_SECTOR; i++) {
        const uint64_t bit = UINT64_C(1) << (i % 64);

        media->bad_count += (media->bad[i / 64] & bit) == 0;
        media->bad[i / 64] |= bit;
    }
}

void sim_media_bad_clear(struct sim_media *media, uint64_t offset, uint64_t bytes)
{
    for (uint64_t i = offset / SIM_SECTOR; i < (offset + bytes) / SIM_SECTOR && media->bad_count != 0; i++) {
        const uint64_t bit = UINT64_C(1) << (i % 64);

        /* Step over whole words that are clear: ranges can be large, and bad sectors are few. */
        if (i % 64 == 0 && media->bad[i / 64] == 0) {
            i += 63;
            continue;
        }
        media->bad_count -= (media->bad[i / 64] & bit) != 0;
        media->bad[i / 64] &= ~bit;
    }
}

uint64_t sim_media_bad_find(const struct sim_media *media, uint64_t offset, uint64_t bytes)
{
    const uint64_t end = (offset + bytes) / SIM_SECTOR;

    for (uint64_t i = offset / SIM_SECTOR; i < end && media->bad_count != 0;) {
        const uint64_t rest = media->bad[i / 64] >> (i % 64);

        if (rest != 0) {
            i += (uint64_t)__builtin_ctzll(rest);
            return i < end ? i * SIM_SECTOR : UINT64_MAX;
        }
        i += 64 - i % 64;
    }
    return UINT64_MAX;
}
