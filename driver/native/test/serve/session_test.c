/* SPDX-License-Identifier: Apache-2.0 */
/* A served simulator and clients of all kinds: one whose memory cannot be mapped, one that asks for what is not there,
 * one that does not speak the protocol. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "nvme/device.h"
#include "pci/msix.h"
#include "pci/vfio_user_function.h"
#include "served.h"
#include "spec/nvme.h"
#include "spec/pci.h"
#include "support/clock.h"

static struct served served;

static int serve(void **state)
{
    return served_start(&served, "sim:size=64MiB");
}

static int stop(void **state)
{
    return served_stop(&served);
}

#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        int rc_ = (call);                                                                                              \
        if (rc_ < 0)                                                                                                   \
            fail_msg(#call " = %d: %s", rc_, bell_last_error());                                                       \
    } while (0)

/* ---- memory by messages ------------------------------------------------------------------------------------------ */

/* A client to which the server's word is that it takes no descriptors. */
static bell_device *device_without_fds(void)
{
    struct bell_vu_function *function = calloc(1, sizeof *function);
    struct bell_pci_function *fn;
    struct bell_transport *transport;
    bell_device *device = NULL;
    assert_non_null(function);
    MUST(bell_vu_link_open(&function->link, served.path));
    function->link.peer.max_msg_fds = 0;
    MUST(bell_vu_attach(function, &fn));
    assert_int_equal(fn->vectors, 0);
    MUST(bell_pcie_open(fn, &transport));
    MUST(bell_device_attach(transport, served.address, &device));
    return device;
}

static uint16_t run(bell_qpair *qpair, uint8_t opcode, uint64_t lba, uint32_t blocks, uint64_t iova)
{
    const struct nvme_sqe sqe = {.opcode = opcode, .nsid = 1, .cdw10 = (uint32_t)lba, .cdw12 = blocks - 1};
    bell_command command = {.data_iova = iova, .data_bytes = blocks * 512ull};
    bell_completion end;
    memcpy(command.sqe, &sqe, sizeof command.sqe);
    MUST(bell_qpair_submit(qpair, &command, NULL));
    assert_int_equal(bell_qpair_wait(qpair, &end, 1, 20000000), 1);
    assert_int_equal(end.flags, 0);
    return (uint16_t)(end.cqe[14] | end.cqe[15] << 8) >> 1;
}

static void test_memory_that_cannot_be_mapped_is_reached_by_messages(void **state)
{
    bell_device *device = device_without_fds();
    const bell_controller_config config = {.admin_depth = 8};
    const bell_qpair_config queue = {.depth = 4};
    bell_qpair *qpair;
    bell_buffer *buffer;
    MUST(bell_controller_enable(device, &config));
    MUST(bell_qpair_create(device, &queue, &qpair));
    MUST(bell_buffer_alloc(device, 2u << 20, &buffer));
    uint8_t *data = bell_buffer_data(buffer);
    const uint64_t iova = bell_buffer_iova(buffer);
    static const uint32_t blocks[] = {1, 8, 17, 256, 1, 1024}; /* the last needs a PRP list */
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        const size_t bytes = blocks[i] * 512;
        for (size_t b = 0; b < bytes; b++)
            data[b] = (uint8_t)(b * 13 + b / 251 + i);
        memset(data + (1u << 20), 0, bytes);
        assert_int_equal(run(qpair, NVME_NVM_WRITE, 8 * i, blocks[i], iova), 0);
        assert_int_equal(run(qpair, NVME_NVM_COMPARE, 8 * i, blocks[i], iova), 0);
        assert_int_equal(run(qpair, NVME_NVM_READ, 8 * i, blocks[i], iova + (1u << 20)), 0);
        assert_memory_equal(data, data + (1u << 20), bytes);
    }
    /* Messages of the MSI-X table are memory writes like any other; vector 0 is the admin queue's. */
    struct bell_msix msix;
    struct bell_pci_function *fn = device->transport->function;
    MUST(bell_msix_find(fn, &msix));
    assert_int_equal(msix.vectors, 33);
    MUST(bell_msix_setup(fn, &msix));
    assert_int_equal(bell_msix_isset(&msix, 0), 0);
    const struct nvme_sqe identify = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = NVME_CNS_CONTROLLER};
    bell_command command = {.data_iova = iova, .data_bytes = 4096};
    bell_completion end;
    memcpy(command.sqe, &identify, sizeof identify);
    MUST(bell_qpair_submit(bell_controller_admin(device), &command, NULL));
    assert_int_equal(bell_qpair_wait(bell_controller_admin(device), &end, 1, 20000000), 1);
    for (int i = 0; i < 1000 && bell_msix_isset(&msix, 0) == 0; i++)
        bell_qpair_wait(bell_controller_admin(device), &end, 1, 1000);
    assert_int_equal(bell_msix_isset(&msix, 0), 1);
    bell_msix_release(fn, &msix);

    /* Behind the allocation the client says no, and that is the device's error. */
    assert_int_equal(run(qpair, NVME_NVM_READ, 0, 8, iova + (2u << 20)) & NVME_STATUS_CODE,
                     NVME_SC_DATA_TRANSFER_ERROR);
    MUST(bell_qpair_close(qpair));
    MUST(bell_buffer_free(buffer));
    MUST(bell_device_close(device));
}

