/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "nvme/device.h"
#include "nvme/transport.h"
#include "pci/function.h"
#include "support/error.h"

int bell_device_dma_alloc(bell_device *device, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    int rc = device->transport->ops->dma_alloc(device->transport, bytes, vaddr, iova);

    if (rc == 0)
        bell_dma_map_add(&device->dma, *iova, bytes, *vaddr);
    return rc;
}

void bell_device_dma_free(bell_device *device, void *vaddr, uint64_t iova, uint64_t bytes)
{
    bell_dma_map_remove(&device->dma, iova);
    device->transport->ops->dma_free(device->transport, vaddr, iova, bytes);
}

static void buffers_count(bell_device *device, int32_t change)
{
    pthread_mutex_lock(&device->lock);
    device->buffers += (uint32_t)change;
    pthread_mutex_unlock(&device->lock);
}

int bell_buffer_alloc(bell_device *device, uint64_t bytes, bell_buffer **out)
{
    if (!device || !out)
        return bell_error_set(-EINVAL, "No device or no place for the buffer was given.");
    if (bytes == 0 || bytes > INT64_MAX)
        return bell_error_set(-EINVAL, "A buffer of %" PRIu64 " bytes cannot be made; ask for 1 byte or more.", bytes);

    struct bell_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        return bell_error_set(-ENOMEM, "No memory for a buffer of %" PRIu64 " bytes.", bytes);
    buffer->device = device;
    buffer->bytes = bytes;
    int rc = bell_device_dma_alloc(device, bytes, &buffer->data, &buffer->iova);
    if (rc < 0) {
        free(buffer);
        return rc;
    }
    buffers_count(device, 1);
    *out = buffer;
    return 0;
}

static int place_check(const struct bell_pci_function *function, const bell_bar_place *place)
{
    if (place->bar > 5 || function->bar_bytes[place->bar] == 0)
        return bell_error_set(-EINVAL, "BAR%u is not implemented by this function.", place->bar);
    if (place->bytes == 0 || place->bytes > function->bar_bytes[place->bar] || place->offset % 4096 != 0 ||
        place->offset > function->bar_bytes[place->bar] - place->bytes)
        return bell_error_set(-EINVAL,
                              "%" PRIu64 " bytes at %#" PRIx64 " are not inside BAR%u (%" PRIu64
                              " bytes), or do not start at a multiple of 4 KiB.",
                              place->bytes, place->offset, place->bar, function->bar_bytes[place->bar]);
    return 0;
}

int bell_buffer_in_bar(bell_device *device, const bell_bar_place *place, bell_buffer **out)
{
    if (!device || !place || !out)
        return bell_error_set(-EINVAL, "No device, no place or nowhere to put the buffer was given.");
    struct bell_pci_function *function = device->transport->function;
    if (!function)
        return bell_error_set(-ENOTSUP, "%s is not a PCI function that can be reached.", device->address);
    int rc = place_check(function, place);
    if (rc < 0)
        return rc;
    void *memory =
        function->ops->bar_map ? function->ops->bar_map(function, place->bar, place->offset, place->bytes) : NULL;
    if (!memory)
        return bell_error_set(-ENOTSUP,
                              "%s: BAR%u cannot be mapped into this program; read and write it piece by piece.",
                              device->address, place->bar);

    struct bell_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        return bell_error_set(-ENOMEM, "No memory for a buffer.");
    *buffer = (struct bell_buffer){
        .device = device, .data = memory, .iova = place->iova, .bytes = place->bytes, .in_bar = true};
    buffers_count(device, 1);
    *out = buffer;
    return 0;
}

int bell_buffer_free(bell_buffer *buffer)
{
    if (!buffer)
        return bell_error_set(-EINVAL, "No buffer was given.");
    if (!buffer->in_bar)
        bell_device_dma_free(buffer->device, buffer->data, buffer->iova, buffer->bytes);
    buffers_count(buffer->device, -1);
    free(buffer);
    return 0;
}

void *bell_buffer_data(bell_buffer *buffer)
{
    return buffer->data;
}

uint64_t bell_buffer_iova(bell_buffer *buffer)
{
    return buffer->iova;
}

uint64_t bell_buffer_bytes(bell_buffer *buffer)
{
    return buffer->bytes;
}
