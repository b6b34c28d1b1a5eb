/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/place.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pci/sysfs.h"
#include "support/error.h"

bool bell_place_parse(const char *text, char address[24])
{
    unsigned domain = 0;
    unsigned bus;
    unsigned device;
    unsigned function;
    int end = 0;

    if (strncmp(text, "pcie:", 5) == 0)
        text += 5;
    if (text[strspn(text, "0123456789abcdefABCDEF:.")] != '\0')
        return false;
    if (sscanf(text, "%8x:%2x:%2x.%1x%n", &domain, &bus, &device, &function, &end) != 4 || text[end] != '\0') {
        domain = 0;
        if (sscanf(text, "%2x:%2x.%1x%n", &bus, &device, &function, &end) != 3 || text[end] != '\0')
            return false;
    }
    if (device > 31 || function > 7)
        return false;
    snprintf(address, 24, "%04x:%02x:%02x.%x", domain, bus, device, function);
    return true;
}

/* The device files' folder "vfio-dev" holds one entry, its name. */
static void cdev_find(const char *folder, char *name, size_t size)
{
    char path[PATH_MAX];
    struct dirent *entry;
    DIR *entries;

    snprintf(path, sizeof path, "%s/vfio-dev", folder);
    entries = opendir(path);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (strncmp(entry->d_name, "vfio", 4) == 0)
            snprintf(name, size, "%.20s", entry->d_name);
    }
    if (entries != NULL)
        closedir(entries);
}

int bell_place_find(const char *root, const char *address, struct bell_place *place)
{
    char folder[PATH_MAX / 2];
    char group[16];

    memset(place, 0, sizeof *place);
    snprintf(place->address, sizeof place->address, "%s", address);
    snprintf(folder, sizeof folder, "%s/sys/bus/pci/devices/%s", root, address);
    if (access(folder, F_OK) != 0)
        return bell_error_set(-ENOENT,
                              "%s: there is no such PCI function on this machine; \"lspci -D -d ::0108\" lists its "
                              "NVMe controllers, \"echo 1 > /sys/bus/pci/rescan\" looks for new ones",
                              address);
    place->class_code = (uint32_t)bell_sysfs_number(folder, "class");
    place->vendor = (uint32_t)bell_sysfs_number(folder, "vendor");
    place->device = (uint32_t)bell_sysfs_number(folder, "device");
    bell_sysfs_link(folder, "driver", place->driver, sizeof place->driver);
    place->group = bell_sysfs_link(folder, "iommu_group", group, sizeof group) ? atoi(group) : -1;
    cdev_find(folder, place->cdev, sizeof place->cdev);
    return 0;
}

bool bell_place_neighbours(const char *root, const struct bell_place *place, char *text, size_t size)
{
    char folder[PATH_MAX / 2];
    struct bell_words words = {text, size};
    struct dirent *entry;
    DIR *entries;

    text[0] = '\0';
    snprintf(folder, sizeof folder, "%s/sys/kernel/iommu_groups/%d/devices", root, place->group);
    entries = opendir(folder);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        char function[PATH_MAX];
        char driver[48];

        if (entry->d_name[0] == '.' || strcmp(entry->d_name, place->address) == 0)
            continue;
        snprintf(function, sizeof function, "%s/%s", folder, entry->d_name);
        /* A port's driver does no DMA of its own: the kernel lets it stay. */
        if (bell_sysfs_link(function, "driver", driver, sizeof driver) && strcmp(driver, "vfio-pci") != 0 &&
            strcmp(driver, "pcieport") != 0 && strcmp(driver, "pci-stub") != 0)
            bell_words_add(&words, "%s is bound to %s", entry->d_name, driver);
    }
    if (entries != NULL)
        closedir(entries);
    return text[0] != '\0';
}

static bool has_open(const char *files, const char *node)
{
    struct dirent *entry;
    DIR *entries = opendir(files);
    bool found = false;

    while (entries != NULL && !found && (entry = readdir(entries)) != NULL) {
        char target[PATH_MAX];

        found = isdigit((unsigned char)entry->d_name[0]) &&
                bell_sysfs_target(files, entry->d_name, target, sizeof target) && strcmp(target, node) == 0;
    }
    if (entries != NULL)
        closedir(entries);
    return found;
}

bool bell_place_holder(const char *root, const char *node, char *text, size_t size)
{
    char folder[PATH_MAX / 2];
    struct dirent *entry;
    DIR *processes;
    bool found = false;

    snprintf(folder, sizeof folder, "%s/proc", root);
    processes = opendir(folder);
    while (processes != NULL && !found && (entry = readdir(processes)) != NULL) {
        char path[PATH_MAX];
        char name[64];

        snprintf(path, sizeof path, "%s/%s/fd", folder, entry->d_name);
        if (!isdigit((unsigned char)entry->d_name[0]) || !has_open(path, node))
            continue;
        found = true;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (atoi(entry->d_name) == getpid())
            snprintf(text, size, "this process");
        else if (bell_sysfs_text(path, "comm", name, sizeof name))
            snprintf(text, size, "%s (process %.16s)", name, entry->d_name);
        else
            snprintf(text, size, "process %.16s", entry->d_name);
    }
    if (processes != NULL)
        closedir(processes);
    return found;
}