/* ---- requests by hand -------------------------------------------------------------------------------------------- */

static struct bell_vu_link asker;

static int link_up(void **state)
{
    int rc = serve(state);
    return rc < 0 ? rc : bell_vu_link_open(&asker, served.path);
}

static int link_down(void **state)
{
    bell_vu_link_close(&asker);
    return stop(state);
}

static int ask_fds(uint16_t command, const void *payload, size_t bytes, void *reply, uint32_t room, const int *fds,
                   uint32_t fd_count)
{
    struct bell_vu_request request = {.command = command,
                                      .first = {payload, bytes},
                                      .reply = reply,
                                      .reply_room = room,
                                      .fds = fds,
                                      .fd_count = fd_count};
    int rc = bell_vu_link_ask(&asker, &request);
    if (request.reply_fd >= 0)
        close(request.reply_fd);
    return rc < 0 ? rc : (int)request.reply_bytes;
}

static int ask(uint16_t command, const void *payload, size_t bytes, void *reply, uint32_t room)
{
    return ask_fds(command, payload, bytes, reply, room, NULL, 0);
}

static int region_read(uint32_t region, uint64_t offset, uint32_t count, uint8_t *reply, uint32_t room)
{
    const struct vfio_user_region_access access = {offset, region, count};
    return ask(VFIO_USER_REGION_READ, &access, sizeof access, reply, room);
}

static void test_the_device_describes_itself(void **state)
{
    struct vfio_user_device_info info = {.argsz = sizeof info};
    struct vfio_user_region_info region = {.argsz = sizeof region};
    uint8_t answer[128];
    assert_int_equal(ask(VFIO_USER_DEVICE_GET_INFO, &info, sizeof info, &info, sizeof info), sizeof info);
    assert_int_equal(info.flags, VFIO_USER_DEVICE_PCI | VFIO_USER_DEVICE_RESETS);
    assert_int_equal(info.regions, 9);
    assert_int_equal(info.irqs, 5);

    /* Too little room for the capability: where it would be and how much is needed; with it: the doorbells. */
    assert_int_equal(ask(VFIO_USER_GET_REGION_INFO, &region, sizeof region, answer, sizeof answer), sizeof region);
    memcpy(&region, answer, sizeof region);
    assert_int_equal(region.argsz, 64);
    assert_int_equal(region.cap_offset, 32);
    assert_int_equal(ask(VFIO_USER_GET_REGION_INFO, &region, sizeof region, answer, sizeof answer), 64);
    struct vfio_user_sparse_area area;
    memcpy(&area, answer + 48, sizeof area);
    assert_int_equal(area.offset, NVME_REG_DOORBELLS);
    assert_int_equal(area.bytes, 4096);

    region = (struct vfio_user_region_info){.argsz = 4096, .index = 9};
    assert_int_equal(ask(VFIO_USER_GET_REGION_INFO, &region, sizeof region, answer, sizeof answer), -EINVAL);
    region.index = 1;
    assert_int_equal(ask(VFIO_USER_GET_REGION_INFO, &region, sizeof region, answer, sizeof answer), sizeof region);
    memcpy(&region, answer, sizeof region);
    assert_int_equal(region.bytes, 0);
}

