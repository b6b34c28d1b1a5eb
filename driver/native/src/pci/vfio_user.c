/* SPDX-License-Identifier: Apache-2.0 */
/* A PCI function that another process serves over the vfio-user protocol: opening, memory, operations. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doorbell.h"
#include "pci/reset.h"
#include "pci/vfio_user_function.h"
#include "spec/pci.h"
#include "support/error.h"

#define PAGE         UINT64_C(4096)
#define FIRST_IOVA   (UINT64_C(4) << 30) /* above 4 GiB, so that a lost upper dword shows */
#define STRICT_BYTES (UINT64_C(64) << 30)
#define WHOLE_BYTES  (UINT64_C(4) << 30)
#define STRICT_MAPS  1024u /* that many at once are enough for every queue and list */

enum { RESET_SETTLE_MS = 10 };

static struct bell_vu_function *of(struct bell_pci_function *fn)
{
    return (struct bell_vu_function *)fn;
}

/* ---- config space and BARs --------------------------------------------------------------------------------------- */

static int config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    *value = 0;
    return bell_vu_region_read(of(fn), VFIO_USER_REGION_CONFIG, offset, value, width);
}

static int config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    return bell_vu_region_write(of(fn), VFIO_USER_REGION_CONFIG, offset, &value, width);
}

static int bar_check(const struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width)
{
    if (bar >= 6 || fn->bar_bytes[bar] < width || offset > fn->bar_bytes[bar] - width)
        return bell_error_set(-EINVAL, "offset %llxh is outside BAR%u", (unsigned long long)offset, bar);
    return 0;
}

static int bar_read(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value)
{
    int err = bar_check(fn, bar, offset, width);

    *value = 0;
    return err != 0 ? err : bell_vu_region_read(of(fn), bar, offset, value, width);
}

static int bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    int err = bar_check(fn, bar, offset, width);

    return err != 0 ? err : bell_vu_region_write(of(fn), bar, offset, &value, width);
}

