/* SPDX-License-Identifier: Apache-2.0 */
/* A controller of the kernel's: its nodes below /dev, its attributes below /sys, and memory for its commands. */
#ifndef BELL_NVME_KERNEL_DEVICE_H
#define BELL_NVME_KERNEL_DEVICE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "nvme/kernel.h"
#include "nvme/transport.h"
#include "pci/function.h"

enum { KERNEL_NAME = 32, KERNEL_PATH = 512 };

/* A namespace whose node is open; entries are added, and closed with the device. */
struct kernel_namespace {
    uint32_t nsid;
    int fd;
    uint32_t metadata_bytes; /* of a block, where they are apart from its data: commands then need a second pointer */
    bool stale;              /* its node has gone; it may have come back under another name */
    struct kernel_namespace *next;
};

/* Memory that commands can name; stays until no command in the kernel's hands uses it. */
struct kernel_memory {
    char *vaddr;
    uint64_t bytes;
    uint32_t users;
    bool freed;
    struct kernel_memory *next;
};

struct kernel_device {
    struct bell_transport transport;   /* first: the operations cast back */
    struct bell_pci_function function; /* config space; used if config_fd is open */
    char sysfs[KERNEL_PATH / 2];
    char dev[KERNEL_PATH / 2];
    int (*control)(int fd, unsigned long request, void *argument);
    char node[KERNEL_NAME]; /* "nvme0" */
    char bus[KERNEL_NAME];  /* "0000:01:00.0", "" where it is not a PCI function */
    int admin_fd;
    int config_fd;
    uint32_t cc;   /* shadow */
    uint32_t gone; /* set by any thread: the kernel answers that the device does not exist */

    pthread_mutex_t nodes_lock; /* guards namespaces; held while a node is opened */
    struct kernel_namespace *namespaces;
    pthread_mutex_t lock; /* guards memory */
    struct kernel_memory *memory;
};

static inline struct kernel_device *kernel_device_of(struct bell_transport *transport)
{
    return (struct kernel_device *)transport;
}

/* kernel_sysfs.c */

/** kernel_attribute_read - one line of /sys/class/nvme/<node>/<name>, without blanks at its ends. False: not there. */
bool kernel_attribute_read(const struct kernel_device *device, const char *name, char *text, uint32_t bytes);

/** kernel_state - the controller as its driver sees it. */
enum kernel_state { KERNEL_LIVE, KERNEL_BUSY, KERNEL_GONE };
enum kernel_state kernel_state(const struct kernel_device *device);

/** kernel_bus_find - fill device->bus. */
void kernel_bus_find(struct kernel_device *device);

/** kernel_namespace_get - the open node of a namespace. -ENOENT, -EACCES, or what opening it says. */
int kernel_namespace_get(struct kernel_device *device, uint32_t nsid, struct kernel_namespace **out);

/* kernel_config.c */

/** kernel_config_open - config space as far as this user may read it. Without one the device just has no PCI function.
 */
void kernel_config_open(struct kernel_device *device);
void kernel_config_close(struct kernel_device *device);

/* kernel_memory.c */

int kernel_memory_alloc(struct kernel_device *device, uint64_t bytes, void **vaddr, uint64_t *iova);
void kernel_memory_free(struct kernel_device *device, void *vaddr);

/** kernel_memory_use - keep the memory that holds [iova, iova + bytes); NULL: no allocation does. */
struct kernel_memory *kernel_memory_use(struct kernel_device *device, uint64_t iova, uint64_t bytes);
void kernel_memory_leave(struct kernel_device *device, struct kernel_memory *memory);
void kernel_memory_drop(struct kernel_device *device);

/* kernel_check.c */

/** kernel_command_check - -ENOTSUP for what the kernel's passthrough cannot carry, -ENOENT without such a namespace,
 * -EINVAL where metadata is missing. flags is BELL_CMD_... */
int kernel_command_check(struct kernel_device *device, bool admin, uint32_t flags, const uint64_t sqe[8]);

/** kernel_metadata_bytes - size of the metadata that a read, write or compare moves through its metadata pointer. */
uint32_t kernel_metadata_bytes(const struct kernel_namespace *space, const uint64_t sqe[8]);

/* kernel_queue.c */

int kernel_queue_open(struct bell_transport *transport, bell_qpair *qpair);
void kernel_queue_close(struct bell_transport *transport, bell_qpair *qpair);
int kernel_queue_check(struct bell_transport *transport, bell_qpair *qpair, const bell_command *command);
int kernel_queue_map(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid, uint64_t iova, uint64_t bytes,
                     uint64_t sqe[8]);
void kernel_queue_post(bell_qpair *qpair, uint64_t sqe[8]);
bool kernel_queue_take(bell_qpair *qpair, uint64_t cqe[2]);

#endif