static void test_regions_are_accessed_in_any_piece(void **state)
{
    static uint8_t config[16 + 4096];
    uint8_t part[16 + 8];
    assert_int_equal(region_read(VFIO_USER_REGION_CONFIG, 0, 4096, config, sizeof config), sizeof config);
    for (uint32_t at = 0; at < 64; at += 7) {
        assert_int_equal(region_read(VFIO_USER_REGION_CONFIG, at, 5, part, sizeof part), 21);
        assert_memory_equal(part + 16, config + 16 + at, 5);
    }
    assert_int_equal(config[16 + PCI_CLASS + 2], 0x01);
    assert_int_equal(region_read(0, NVME_REG_VS, 4, part, sizeof part), 20);
    assert_int_equal(part[18], 2);
    assert_int_equal(region_read(0, NVME_REG_VS + 2, 1, part, sizeof part), 17);
    assert_int_equal(part[16], 2);

    assert_int_equal(region_read(VFIO_USER_REGION_CONFIG, 4093, 4, part, sizeof part), -EINVAL);
    assert_int_equal(region_read(VFIO_USER_REGION_CONFIG, UINT64_MAX, 4, part, sizeof part), -EINVAL);
    assert_int_equal(region_read(1, 0, 4, part, sizeof part), -EINVAL);
    assert_int_equal(region_read(99, 0, 4, part, sizeof part), -EINVAL);
    assert_int_equal(region_read(0, 0, UINT32_MAX, part, sizeof part), -EINVAL);
    /* A write that says more than it brings; one of half a register. */
    assert_int_equal(ask(VFIO_USER_REGION_WRITE, &(struct vfio_user_region_access){0, 0, 8}, 16, part, 16), -EINVAL);
    struct {
        struct vfio_user_region_access access;
        uint64_t value;
    } half = {{NVME_REG_CC, 0, 2}, 1};
    assert_int_equal(ask(VFIO_USER_REGION_WRITE, &half, 18, part, 16), -EINVAL);
}

static void test_memory_that_does_not_fit_is_refused(void **state)
{
    struct vfio_user_dma_map map = {.argsz = sizeof map, .flags = 3, .address = 0x10000, .bytes = 0x4000};
    struct vfio_user_dma_unmap unmap = {.argsz = sizeof unmap, .address = 0x10000, .bytes = 0x4000};
    int file = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(ftruncate(file, 0x4000), 0);
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), 0);
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), -EEXIST);
    map.address = 0x20000;
    map.offset = 0x1000; /* ends behind the file */
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), -EINVAL);
    map.offset = 0;
    map.bytes = 0x1001;
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), -EINVAL);
    map.bytes = 0x1000;
    map.address = UINT64_MAX - 0xfff;
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), -EINVAL);
    map.address = 0x20000;
    map.flags = 0;
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), -EINVAL);
    assert_int_equal(ask(VFIO_USER_DMA_MAP, &map, 31, NULL, 0), -EINVAL);

    close(file);
}

/* Like the kernel's VFIO: QEMU's IOMMU model unmaps whole stretches of address space, with any number of mappings in
 * them. */
