/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/kernel.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/nvme_ioctl.h>

#include "nvme/device.h"
#include "nvme/kernel_device.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/error.h"

enum {
    IDENTIFY_BYTES = 4096,
    IDENTIFY_MDTS = 77,
    PAGE_LOG2 = 12,
    QUEUE_ENTRIES = 1024,
    READY_TIMEOUT = 60, /* CAP.TO: 30 s, for a controller that the kernel is resetting */
    /* The kernel describes a command's memory by up to 127 segments, a page each at worst. */
    DATA_MOST = 256 << 10,
};

/* ---- the shadow of the registers --------------------------------------------------------------------------------- */

static uint64_t csts_of(const struct kernel_device *device)
{
    if (!(bell_peek(&device->cc) & NVME_CC_EN))
        return 0;
    return kernel_state(device) == KERNEL_LIVE ? NVME_CSTS_RDY : 0;
}

static int register_read(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t *value)
{
    struct kernel_device *device = kernel_device_of(transport);
    if (kernel_state(device) == KERNEL_GONE) {
        *value = width == 4 ? UINT32_MAX : UINT64_MAX;
        return 0;
    }
    switch (offset) {
    case NVME_REG_CAP:
        *value = NVME_PUT(QUEUE_ENTRIES - 1, NVME_CAP_MQES) | NVME_PUT(READY_TIMEOUT, NVME_CAP_TO);
        return 0;
    case NVME_REG_CC:
        *value = bell_peek(&device->cc);
        return 0;
    case NVME_REG_CSTS:
        *value = csts_of(device);
        return 0;
    default:
        return bell_error_set(-ENOTSUP, "/dev/%s: its registers belong to the kernel's nvme driver.", device->node);
    }
}

static int register_write(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t value)
{
    struct kernel_device *device = kernel_device_of(transport);
    if (offset != NVME_REG_CC || (value & NVME_CC_SHN))
        return bell_error_set(
            -ENOTSUP,
            "/dev/%s belongs to the kernel's nvme driver, which alone resets it and shuts it down. Bind "
            "%s to vfio-pci (doorbell bind %s) to do so.",
            device->node, device->bus[0] ? device->bus : "its function", device->bus[0] ? device->bus : "FUNCTION");
    bell_poke(&device->cc, (uint32_t)value);
    return 0;
}

/* ---- operations that are nothing here ---------------------------------------------------------------------------- */

static int enable(struct bell_transport *transport)
{
    return 0;
}

static int admin_attach(struct bell_transport *transport, bell_qpair *admin)
{
    return 0;
}

static int queue_create(struct bell_transport *transport, bell_qpair *admin, bell_qpair *qpair)
{
    if (qpair->vector != BELL_NO_VECTOR)
        return bell_error_set(-ENOTSUP,
                              "/dev/%s: the interrupts are the kernel's; create the queue without interrupts.",
                              kernel_device_of(transport)->node);
    return 0;
}

static int queue_delete(struct bell_transport *transport, bell_qpair *admin, bell_qpair *qpair)
{
    return 0;
}

static void queue_ring(bell_qpair *qpair, uint32_t tail)
{
}

static int dma_alloc(struct bell_transport *transport, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    return kernel_memory_alloc(kernel_device_of(transport), bytes, vaddr, iova);
}

