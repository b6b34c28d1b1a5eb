/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/vfio_refusal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/error.h"

#define CLASS_NVM 0x0108u /* mass storage, non-volatile memory; any programming interface */

#define BIND "bind it to vfio-pci (doorbell bind, or Bind in Devices)"

static int nvme_driver_refuse(const char *root, const struct bell_place *place)
{
    char users[320];

    if (bell_place_users(root, place, users, sizeof users))
        return bell_error_set(-EBUSY,
                              "%s is bound to the kernel's nvme driver and in use: %s; end that first, then " BIND,
                              place->address, users);
    return bell_error_set(-EBUSY,
                          "%s is bound to the kernel's nvme driver; " BIND " or open its /dev/nvme node read-only",
                          place->address);
}

static bool module_loaded(const char *root)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/sys/bus/pci/drivers/vfio-pci", root);
    return access(path, F_OK) == 0;
}

int bell_vfio_refusal(const char *root, const struct bell_place *place)
{
    if (place->class_code >> 8 != CLASS_NVM)
        return bell_error_set(-ENOTSUP, "%s is no NVMe controller: its class is %06xh, not 0108xxh", place->address,
                              place->class_code);
    if (strcmp(place->driver, "nvme") == 0)
        return nvme_driver_refuse(root, place);
    if (place->driver[0] == '\0')
        return bell_error_set(-ENODEV, "%s is bound to no driver; %s" BIND, place->address,
                              module_loaded(root) ? "" : "load the module (modprobe vfio-pci) and ");
    if (strcmp(place->driver, "vfio-pci") != 0)
        return bell_error_set(-EBUSY, "%s is bound to the driver %s; " BIND, place->address, place->driver);
    if (place->group < 0)
        return bell_error_set(-ENODEV,
                              "%s is behind no IOMMU; switch it on in the firmware (VT-d, AMD-Vi) and in the kernel "
                              "(intel_iommu=on): docs/pcie.md",
                              place->address);
    return 0;
}
