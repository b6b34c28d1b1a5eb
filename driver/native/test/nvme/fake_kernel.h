/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's side of /dev/nvme0 for tests: a folder that stands for /sys and /dev, and an ioctl that plays a
 * controller with one namespace of 64 blocks. A test can hold commands back, fail them, and take the controller away.
 */
#ifndef BELL_TEST_FAKE_KERNEL_H
#define BELL_TEST_FAKE_KERNEL_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/nvme_ioctl.h>

#include "doorbell.h"
#include "nvme/device.h"
#include "nvme/kernel.h"
#include "spec/nvme.h"

enum { FAKE_BLOCKS = 64, FAKE_BLOCK = 512, FAKE_LAST = 256 };

/* One kernel for the program: an ioctl carries no context. */
static struct {
    char root[128], sysfs[160], dev[160];
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool held;       /* commands wait in the ioctl; Identify does not */
    uint32_t inside; /* commands that wait there */
    int fail;        /* errno of every ioctl but Identify */
    int status;      /* NVMe status of every command but Identify */
    uint8_t mdts;
    uint16_t metadata; /* bytes of metadata a block, apart from the data */
    uint8_t blocks[FAKE_BLOCKS * FAKE_BLOCK];
    struct nvme_passthru_cmd64 last[FAKE_LAST]; /* without those of opening */
    unsigned long last_request[FAKE_LAST];
    uint32_t count;
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};

static inline void fake_file(const char *root, const char *path, const void *data, size_t bytes)
{
    char whole[400];
    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(whole, 0777);
        *slash = '/';
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, bytes, file), bytes);
    fclose(file);
}

static inline void fake_text(const char *root, const char *path, const char *text)
{
    fake_file(root, path, text, strlen(text));
}

static inline void fake_state(const char *state)
{
    fake_text(fake.sysfs, "class/nvme/nvme0/state", state);
}

static inline int fake_identify(struct nvme_passthru_cmd64 *command)
{
    uint8_t *data = (uint8_t *)(uintptr_t)command->addr;
    memset(data, 0, 4096);
    if (command->cdw10 == 1) {
        memcpy(data + 24, "Fake SSD", 8);
        data[77] = fake.mdts;
    } else if (command->nsid == 1) {
        data[0] = FAKE_BLOCKS;
        memcpy(data + 128, &fake.metadata, 2);
        data[130] = 9;
    }
    return 0;
}

static inline int fake_io(struct nvme_passthru_cmd64 *command)
{
    uint8_t *data = (uint8_t *)(uintptr_t)command->addr;
    uint64_t bytes = ((command->cdw12 & 0xffff) + UINT64_C(1)) * FAKE_BLOCK;
    uint64_t first = command->cdw10 * (uint64_t)FAKE_BLOCK;
    if (first + bytes > sizeof fake.blocks)
        return 0x4080; /* LBA out of range, do not retry */
    if (command->opcode == NVME_NVM_READ)
        memcpy(data, fake.blocks + first, bytes);
    if (command->opcode == NVME_NVM_WRITE)
        memcpy(fake.blocks + first, data, bytes);
    return 0;
}

static inline int fake_control(int fd, unsigned long request, void *argument)
{
    struct nvme_passthru_cmd64 *command = argument;
    bool admin = request == NVME_IOCTL_ADMIN64_CMD;
    pthread_mutex_lock(&fake.lock);
    if (admin && command->opcode == NVME_ADMIN_IDENTIFY) {
        int rc = fake_identify(command);
        pthread_mutex_unlock(&fake.lock);
        return rc;
    }
    fake.inside++;
    pthread_cond_broadcast(&fake.moved);
    while (fake.held)
        pthread_cond_wait(&fake.moved, &fake.lock);
    fake.inside--;
    fake.last[fake.count % FAKE_LAST] = *command;
    fake.last_request[fake.count++ % FAKE_LAST] = request;
    int rc = fake.status;
    if (fake.fail) {
        errno = fake.fail;
        rc = -1;
    } else if (rc == 0 && !admin) {
        rc = fake_io(command);
    } else if (rc == 0) {
        command->result = command->opcode == NVME_ADMIN_GET_FEATURES ? UINT64_C(0x123456789) : 0;
    }
    pthread_mutex_unlock(&fake.lock);
    return rc;
}

static inline void fake_hold(bool held)
{
    pthread_mutex_lock(&fake.lock);
    fake.held = held;
    pthread_cond_broadcast(&fake.moved);
    pthread_mutex_unlock(&fake.lock);
}

static inline void fake_await_inside(uint32_t count)
{
    pthread_mutex_lock(&fake.lock);
    while (fake.inside < count)
        pthread_cond_wait(&fake.moved, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

static inline void fake_setup(size_t config_bytes)
{
    uint8_t config[4096];
    snprintf(fake.root, sizeof fake.root, "/tmp/doorbell-kernel-test-XXXXXX");
    assert_non_null(mkdtemp(fake.root));
    snprintf(fake.sysfs, sizeof fake.sysfs, "%s/sys", fake.root);
    snprintf(fake.dev, sizeof fake.dev, "%s/dev", fake.root);
    for (size_t i = 0; i < sizeof config; i++)
        config[i] = (uint8_t)(i * 7 + 1);
    fake_file(fake.sysfs, "devices/0000:01:00.0/config", config, config_bytes);
    fake_state("live\n");
    fake_text(fake.sysfs, "class/nvme/nvme0/model", "Fake SSD                 \n");
    fake_text(fake.sysfs, "class/nvme/nvme0/nvme0n7/nsid", "1\n");
    char link[300];
    snprintf(link, sizeof link, "%s/class/nvme/nvme0/device", fake.sysfs);
    assert_int_equal(symlink("../../../devices/0000:01:00.0", link), 0);
    fake_text(fake.dev, "nvme0", "");
    fake_text(fake.dev, "nvme0n7", "");
    fake.held = false;
    fake.inside = fake.count = 0;
    fake.fail = fake.status = 0;
    fake.mdts = 0;
    fake.metadata = 0;
    memset(fake.blocks, 0, sizeof fake.blocks);
}

static inline void fake_teardown(void)
{
    char command[200];
    snprintf(command, sizeof command, "rm -r '%s'", fake.root);
    assert_int_equal(system(command), 0);
}

static inline int fake_open(const char *address, bell_device **out)
{
    const struct bell_kernel_host host = {.sysfs = fake.sysfs, .dev = fake.dev, .control = fake_control};
    struct bell_transport *transport;
    int rc = bell_kernel_open_at(&host, address, &transport);
    return rc < 0 ? rc : bell_device_attach(transport, address, out);
}

#endif
