/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole device, enabled, with a buffer of 4 MiB: the embedded simulator always, in this process and served over
 * vfio-user and NVMe/TCP, QEMU's controller model where QEMU is installed. What every device must do is tested on all
 * of them; with DOORBELL_TEST_ADDRESS in the environment it is tested on the device of that address and nothing else is
 * (its data is overwritten).
 */
#ifndef BELL_TEST_RIG_H
#define BELL_TEST_RIG_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../serve/served.h"
#include "../tcp/served_tcp.h"
#include "doorbell.h"
#include "spec/nvme.h"

enum { LBA_BYTES = 512, WAIT_US = 20000000 };

struct rig {
    const char *address;
    const char *serve; /* or the simulated device that is served, and opened over vfio-user */
    struct served served;
    const char *serve_tcp; /* or the one that is served, and opened over NVMe/TCP */
    const char *options;   /* of that address */
    struct served_tcp served_tcp;
    bell_device *device;
    bell_qpair *admin;
    bell_buffer *buffer;
    uint8_t *data;
    uint64_t iova;
};

#define MUST(call) must(call, #call, __LINE__)

static inline int must(int rc, const char *what, int line)
{
    if (rc < 0)
        fail_msg("line %d: %s = %d: %s", line, what, rc, bell_last_error());
    return rc;
}

static inline int rig_setup(void **state)
{
    struct rig *rig = *state;
    const bell_controller_config config = {0};
    int rc = rig->serve ? served_start(&rig->served, rig->serve) : 0;
    if (rig->serve)
        rig->address = rig->served.address;
    if (rc == 0 && rig->serve_tcp) {
        rc = served_tcp_start(&rig->served_tcp, rig->serve_tcp, rig->options);
        rig->address = rig->served_tcp.address;
    }
    if (rc == 0)
        rc = bell_device_open(rig->address, &rig->device);
    if (rc < 0) {
        print_message("%s: %s\n", rig->address, bell_last_error());
        rig->device = NULL;
        return rc == -ENOENT && !rig->serve && !rig->serve_tcp ? 0 : rc;
    }
    rc = bell_controller_enable(rig->device, &config);
    if (rc == 0)
        rc = bell_buffer_alloc(rig->device, 4u << 20, &rig->buffer);
    if (rc < 0) {
        print_message("%s: %s\n", rig->address, bell_last_error());
        return rc;
    }
    rig->admin = bell_controller_admin(rig->device);
    rig->data = bell_buffer_data(rig->buffer);
    rig->iova = bell_buffer_iova(rig->buffer);
    return 0;
}

static inline int rig_teardown(void **state)
{
    struct rig *rig = *state;
    if (!rig->device)
        return 0;
    int rc = bell_buffer_free(rig->buffer);
    if (rc == 0)
        rc = bell_device_close(rig->device);
    if (rig->serve) {
        int stopped = served_stop(&rig->served);
        rc = rc < 0 ? rc : stopped;
    }
    if (rig->serve_tcp) {
        int stopped = served_tcp_stop(&rig->served_tcp);
        rc = rc < 0 ? rc : stopped;
    }
    return rc;
}

static inline struct rig *rig_of(void **state)
{
    struct rig *rig = *state;
    if (!rig->device)
        skip(); /* not installed; the reason has been printed */
    return rig;
}

static inline bell_command command_of(const struct nvme_sqe *sqe, uint64_t iova, uint64_t bytes)
{
    bell_command command = {.data_iova = iova, .data_bytes = bytes};
    memcpy(command.sqe, sqe, sizeof command.sqe);
    return command;
}

static inline uint16_t status_of(const bell_completion *end)
{
    return (uint16_t)(end->cqe[14] | end->cqe[15] << 8) >> 1 & NVME_STATUS_CODE;
}

/* The last event that came while run waited for something else. */
static struct {
    bell_completion end;
    bool seen;
} event;

/* Run one command; an event that comes meanwhile is set aside. Returns its status. */
static inline uint16_t run(bell_qpair *qpair, bell_command command, bell_completion *end)
{
    bell_completion place;
    end = end ? end : &place;
    MUST(bell_qpair_submit(qpair, &command, NULL));
    for (;;) {
        if (MUST(bell_qpair_wait(qpair, end, 1, WAIT_US)) != 1)
            fail_msg("opcode %02xh did not end", command.sqe[0]);
        if (!(end->flags & BELL_CQ_EVENT))
            break;
        event.end = *end;
        event.seen = true;
    }
    assert_int_equal(end->flags, 0);
    return status_of(end);
}

static inline uint16_t identify(struct rig *rig, uint32_t cns, uint32_t nsid)
{
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_IDENTIFY, .nsid = nsid, .cdw10 = cns};
    return run(rig->admin, command_of(&sqe, rig->iova, 4096), NULL);
}

static inline bell_command io_command(uint8_t opcode, uint64_t lba, uint32_t count, uint64_t iova)
{
    const struct nvme_sqe sqe = {
        .opcode = opcode, .nsid = 1, .cdw10 = (uint32_t)lba, .cdw11 = (uint32_t)(lba >> 32), .cdw12 = count - 1};
    return command_of(&sqe, iova, (uint64_t)count * LBA_BYTES);
}

static inline bool rig_has(struct rig *rig, uint32_t feature)
{
    bell_device_info info;
    MUST(bell_device_get_info(rig->device, &info));
    return info.features & feature;
}

/* With interrupts, if they are asked for and the device has any. */
static inline bell_qpair *qpair_new(struct rig *rig, uint32_t depth, bool interrupts)
{
    bell_qpair *qpair = NULL;
    const bell_qpair_config config = {
        .depth = depth, .interrupts = interrupts && rig_has(rig, BELL_HAS_INTERRUPTS), .vector = UINT32_MAX};
    MUST(bell_qpair_create(rig->device, &config, &qpair));
    return qpair;
}

#define ON(rig, test)                                                                                                  \
    {                                                                                                                  \
#rig ": " #test, test, rig_setup, rig_teardown, &rig                                                           \
    }

/* The device of DOORBELL_TEST_ADDRESS. */
static struct rig given;

#define ON_EVERY(test) ON(sim, test), ON(vfio_user, test), ON(qemu, test), ON(given, test)

/* Before the tests run: which of them. */
static inline void rig_choose(void)
{
    given.address = getenv("DOORBELL_TEST_ADDRESS");
    if (given.address)
        cmocka_set_test_filter("given: *");
    else
        cmocka_set_skip_filter("given: *");
}

#endif