static void *bar_map(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint64_t bytes)
{
    uint8_t *memory = of(fn)->bar_memory[bar];

    return memory != NULL && bytes <= fn->bar_bytes[bar] && offset <= fn->bar_bytes[bar] - bytes ? memory + offset
                                                                                                 : NULL;
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static int map_send(struct bell_vu_function *function, uint64_t iova, uint64_t bytes)
{
    const struct vfio_user_dma_map map = {
        .argsz = sizeof map,
        .flags = VFIO_USER_DMA_READABLE | VFIO_USER_DMA_WRITEABLE,
        .offset = iova, /* the pool's rule: the IOVA is the offset */
        .address = iova,
        .bytes = bytes,
    };
    /* A server that takes no descriptors asks for every byte: see reach. */
    struct bell_vu_request request = {.command = VFIO_USER_DMA_MAP,
                                      .first = {&map, sizeof map},
                                      .fds = &function->memory_fd,
                                      .fd_count = function->link.peer.max_msg_fds != 0};
    int err = bell_vu_link_ask(&function->link, &request);

    if (request.reply_fd >= 0)
        close(request.reply_fd);
    return err;
}

static void unmap_send(struct bell_vu_function *function, uint64_t iova, uint64_t bytes)
{
    const struct vfio_user_dma_unmap unmap = {.argsz = sizeof unmap, .address = iova, .bytes = bytes};
    struct bell_vu_request request = {.command = VFIO_USER_DMA_UNMAP, .first = {&unmap, sizeof unmap}};

    bell_vu_link_ask(&function->link, &request); /* a server that has gone uses no memory */
    if (request.reply_fd >= 0)
        close(request.reply_fd);
}

static uint64_t whole_pages(uint64_t bytes)
{
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

static int dma_alloc(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    struct bell_vu_function *function = of(fn);
    int err;

    if (bytes == 0 || bytes > STRICT_BYTES)
        return bell_error_set(-EINVAL, "%llu bytes of DMA memory cannot be allocated", (unsigned long long)bytes);
    /* A page behind each allocation that is not mapped: running over its end is an error, not the neighbour's data. */
    err = bell_dma_pool_alloc(&function->pool, function->strict ? whole_pages(bytes) + PAGE : bytes, vaddr, iova);
    if (err == 0 && function->strict) {
        err = map_send(function, *iova, whole_pages(bytes));
        if (err != 0)
            bell_dma_pool_free(&function->pool, *iova);
    }
    return err;
}

static void dma_free(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes)
{
    struct bell_vu_function *function = of(fn);

    if (function->strict)
        unmap_send(function, iova, whole_pages(bytes));
    bell_dma_pool_free(&function->pool, iova);
}

/* What the server may ask for with messages: live allocations. */
static uint8_t *reach(void *context, uint64_t address, uint64_t bytes)
{
    struct bell_vu_function *function = context;

    return bell_dma_pool_covers(&function->pool, address, bytes) ? function->pool.base + address : NULL;
}

static int memory_init(struct bell_vu_function *function)
{
    const struct bell_vu_capabilities *peer = &function->link.peer;
    uint64_t end;

    /* The default of 65535 maps is what a server lives up to that says so; others have room for a few dozen. */
    function->strict = peer->max_dma_maps_stated && peer->max_dma_maps >= STRICT_MAPS;
    end = FIRST_IOVA + (function->strict ? STRICT_BYTES : WHOLE_BYTES);
    function->memory_fd = memfd_create("doorbell-vfio-user", MFD_CLOEXEC);
    if (function->memory_fd < 0 || ftruncate(function->memory_fd, (off_t)end) != 0)
        return bell_error_set(-errno, "no memory file for DMA: %s", strerror(errno));
    function->memory = mmap(NULL, end, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, function->memory_fd, 0);
    if (function->memory == MAP_FAILED) {
        function->memory = NULL;
        return bell_error_set(-errno, "no address space for DMA memory: %s", strerror(errno));
    }
    bell_dma_pool_init(&function->pool, function->memory, FIRST_IOVA, end);
    return function->strict ? 0 : map_send(function, FIRST_IOVA, WHOLE_BYTES);
}

static void memory_release(struct bell_vu_function *function)
{
    if (function->memory != NULL) {
        munmap(function->memory, function->pool.end);
        bell_dma_pool_destroy(&function->pool);
    }
    if (function->memory_fd >= 0)
        close(function->memory_fd);
}

/* ---- interrupts and resets --------------------------------------------------------------------------------------- */

static int irq_setup(struct bell_pci_function *fn)
{
    return bell_vu_irqs_setup(of(fn));
}

static int irq_isset(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vu_irqs_isset(of(fn), vector);
}

static int irq_clear(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vu_irqs_clear(of(fn), vector);
}

static int irq_mask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vu_irqs_mask(of(fn), vector, true);
}

static int irq_unmask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vu_irqs_mask(of(fn), vector, false);
}

static int device_reset(struct bell_vu_function *function)
{
    struct bell_vu_request request = {.command = VFIO_USER_DEVICE_RESET};
    int err = bell_vu_link_ask(&function->link, &request);

    if (request.reply_fd >= 0)
        close(request.reply_fd);
    return err;
}

/* What a reset takes from the header, and an operating system gives back. */
struct header {
    uint32_t command;
    uint32_t bars[6];
    uint32_t line;
};

static int header_save(struct bell_pci_function *fn, struct header *header)
{
    int err = config_read(fn, PCI_COMMAND, 2, &header->command);

    for (uint32_t i = 0; err == 0 && i < 6; i++)
        err = config_read(fn, PCI_BAR0 + 4 * i, 4, &header->bars[i]);
    return err != 0 ? err : config_read(fn, PCI_INTERRUPT_LINE, 1, &header->line);
}

static int header_restore(struct bell_pci_function *fn, const struct header *header)
{
    int err = config_write(fn, PCI_INTERRUPT_LINE, 1, header->line);

    for (uint32_t i = 0; err == 0 && i < 6; i++)
        if (fn->bar_bytes[i] != 0 || (i > 0 && (header->bars[i - 1] & PCI_BAR_TYPE) == PCI_BAR_TYPE_64))
            err = config_write(fn, PCI_BAR0 + 4 * i, 4, header->bars[i]);
    return err != 0 ? err : config_write(fn, PCI_COMMAND, 2, header->command);
}