static void test_a_range_is_unmapped_with_all_that_lies_in_it(void **state)
{
    struct vfio_user_dma_map map = {.argsz = sizeof map, .flags = 3, .address = 0x10000, .bytes = 0x4000};
    struct vfio_user_dma_unmap unmap = {.argsz = sizeof unmap, .address = 0x10000};
    int file = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(ftruncate(file, 0x4000), 0);
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), 0);
    map.address = 0x20000;
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), 0);

    assert_int_equal(ask(VFIO_USER_DMA_UNMAP, &unmap, sizeof unmap, NULL, 0), -EINVAL); /* no bytes */
    unmap.bytes = 0x1000;                                                               /* a part of a mapping */
    assert_int_equal(ask(VFIO_USER_DMA_UNMAP, &unmap, sizeof unmap, NULL, 0), -EINVAL);
    unmap.bytes = 0x12000; /* one and a half */
    assert_int_equal(ask(VFIO_USER_DMA_UNMAP, &unmap, sizeof unmap, NULL, 0), -EINVAL);
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1),
                     -EEXIST); /* nothing is gone yet */

    unmap = (struct vfio_user_dma_unmap){.argsz = sizeof unmap, .bytes = UINT64_C(0x80000000)};
    assert_int_equal(ask(VFIO_USER_DMA_UNMAP, &unmap, sizeof unmap, NULL, 0), 0);
    assert_int_equal(ask(VFIO_USER_DMA_UNMAP, &unmap, sizeof unmap, NULL, 0), 0); /* nothing in it any more */
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), 0);
    map.address = 0x10000;
    assert_int_equal(ask_fds(VFIO_USER_DMA_MAP, &map, sizeof map, NULL, 0, &file, 1), 0);
    unmap = (struct vfio_user_dma_unmap){.argsz = sizeof unmap, .flags = VFIO_USER_UNMAP_ALL};
    assert_int_equal(ask(VFIO_USER_DMA_UNMAP, &unmap, sizeof unmap, NULL, 0), 0);
    close(file);
}

static int irqs_set(uint32_t flags, uint32_t start, uint32_t count, const int *fds, uint32_t fd_count)
{
    const struct vfio_user_irq_set set = {
        .argsz = sizeof set, .flags = flags, .index = VFIO_USER_IRQ_MSIX, .start = start, .count = count};
    return ask_fds(VFIO_USER_SET_IRQS, &set, sizeof set, NULL, 0, fds, fd_count);
}

static uint64_t events(int fd)
{
    uint64_t count = 0;
    return read(fd, &count, sizeof count) == sizeof count ? count : 0;
}

static void test_interrupts_are_triggered_masked_and_taken_away(void **state)
{
    enum { NONE = VFIO_USER_IRQ_DATA_NONE, FDS = VFIO_USER_IRQ_DATA_EVENTFD };
    enum { TRIGGER = VFIO_USER_IRQ_ACTION_TRIGGER, MASK = VFIO_USER_IRQ_ACTION_MASK };
    enum { UNMASK = VFIO_USER_IRQ_ACTION_UNMASK };
    const int fds[2] = {eventfd(0, EFD_NONBLOCK), eventfd(0, EFD_NONBLOCK)};
    assert_int_equal(irqs_set(FDS | TRIGGER, 3, 2, fds, 2), 0);
    assert_int_equal(irqs_set(NONE | TRIGGER, 4, 1, NULL, 0), 0);
    assert_int_equal(events(fds[0]), 0);
    assert_int_equal(events(fds[1]), 1);
    assert_int_equal(irqs_set(NONE | MASK, 3, 2, NULL, 0), 0);
    assert_int_equal(irqs_set(NONE | TRIGGER, 3, 2, NULL, 0), 0);
    assert_int_equal(events(fds[0]) + events(fds[1]), 0);
    assert_int_equal(irqs_set(NONE | UNMASK, 3, 1, NULL, 0), 0);
    assert_int_equal(events(fds[0]), 1);
    assert_int_equal(events(fds[1]), 0);
    assert_int_equal(irqs_set(NONE | TRIGGER, 0, 0, NULL, 0), 0); /* all of them are taken away */
    assert_int_equal(irqs_set(NONE | TRIGGER, 3, 1, NULL, 0), 0);
    assert_int_equal(events(fds[0]), 0);

    assert_int_equal(irqs_set(FDS | TRIGGER, 3, 2, fds, 1), -EINVAL);
    assert_int_equal(irqs_set(FDS | TRIGGER, 3, 1, &(int){STDOUT_FILENO}, 1), -EINVAL); /* no eventfd */
    assert_int_equal(irqs_set(FDS | TRIGGER, UINT32_MAX, 2, fds, 2), -EINVAL);
    assert_int_equal(irqs_set(FDS | MASK, 3, 2, fds, 2), -ENOTSUP);
    assert_int_equal(irqs_set(NONE | MASK | UNMASK, 3, 1, NULL, 0), -EINVAL);
    assert_int_equal(irqs_set(NONE | MASK, 0, 5000, NULL, 0), -EINVAL);
    close(fds[0]);
    close(fds[1]);
}

