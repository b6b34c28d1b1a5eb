/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Config space of a function that the kernel's driver owns, as sysfs shows it: readable by everybody up to byte 63, by
 * root to its end. Everything else about the function is its driver's.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nvme/kernel_device.h"
#include "support/error.h"

enum { HEADER_BYTES = 64, CONVENTIONAL_BYTES = 256, EXTENDED_BYTES = 4096 };

static struct kernel_device *device_of(struct bell_pci_function *function)
{
    return (struct kernel_device *)((char *)function - offsetof(struct kernel_device, function));
}

static int owned(struct bell_pci_function *function, const char *what)
{
    struct kernel_device *device = device_of(function);
    return bell_error_set(-ENOTSUP,
                          "%s of /dev/%s belong to the kernel's nvme driver. Bind %s to vfio-pci (doorbell bind %s) to "
                          "use them.",
                          what, device->node, device->bus, device->bus);
}

static int config_read(struct bell_pci_function *function, uint32_t offset, uint32_t width, uint32_t *value)
{
    struct kernel_device *device = device_of(function);
    uint32_t little = 0;
    ssize_t got = pread(device->config_fd, &little, width, offset);
    if (got == (ssize_t)width) {
        *value = le32toh(little);
        return 0;
    }
    if (got < 0 && errno != ENODEV && errno != ENXIO)
        return bell_error_set(-errno, "/dev/%s: config space of %s cannot be read at %#x: %m.", device->node,
                              device->bus, offset);
    *value = UINT32_MAX >> (32 - 8 * width); /* as on the bus, where nobody answers for a device that has gone */
    return 0;
}

static int config_write(struct bell_pci_function *function, uint32_t offset, uint32_t width, uint32_t value)
{
    return owned(function, "Writes to config space");
}

static int bar_read(struct bell_pci_function *function, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value)
{
    return owned(function, "The BARs");
}

static int bar_write(struct bell_pci_function *function, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    return owned(function, "The BARs");
}

static int reset(struct bell_pci_function *function, uint32_t kind)
{
    return owned(function, "Resets");
}

static const struct bell_pci_ops config_ops = {
    .config_read = config_read,
    .config_write = config_write,
    .bar_read = bar_read,
    .bar_write = bar_write,
    .reset = reset,
};

/* sysfs gives the file the size of all of config space, but ends it at byte 64 for users without CAP_SYS_ADMIN. */
static uint32_t readable_bytes(int fd)
{
    uint8_t byte;
    if (pread(fd, &byte, 1, HEADER_BYTES) != 1)
        return HEADER_BYTES;
    return pread(fd, &byte, 1, CONVENTIONAL_BYTES) == 1 ? EXTENDED_BYTES : CONVENTIONAL_BYTES;
}

void kernel_config_open(struct kernel_device *device)
{
    char path[KERNEL_PATH];
    snprintf(path, sizeof path, "%s/class/nvme/%s/device/config", device->sysfs, device->node);
    device->config_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (device->config_fd < 0)
        return;
    device->function = (struct bell_pci_function){
        .ops = &config_ops, .kind = BELL_KIND_KERNEL, .config_bytes = readable_bytes(device->config_fd)};
    snprintf(device->function.name, sizeof device->function.name, "%s", device->bus);
    device->transport.function = &device->function;
    device->transport.features |= BELL_HAS_PCI;
}

void kernel_config_close(struct kernel_device *device)
{
    if (device->config_fd >= 0)
        close(device->config_fd);
}