static void dma_free(struct bell_transport *transport, void *vaddr, uint64_t iova, uint64_t bytes)
{
    kernel_memory_free(kernel_device_of(transport), vaddr);
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static void kernel_close(struct bell_transport *transport)
{
    struct kernel_device *device = kernel_device_of(transport);
    while (device->namespaces) {
        struct kernel_namespace *space = device->namespaces;
        device->namespaces = space->next;
        close(space->fd);
        free(space);
    }
    kernel_memory_drop(device);
    kernel_config_close(device);
    if (device->admin_fd >= 0)
        close(device->admin_fd);
    pthread_mutex_destroy(&device->lock);
    pthread_mutex_destroy(&device->nodes_lock);
    free(device);
}

static const struct bell_transport_ops kernel_ops = {
    .register_read = register_read,
    .register_write = register_write,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .enable = enable,
    .queue_open = kernel_queue_open,
    .queue_close = kernel_queue_close,
    .admin_attach = admin_attach,
    .queue_create = queue_create,
    .queue_delete = queue_delete,
    .command_check = kernel_queue_check,
    .data_map = kernel_queue_map,
    .queue_post = kernel_queue_post,
    .queue_take = kernel_queue_take,
    .queue_ring = queue_ring,
    .close = kernel_close,
};

/* "/dev/nvme0" or "/dev/nvme0?write=on" */
static int address_parse(const char *address, struct kernel_device *device)
{
    uint32_t number;
    int end = 0;
    if (sscanf(address, "/dev/nvme%9u%n", &number, &end) != 1 || !isdigit((unsigned char)address[strlen("/dev/nvme")]))
        return bell_error_set(
            -EINVAL, "%s is no NVMe controller of the kernel's; those are named /dev/nvme0, /dev/nvme1 …", address);
    snprintf(device->node, sizeof device->node, "nvme%u", number);
    const char *options = address + end;
    device->transport.read_only = strcmp(options, "?write=on") != 0;
    if (!device->transport.read_only || *options == '\0' || strcmp(options, "?write=off") == 0)
        return 0;
    if (*options == '?')
        return bell_error_set(-EINVAL, "%s: the one option is write=on or write=off, as in /dev/%s?write=on.", address,
                              device->node);
    return bell_error_set(
        -EINVAL,
        "%s is a namespace or a partition; open the controller /dev/%s, whose commands name namespaces "
        "by their ids.",
        address, device->node);
}

static int node_error(const struct kernel_device *device, int code)
{
    if (code == ENOENT)
        return bell_error_set(-code, "There is no /dev/%s. List the devices to see what there is.", device->node);
    if (code == EACCES || code == EPERM)
        return bell_error_set(-EACCES,
                              "/dev/%s: the kernel passes on commands for root only (CAP_SYS_ADMIN); run as root.",
                              device->node);
    return bell_error_set(-code, "/dev/%s cannot be used: %s.", device->node, strerror(code));
}

/* Whether commands are passed on, and how much data each may have: MDTS is in units of CAP.MPSMIN, at least 4 KiB. */
static int probe(struct kernel_device *device)
{
    uint8_t data[IDENTIFY_BYTES] = {0};
    struct nvme_passthru_cmd64 identify = {
        .opcode = NVME_ADMIN_IDENTIFY, .addr = (uint64_t)(uintptr_t)data, .data_len = sizeof data, .cdw10 = 1};
    int rc = device->control(device->admin_fd, NVME_IOCTL_ADMIN64_CMD, &identify);
    if (rc < 0)
        return node_error(device, errno);
    if (rc > 0)
        return bell_error_set(-EIO, "/dev/%s refuses to identify itself: status type %xh, code %02xh.", device->node,
                              (unsigned)rc >> 8 & 7, (unsigned)rc & 0xff);
    uint32_t mdts = data[IDENTIFY_MDTS];
    device->transport.max_data_bytes = DATA_MOST;
    if (mdts > 0 && mdts < 20 && UINT64_C(1) << (mdts + PAGE_LOG2) < DATA_MOST)
        device->transport.max_data_bytes = UINT64_C(1) << (mdts + PAGE_LOG2);
    return 0;
}

static int device_open(struct kernel_device *device, const char *address)
{
    int rc = address_parse(address, device);
    if (rc < 0)
        return rc;
    char path[KERNEL_PATH];
    snprintf(path, sizeof path, "%s/%s", device->dev, device->node);
    device->admin_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (device->admin_fd < 0)
        return node_error(device, errno);
    if (kernel_state(device) == KERNEL_GONE)
        return bell_error_set(-ENODEV, "/dev/%s: the kernel has given this controller up; its log (dmesg) says why.",
                              device->node);
    kernel_bus_find(device);
    snprintf(device->transport.absent, sizeof device->transport.absent,
             "Registers, interrupts and queues of /dev/%s belong to the kernel's nvme driver. Bind %s to vfio-pci "
             "(doorbell bind %s) to use them.",
             device->node, device->bus[0] ? device->bus : "its function", device->bus[0] ? device->bus : "FUNCTION");
    rc = probe(device);
    if (rc == 0)
        kernel_config_open(device);
    return rc;
}

int bell_kernel_open_at(const struct bell_kernel_host *host, const char *address, struct bell_transport **out)
{
    struct kernel_device *device = calloc(1, sizeof *device);
    if (!device)
        return bell_error_set(-ENOMEM, "No memory for %s.", address);
    device->transport.ops = &kernel_ops;
    device->transport.kind = BELL_KIND_KERNEL;
    device->control = host->control;
    device->admin_fd = -1;
    device->config_fd = -1;
    snprintf(device->sysfs, sizeof device->sysfs, "%s", host->sysfs);
    snprintf(device->dev, sizeof device->dev, "%s", host->dev);
    pthread_mutex_init(&device->lock, NULL);
    pthread_mutex_init(&device->nodes_lock, NULL);

    int rc = device_open(device, address);
    if (rc < 0) {
        kernel_close(&device->transport);
        return rc;
    }
    if (!kernel_attribute_read(device, "model", device->transport.name, sizeof device->transport.name))
        snprintf(device->transport.name, sizeof device->transport.name, "%s", device->node);
    *out = &device->transport;
    return 0;
}

static int control(int fd, unsigned long request, void *argument)
{
    return ioctl(fd, request, argument);
}

int bell_kernel_open(const char *address, struct bell_transport **out)
{
    static const struct bell_kernel_host host = {.sysfs = "/sys", .dev = "/dev", .control = control};
    return bell_kernel_open_at(&host, address, out);
}
