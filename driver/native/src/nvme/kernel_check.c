/* SPDX-License-Identifier: Apache-2.0 */
/* What the passthrough of the kernel cannot carry, or must not: refused with the reason before anything is sent. */
#include <errno.h>

#include "nvme/kernel_device.h"
#include "spec/nvme.h"
#include "support/error.h"

enum {
    FLAGS_SHIFT = 8, /* byte 1 of an SQE: FUSE, PSDT */
    FID_NUMBER_OF_QUEUES = 0x07,
    SQE_MPTR = 2, /* 8-byte words of an SQE */
    SQE_DPTR = 3,
    SQE_CDW10 = 5,
    SQE_CDW12 = 6,
};

static int unsupported(const struct kernel_device *device, const char *what)
{
    return bell_error_set(
        -ENOTSUP, "/dev/%s: %s; bind the device to vfio-pci (doorbell bind %s) to send it on queues of one's own.",
        device->node, what, device->bus[0] ? device->bus : "FUNCTION");
}

static int flags_check(const struct kernel_device *device, uint32_t flags, const uint64_t sqe[8])
{
    if (flags & BELL_CMD_RAW_CID)
        return unsupported(device, "the kernel chooses the command identifiers");
    if (flags & BELL_CMD_HOLD_DOORBELL)
        return unsupported(device, "the doorbells are the kernel's, so none can be held back");
    if ((flags & BELL_CMD_RAW_DATA_POINTER) && (sqe[SQE_DPTR] | sqe[SQE_DPTR + 1]))
        return unsupported(device, "the kernel makes the PRPs itself, so none can be given");
    if (sqe[0] >> FLAGS_SHIFT & 0xff)
        return unsupported(device, "the kernel refuses fused commands and SGLs");
    return 0;
}

static bool moves_blocks(uint8_t opcode)
{
    return opcode == NVME_NVM_READ || opcode == NVME_NVM_WRITE || opcode == NVME_NVM_COMPARE;
}

uint32_t kernel_metadata_bytes(const struct kernel_namespace *space, const uint64_t sqe[8])
{
    if (!space || !moves_blocks((uint8_t)sqe[0]))
        return 0;
    return ((uint32_t)(sqe[SQE_CDW12] & 0xffff) + 1) * space->metadata_bytes;
}

static int metadata_check(struct kernel_device *device, const struct kernel_namespace *space, const uint64_t sqe[8])
{
    uint32_t bytes = kernel_metadata_bytes(space, sqe);
    if (bytes == 0)
        return sqe[SQE_MPTR]
                   ? unsupported(device, "a metadata pointer is for reads, writes and compares on a namespace "
                                         "that keeps metadata apart from its data")
                   : 0;
    struct kernel_memory *memory = kernel_memory_use(device, sqe[SQE_MPTR], bytes);
    if (!memory)
        return bell_error_set(-EINVAL,
                              "/dev/%s: namespace %u keeps metadata apart from its data: the command needs a metadata "
                              "buffer of %u bytes.",
                              device->node, space->nsid, bytes);
    kernel_memory_leave(device, memory);
    return 0;
}

static int admin_check(struct kernel_device *device, const uint64_t sqe[8])
{
    uint8_t opcode = (uint8_t)sqe[0];
    if (opcode == NVME_ADMIN_ASYNC_EVENT)
        return unsupported(device, "the kernel takes the asynchronous events; a request of one's own would wait until "
                                   "the kernel resets the controller");
    if (opcode == NVME_ADMIN_SET_FEATURES && (sqe[SQE_CDW10] & 0xff) == FID_NUMBER_OF_QUEUES)
        return unsupported(device, "the kernel has asked for its queues, and their number cannot change any more");
    return metadata_check(device, NULL, sqe);
}

static int io_check(struct kernel_device *device, const uint64_t sqe[8])
{
    struct kernel_namespace *space;
    int rc = kernel_namespace_get(device, (uint32_t)(sqe[0] >> 32), &space);
    return rc < 0 ? rc : metadata_check(device, space, sqe);
}

int kernel_command_check(struct kernel_device *device, bool admin, uint32_t flags, const uint64_t sqe[8])
{
    int rc = flags_check(device, flags, sqe);
    if (rc < 0)
        return rc;
    return admin ? admin_check(device, sqe) : io_check(device, sqe);
}
