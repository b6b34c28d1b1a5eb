/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of a controller and its namespaces below /sys/class/nvme, and the nodes that lead to them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/nvme_ioctl.h>

#include "nvme/kernel_device.h"
#include "spec/nvme.h"
#include "support/error.h"

enum {
    IDENTIFY_BYTES = 4096,
    FLBAS = 26, /* NVM Command Set 1.0c §4.1.5.1 */
    FLBAS_EXTENDED = 0x10,
    LBAF0 = 128,
};

static bool line_read(const char *path, char *text, uint32_t bytes)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool read = fgets(text, (int)bytes, file) != NULL;
    fclose(file);
    if (!read)
        return false;
    size_t first = strspn(text, " \t");
    size_t end = strlen(text);
    while (end > first && strchr(" \t\n", text[end - 1]))
        end--;
    memmove(text, text + first, end - first);
    text[end - first] = '\0';
    return true;
}

bool kernel_attribute_read(const struct kernel_device *device, const char *name, char *text, uint32_t bytes)
{
    char path[KERNEL_PATH];
    snprintf(path, sizeof path, "%s/class/nvme/%s/%s", device->sysfs, device->node, name);
    return line_read(path, text, bytes);
}

enum kernel_state kernel_state(const struct kernel_device *device)
{
    char state[KERNEL_NAME];
    if (__atomic_load_n(&device->gone, __ATOMIC_RELAXED) ||
        !kernel_attribute_read(device, "state", state, sizeof state) || strncmp(state, "de", 2) == 0)
        return KERNEL_GONE; /* "dead", "deleting", "deleting (no IO)" */
    return strcmp(state, "live") == 0 ? KERNEL_LIVE : KERNEL_BUSY;
}

void kernel_bus_find(struct kernel_device *device)
{
    char path[KERNEL_PATH], target[KERNEL_PATH];
    snprintf(path, sizeof path, "%s/class/nvme/%s/device", device->sysfs, device->node);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0)
        return;
    target[length] = '\0';
    const char *name = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
    if (!strchr(name, ':') || !strchr(name, '.'))
        return; /* a controller on Fabrics has no function */
    snprintf(device->bus, sizeof device->bus, "%.*s", (int)sizeof device->bus - 1, name);
}

/* "nvme0n1" of this controller, or "nvme0c1n1" for a path of a multipath disk, which is "nvme0n1" too. */
static bool disk_parse(const char *entry, uint32_t *subsystem, uint32_t *instance)
{
    uint32_t controller;
    int end = 0;
    if (sscanf(entry, "nvme%un%u%n", subsystem, instance, &end) == 2 && end > 0 && entry[end] == '\0')
        return true;
    end = 0;
    return sscanf(entry, "nvme%uc%un%u%n", subsystem, &controller, instance, &end) == 3 && end > 0 &&
           entry[end] == '\0';
}

static bool disk_find(const struct kernel_device *device, uint32_t nsid, uint32_t *subsystem, uint32_t *instance)
{
    char path[KERNEL_PATH + 300], text[KERNEL_NAME];
    snprintf(path, sizeof path, "%s/class/nvme/%s", device->sysfs, device->node);
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    bool found = false;
    for (struct dirent *entry; !found && (entry = readdir(folder));) {
        if (!disk_parse(entry->d_name, subsystem, instance))
            continue;
        snprintf(path, sizeof path, "%s/class/nvme/%s/%s/nsid", device->sysfs, device->node, entry->d_name);
        found = line_read(path, text, sizeof text) && strtoul(text, NULL, 10) == nsid;
    }
    closedir(folder);
    return found;
}

/* The character device, which exists for formats that the block layer does not understand too; else the disk. Opening
 * the disk for reading alone keeps udev from looking at it again when it is closed. */
static int node_open(const struct kernel_device *device, uint32_t subsystem, uint32_t instance)
{
    char path[KERNEL_PATH];
    snprintf(path, sizeof path, "%s/ng%un%u", device->dev, subsystem, instance);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        snprintf(path, sizeof path, "%s/nvme%un%u", device->dev, subsystem, instance);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd >= 0)
        return fd;
    int code = -errno;
    return bell_error_set(code, "%s cannot be opened: %s.", path, strerror(-code));
}

/* Bytes of metadata that each block has apart from its data. */
static uint32_t separate_metadata(const struct kernel_device *device, uint32_t nsid)
{
    uint8_t data[IDENTIFY_BYTES] = {0};
    struct nvme_passthru_cmd64 identify = {
        .opcode = NVME_ADMIN_IDENTIFY, .nsid = nsid, .addr = (uint64_t)(uintptr_t)data, .data_len = sizeof data};
    if (device->control(device->admin_fd, NVME_IOCTL_ADMIN64_CMD, &identify) != 0)
        return 0; /* the command that is to come will say what is wrong */
    uint8_t format = (uint8_t)((data[FLBAS] & 0xf) | (data[FLBAS] >> 5 & 3) << 4);
    const uint8_t *lbaf = data + LBAF0 + 4 * format;
    return data[FLBAS] & FLBAS_EXTENDED ? 0 : lbaf[0] | (uint32_t)lbaf[1] << 8;
}

static struct kernel_namespace *known(struct kernel_device *device, uint32_t nsid)
{
    for (struct kernel_namespace *each = device->namespaces; each; each = each->next)
        if (each->nsid == nsid && !__atomic_load_n(&each->stale, __ATOMIC_RELAXED))
            return each;
    return NULL;
}

static int namespace_open(struct kernel_device *device, uint32_t nsid, struct kernel_namespace **out)
{
    uint32_t subsystem, instance;
    if (!disk_find(device, nsid, &subsystem, &instance))
        return bell_error_set(-ENOENT,
                              "/dev/%s: the kernel shows no namespace %u, so no I/O command reaches it. Look at the "
                              "active namespaces (Identify CNS 02h).",
                              device->node, nsid);
    int fd = node_open(device, subsystem, instance);
    if (fd < 0)
        return fd;
    struct kernel_namespace *fresh = calloc(1, sizeof *fresh);
    if (!fresh) {
        close(fd);
        return bell_error_set(-ENOMEM, "No memory for namespace %u.", nsid);
    }
    *fresh = (struct kernel_namespace){.nsid = nsid, .fd = fd, .next = device->namespaces};
    fresh->metadata_bytes = separate_metadata(device, nsid);
    device->namespaces = fresh;
    *out = fresh;
    return 0;
}

int kernel_namespace_get(struct kernel_device *device, uint32_t nsid, struct kernel_namespace **out)
{
    pthread_mutex_lock(&device->nodes_lock);
    *out = known(device, nsid);
    int rc = *out ? 0 : namespace_open(device, nsid, out);
    pthread_mutex_unlock(&device->nodes_lock);
    return rc;
}
