/* SPDX-License-Identifier: Apache-2.0 */
/* The public look at a PCI function: what stands in the way of opening it, and of taking it from its driver. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "doorbell.h"
#include "pci/place.h"
#include "pci/vfio_refusal.h"
#include "support/error.h"

/* The way that bell_vfio_iommu_open takes first. */
static bool cdev_may_open(const char *root, const struct bell_place *place)
{
    char node[280];
    char iommu[280];

    snprintf(node, sizeof node, "%s/dev/vfio/devices/%s", root, place->cdev);
    snprintf(iommu, sizeof iommu, "%s/dev/iommu", root);
    return place->cdev[0] != '\0' && access(node, R_OK | W_OK) == 0 && access(iommu, R_OK | W_OK) == 0;
}

static void access_look(const char *root, const struct bell_place *place, bell_pci_place *out)
{
    char node[280];

    if (cdev_may_open(root, place))
        return;
    snprintf(node, sizeof node, "%s/dev/vfio/%d", root, place->group);
    if (access(node, R_OK | W_OK) == 0)
        return;
    if (place->cdev[0] != '\0')
        snprintf(
            out->refusal, sizeof out->refusal,
            "%s: this user may open neither /dev/vfio/devices/%s with /dev/iommu nor /dev/vfio/%d; run as root, or "
            "make the files yours",
            place->address, place->cdev, place->group);
    else
        snprintf(out->refusal, sizeof out->refusal,
                 "%s: this user may not open /dev/vfio/%d; run as root, or make the file yours", place->address,
                 place->group);
}

static void holder_look(const char *root, const struct bell_place *place, bell_pci_place *out)
{
    char node[64];

    snprintf(node, sizeof node, "/dev/vfio/%d", place->group);
    if (bell_place_holder(root, node, out->holder, sizeof out->holder) || place->cdev[0] == '\0')
        return;
    snprintf(node, sizeof node, "/dev/vfio/devices/%s", place->cdev);
    bell_place_holder(root, node, out->holder, sizeof out->holder);
}

int bell_pci_look(const char *root, const char *address, bell_pci_place *out)
{
    struct bell_place place;
    char function[24];
    int err;

    if (root == NULL || address == NULL || out == NULL)
        return bell_error_set(-EINVAL, "No folder, no address or no place for what is found was given.");
    if (!bell_place_parse(address, function))
        return bell_error_set(-EINVAL, "\"%s\" is no PCI function; write it as 0000:01:00.0", address);
    err = bell_place_find(root, function, &place);
    if (err != 0)
        return err;
    *out = (bell_pci_place){.refusal = ""};
    bell_place_users(root, &place, out->users, sizeof out->users);
    if (place.group >= 0)
        bell_place_neighbours(root, &place, out->neighbours, sizeof out->neighbours);
    if (bell_vfio_refusal(root, &place) != 0)
        snprintf(out->refusal, sizeof out->refusal, "%s", bell_error_text());
    else if (out->neighbours[0] != '\0')
        snprintf(out->refusal, sizeof out->refusal, "%s shares its IOMMU group with others: %.400s; unbind those too",
                 place.address, out->neighbours);
    else
        access_look(root, &place, out);
    holder_look(root, &place, out);
    return 0;
}
