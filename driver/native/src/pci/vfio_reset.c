/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/vfio_reset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pci/capability.h"
#include "pci/sysfs.h"
#include "pci/vfio_abi.h"
#include "spec/pci.h"
#include "support/error.h"

static void settle(uint32_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

int bell_vfio_reset_function(struct bell_pci_function *fn, int device, uint32_t settle_ms)
{
    uint32_t express = 0;
    uint32_t capabilities = 0;
    int err = bell_pci_capability_find(fn, PCI_CAP_PCIE, &express);

    if (err == 0 && express != 0)
        err = fn->ops->config_read(fn, express + PCI_EXP_DEVCAP, 4, &capabilities);
    if (err != 0)
        return err;
    /* Without it the kernel would choose another way to reset, and the caller asked for this one. */
    if ((capabilities & PCI_EXP_DEVCAP_FLR) == 0)
        return bell_error_set(-ENOTSUP, "%s: the function has no Function Level Reset", fn->name);
    if (ioctl(device, VFIO_DEVICE_RESET) != 0)
        return bell_error_set(errno == ENOTTY ? -ENOTSUP : -errno, "%s: the kernel cannot reset it: %s", fn->name,
                              strerror(errno));
    settle(settle_ms);
    return 0;
}

/* Functions on the bus, in the form of a request's answer; the caller frees it. NULL: errno says why. */
static struct vfio_pci_hot_reset_info *bus_describe(int device)
{
    enum { FUNCTIONS_MAX = 256 };
    size_t bytes = sizeof(struct vfio_pci_hot_reset_info) + FUNCTIONS_MAX * sizeof(struct vfio_pci_dependent_device);
    struct vfio_pci_hot_reset_info *info = calloc(1, bytes);

    if (info == NULL)
        return NULL;
    info->argsz = (uint32_t)bytes;
    if (ioctl(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, info) == 0)
        return info;
    free(info);
    return NULL;
}

static int bus_refuse(struct bell_pci_function *fn, int device, int err)
{
    char names[256] = "";
    struct bell_words words = {names, sizeof names};
    struct vfio_pci_hot_reset_info *info;

    if (err != EINVAL && err != EPERM)
        return bell_error_set(-EIO, "%s: the function did not come back from a hot reset: %s", fn->name, strerror(err));
    info = bus_describe(device);

    for (uint32_t i = 0; info != NULL && i < info->count; i++) {
        const struct vfio_pci_dependent_device *other = &info->devices[i];

        bell_words_add(&words, "%04x:%02x:%02x.%x", other->segment, other->bus, other->devfn >> 3, other->devfn & 7);
    }
    free(info);
    return bell_error_set(-EBUSY, "%s: a hot reset would reset these functions, and not all of them are held here: %s",
                          fn->name, names);
}

int bell_vfio_reset_hot(struct bell_pci_function *fn, const struct bell_vfio_iommu *iommu, uint32_t settle_ms)
{
    struct vfio_pci_hot_reset_info *info = bus_describe(iommu->device);
    union {
        struct vfio_pci_hot_reset request;
        uint8_t bytes[sizeof(struct vfio_pci_hot_reset) + sizeof(int32_t)];
    } reset = {.request = {.argsz = sizeof reset}};

    if (info == NULL)
        return bell_error_set(errno == ENODEV || errno == ENOTTY ? -ENOTSUP : -errno,
                              "%s: no port above the function can reset its bus", fn->name);
    free(info);
    /* Who asks proves with the group's file that the group is his; with a device file there is nothing to prove. */
    if (iommu->group >= 0) {
        reset.request.count = 1;
        memcpy(reset.bytes + sizeof reset.request, &iommu->group, sizeof iommu->group);
    }
    if (ioctl(iommu->device, VFIO_DEVICE_PCI_HOT_RESET, &reset) != 0)
        return bus_refuse(fn, iommu->device, errno);
    settle(settle_ms);
    return 0;
}