static int reset(struct bell_pci_function *fn, uint32_t kind)
{
    struct header header;
    int err = header_save(fn, &header);

    if (err != 0)
        return err;
    if (kind == BELL_RESET_FLR)
        err = bell_pci_reset_flr(fn, RESET_SETTLE_MS);
    else if (kind == BELL_RESET_HOT)
        err = device_reset(of(fn)); /* the protocol's one reset: of the device as a whole */
    else
        err = bell_pci_reset_pm(fn, RESET_SETTLE_MS);
    return err != 0 ? err : header_restore(fn, &header);
}

static void relax(struct bell_pci_function *fn)
{
    bell_vu_link_attend(&of(fn)->link);
    sched_yield();
}

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static void detach(struct bell_pci_function *fn)
{
    struct bell_vu_function *function = of(fn);

    bell_vu_irqs_release(function);
    bell_vu_regions_release(function);
    bell_vu_link_close(&function->link);
    memory_release(function);
    free(function);
}

static const struct bell_pci_ops vfio_user_ops = {
    .config_read = config_read,
    .config_write = config_write,
    .bar_read = bar_read,
    .bar_write = bar_write,
    .bar_map = bar_map,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .irq_setup = irq_setup,
    .irq_isset = irq_isset,
    .irq_clear = irq_clear,
    .irq_mask = irq_mask,
    .irq_unmask = irq_unmask,
    .reset = reset,
    .close = detach,
};

static int class_check(struct bell_vu_function *function)
{
    uint32_t id = 0;
    uint32_t code = 0;
    int err = config_read(&function->fn, PCI_VENDOR, 4, &id);

    if (err == 0)
        err = config_read(&function->fn, PCI_CLASS - 1, 4, &code);
    if (err == 0 && code >> 8 != PCI_CLASS_NVME)
        return bell_error_set(-EIO, "vfio-user:%s: the device is no NVMe controller, its class is %06xh",
                              function->link.path, code >> 8);
    snprintf(function->fn.name, sizeof function->fn.name, "vfio-user device %04x:%04x", id & 0xffff, id >> 16);
    return err;
}

int bell_vu_attach(struct bell_vu_function *function, struct bell_pci_function **out)
{
    int err;

    function->fn.ops = &vfio_user_ops;
    function->fn.kind = BELL_KIND_VFIO_USER;
    function->fn.relax = relax;
    function->fn.gone = &function->link.lost;
    function->memory_fd = -1;
    pthread_mutex_init(&function->irqs.lock, NULL);
    err = bell_vu_regions_find(function);
    if (err == 0)
        err = class_check(function);
    if (err == 0)
        err = bell_vu_irqs_find(function);
    if (err == 0)
        err = memory_init(function);
    if (err != 0) {
        detach(&function->fn);
        return err;
    }
    function->link.context = function;
    function->link.reach = reach;
    *out = &function->fn;
    return 0;
}

int bell_vfio_user_open(const char *path, struct bell_pci_function **out)
{
    struct bell_vu_function *function;
    struct stat status;
    char inside[sizeof function->link.path];
    int err;

    if (path[0] == '\0')
        return bell_error_set(-EINVAL, "vfio-user: needs the path of a server's socket, as in vfio-user:/run/x/cntrl");
    /* Servers of SPDK's kind are given a folder and put their socket into it. */
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        if (snprintf(inside, sizeof inside, "%s/cntrl", path) >= (int)sizeof inside)
            return bell_error_set(-EINVAL, "vfio-user:%s: the path is too long", path);
        path = inside;
    }
    function = calloc(1, sizeof *function);
    if (function == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    err = bell_vu_link_open(&function->link, path);
    if (err != 0) {
        free(function);
        return err;
    }
    return bell_vu_attach(function, out);
}
