/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/error.h"

#define MIB           (UINT64_C(1) << 20)
#define DEFAULT_BYTES (1024 * MIB)

/* Not every file system has O_TMPFILE. */
static int unnamed_open(const char *folder)
{
    char path[PATH_MAX];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0 || snprintf(path, sizeof path, "%s/doorbell-XXXXXX", folder) >= (int)sizeof path)
        return fd;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static int private_open(uint64_t bytes)
{
    const char *folder = getenv("TMPDIR");
    int fd;

    if (folder == NULL || folder[0] == '\0')
        folder = "/tmp";
    fd = unnamed_open(folder);
    if (fd < 0)
        return bell_error_set(-errno, "qemu: cannot make a disk image in %.200s: %s", folder, strerror(errno));
    if (ftruncate(fd, (off_t)bytes) != 0) {
        int err = -errno;
        close(fd);
        return bell_error_set(err, "qemu: size: %.200s cannot hold a file of %llu bytes: %s", folder,
                              (unsigned long long)bytes, strerror(-err));
    }
    return fd;
}

static int named_size(int fd, const struct bell_qemu_options *options, uint64_t *bytes)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return bell_error_set(-errno, "qemu: file=%.200s: %s", options->file, strerror(errno));
    *bytes = (uint64_t)status.st_size;
    if (*bytes == 0 && options->size != 0) {
        *bytes = options->size;
        if (ftruncate(fd, (off_t)*bytes) != 0)
            return bell_error_set(-errno, "qemu: size: %.200s cannot be %llu bytes long: %s", options->file,
                                  (unsigned long long)*bytes, strerror(errno));
    }
    if (options->size != 0 && *bytes != options->size)
        return bell_error_set(-EINVAL, "qemu: size: %.200s exists and has %llu bytes; leave size= out or say that",
                              options->file, (unsigned long long)*bytes);
    if (*bytes == 0 || *bytes % options->format[0].lba != 0)
        return bell_error_set(-EINVAL, "qemu: file=%.200s: its %llu bytes are not a number of LBAs of %u bytes",
                              options->file, (unsigned long long)*bytes, options->format[0].lba);
    return 0;
}

int bell_qemu_disk_open(const struct bell_qemu_options *options, uint64_t *bytes)
{
    int fd;
    int err;

    if (options->file[0] == '\0') {
        *bytes = options->size != 0 ? options->size : DEFAULT_BYTES;
        if (options->ns > 1)
            *bytes = *bytes / options->ns / MIB * MIB;
        return private_open(*bytes);
    }
    fd = open(options->file, O_RDWR | O_CLOEXEC | (options->size != 0 ? O_CREAT : 0), 0644);
    if (fd < 0 && errno == ENOENT)
        return bell_error_set(-ENOENT, "qemu: file=%.200s does not exist; add size= to make it", options->file);
    if (fd < 0)
        return bell_error_set(-errno, "qemu: file=%.200s: %s", options->file, strerror(errno));
    err = named_size(fd, options, bytes);
    if (err != 0) {
        close(fd);
        return err;
    }
    return fd;
}