static void test_what_is_not_supported_is_said_and_ends_nothing(void **state)
{
    uint8_t reply[16];
    assert_int_equal(ask(VFIO_USER_DEVICE_FEATURE, NULL, 0, reply, sizeof reply), -ENOTSUP);
    assert_int_equal(ask(VFIO_USER_REGION_WRITE_MULTI, NULL, 0, reply, sizeof reply), -ENOTSUP);
    assert_int_equal(ask(999, NULL, 0, reply, sizeof reply), -ENOTSUP);
    assert_int_equal(ask(VFIO_USER_DEVICE_RESET, NULL, 0, reply, sizeof reply), 0);
}

/* ---- no client at all -------------------------------------------------------------------------------------------- */

static int raw_connect(void)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(place.sun_path, served.path);
    assert_int_equal(connect(fd, (struct sockaddr *)&place, sizeof place), 0);
    return fd;
}

static void test_nonsense_is_sent_away_and_the_next_client_served(void **state)
{
    static const struct vfio_user_header nonsense[] = {
        {.command = VFIO_USER_DEVICE_RESET, .bytes = 16},         /* before the version */
        {.command = VFIO_USER_VERSION, .bytes = 3},               /* shorter than itself */
        {.command = VFIO_USER_VERSION, .bytes = UINT32_MAX},      /* longer than is taken */
        {.command = VFIO_USER_DMA_READ, .bytes = 16, .flags = 1}, /* an answer to nothing */
        {.command = VFIO_USER_VERSION, .bytes = 16 + 2},          /* no version, then the end */
    };
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        char rest[64];
        int fd = raw_connect();
        assert_int_equal(write(fd, &nonsense[i], sizeof nonsense[i]), sizeof nonsense[i]);
        shutdown(fd, SHUT_WR);
        while (read(fd, rest, sizeof rest) > 0)
            ;
        close(fd);
    }
    bell_device *device;
    MUST(bell_device_open(served.address, &device));
    MUST(bell_device_close(device));
}

static void test_a_client_that_dies_leaves_a_device_that_opens_again(void **state)
{
    bell_device *device;
    bell_qpair *qpair;
    const bell_controller_config config = {0};
    const bell_qpair_config queue = {.depth = 8, .interrupts = 1, .vector = UINT32_MAX};
    /* Its controller is enabled, its memory mapped, its interrupts set: then its socket closes. */
    for (int i = 0; i < 3; i++) {
        MUST(bell_device_open(served.address, &device));
        uint64_t cc, asq;
        MUST(bell_register_read(device, NVME_REG_CC, 4, &cc));
        MUST(bell_register_read(device, NVME_REG_ASQ, 8, &asq));
        assert_int_equal(cc | asq, 0); /* as after power-on */
        MUST(bell_controller_enable(device, &config));
        MUST(bell_qpair_create(device, &queue, &qpair));
        struct bell_vu_function *function = (struct bell_vu_function *)device->transport->function;
        shutdown(function->link.socket, SHUT_RDWR);
        bell_qpair_close(qpair);
        MUST(bell_device_close(device));
    }
    bell_server_info info;
    MUST(bell_server_get_info(served.server, &info));
    assert_in_range(info.clients, 3, 4);
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, serve, stop)
#define ASKED(name)  cmocka_unit_test_setup_teardown(name, link_up, link_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(test_memory_that_cannot_be_mapped_is_reached_by_messages),
        ASKED(test_the_device_describes_itself),
        ASKED(test_regions_are_accessed_in_any_piece),
        ASKED(test_memory_that_does_not_fit_is_refused),
        ASKED(test_a_range_is_unmapped_with_all_that_lies_in_it),
        ASKED(test_interrupts_are_triggered_masked_and_taken_away),
        ASKED(test_what_is_not_supported_is_said_and_ends_nothing),
        SERVED(test_nonsense_is_sent_away_and_the_next_client_served),
        SERVED(test_a_client_that_dies_leaves_a_device_that_opens_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
