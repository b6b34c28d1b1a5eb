/* SPDX-License-Identifier: Apache-2.0 */
/* Reservations: keys, the six types, preemption, what a loss of power leaves, notifications. */
#include "host.h"

#include <stdio.h>
#include <unistd.h>

#include "sim/admin.h"

#define ONE   UINT64_C(0x1111111111111111)
#define TWO   UINT64_C(0x2222222222222222)
#define THREE UINT64_C(0x3333333333333333)

static uint32_t send(struct host *host, uint8_t opcode, uint32_t cdw10, uint64_t key, uint64_t other)
{
    struct nvme_sqe sqe = host_admin(host, opcode, 1, cdw10, 0);
    const uint64_t keys[2] = {key, other};

    memcpy(host->data, keys, sizeof keys);
    return host_status(host, 1, &sqe);
}

static uint32_t enroll(struct host *host, uint64_t key)
{
    return send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_REGISTER, 0, key);
}

static uint32_t acquire(struct host *host, uint32_t action, uint32_t type, uint64_t key, uint64_t other)
{
    return send(host, NVME_NVM_RESERVATION_ACQUIRE, action | type << 8, key, other);
}

static uint32_t release(struct host *host, uint32_t action, uint32_t type, uint64_t key)
{
    return send(host, NVME_NVM_RESERVATION_RELEASE, action | type << 8, key, 0);
}

/* The same as another host, "peer" and a digit. */
static uint32_t peer(struct host *host, uint8_t who, uint8_t opcode, uint32_t cdw10, uint64_t key, uint64_t other)
{
    struct nvme_sqe sqe = host_admin(host, SIM_ADMIN_PEER_RESERVATION, 1, cdw10, opcode);
    const uint64_t keys[2] = {key, other};

    memset(host->data, 0, 16);
    memcpy(host->data, "peer", 4);
    host->data[4] = who;
    memcpy(host->data + 16, keys, sizeof keys);
    return host_status(host, 0, &sqe);
}

static uint32_t io(struct host *host, uint8_t opcode)
{
    const struct nvme_sqe sqe = host_io(host, opcode, 1, 0, 1);

    return host_status(host, 1, &sqe);
}

static uint32_t host_id(struct host *host, const char *id, bool extended)
{
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_HOST_ID, extended);

    memset(host->data, 0, 16);
    memcpy(host->data, id, strlen(id));
    return host_status(host, 0, &sqe);
}

static uint32_t feature(struct host *host, uint32_t fid, uint32_t value)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 1, fid, value);

    return host_status(host, 0, &sqe);
}

/* Another host takes this one's place. */
static void host_change(struct host *host, const char *id)
{
    host_disable(host);
    host_enable(host);
    host_queue_create(host, 1, HOST_DEPTH);
    if (id != NULL)
        assert_int_equal(host_id(host, id, true), 0);
}

static const struct nvme_reservation_status *report(struct host *host, bool extended)
{
    struct nvme_sqe sqe = host_admin(host, NVME_NVM_RESERVATION_REPORT, 1, 1023, extended);

    memset(host->data, 0xee, 4096);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    return (const struct nvme_reservation_status *)host->data;
}

static const struct nvme_registered_controller_extended *registrant(struct host *host, uint32_t index)
{
    return (const struct nvme_registered_controller_extended *)(host->data + 64) + index;
}

static const struct nvme_reservation_log *notice(struct host *host)
{
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_LOG_PAGE, 0, NVME_LID_RESERVATION | 15u << 16, 0);

    assert_int_equal(host_status(host, 0, &sqe), 0);
    return (const struct nvme_reservation_log *)host->data;
}

/* ---- one host -----------------------------------------------------------------------------------------------------
 */

static void keys_are_registered_replaced_and_withdrawn(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_UNREGISTER, ONE, 0),
                     NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, 3, ONE, TWO), NVME_SC_INVALID_FIELD);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, 1u << 30, 0, ONE), NVME_SC_INVALID_FIELD);
    assert_int_equal(enroll(host, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(enroll(host, ONE), 0); /* again is no error, another key is */
    assert_int_equal(enroll(host, TWO), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(report(host, true)->gen, 1);
    assert_int_equal(registrant(host, 0)->rkey, ONE);
    assert_int_equal(registrant(host, 0)->cntlid, 1);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_REPLACE, TWO, THREE),
                     NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_REPLACE, ONE, TWO), 0);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_REPLACE | NVME_RES_IEKEY, ONE, THREE), 0);
    assert_int_equal(report(host, true)->gen, 3);
    assert_int_equal(registrant(host, 0)->rkey, THREE);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_UNREGISTER, THREE, 0), 0);
    assert_int_equal(report(host, true)->regctl, 0);
    host_close(host);
}

static void a_reservation_is_acquired_and_released(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 1, ONE, 0), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 1, TWO, 0), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 0, ONE, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 7, ONE, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(acquire(host, 3, 1, ONE, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(acquire(host, NVME_RES_IEKEY, 1, ONE, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 1, ONE, 0), 0);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 1, ONE, 0), 0);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 2, ONE, 0), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(report(host, false)->rtype, 1);
    assert_int_equal(((const struct nvme_registered_controller *)(host->data + 24))->rcsts, 1);
    assert_int_equal(((const struct nvme_registered_controller *)(host->data + 24))->rkey, ONE);
    assert_int_equal(io(host, NVME_NVM_WRITE), 0);
    assert_int_equal(release(host, NVME_RES_RELEASE, 2, ONE), NVME_SC_INVALID_FIELD);
    assert_int_equal(release(host, NVME_RES_RELEASE, 1, TWO), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(release(host, NVME_RES_RELEASE, 1, ONE), 0);
    assert_int_equal(release(host, NVME_RES_RELEASE, 1, ONE), 0); /* holds none: nothing to do */
    assert_int_equal(report(host, true)->rtype, 0);
    assert_int_equal(report(host, true)->gen, 1);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 6, ONE, 0), 0);
    assert_int_equal(release(host, NVME_RES_CLEAR, 0, ONE), 0);
    assert_int_equal(report(host, true)->regctl, 0);
    assert_int_equal(report(host, true)->rtype, 0);
    assert_int_equal(report(host, true)->gen, 2);
    host_close(host);
}

/* ---- another host -------------------------------------------------------------------------------------------------
 */

static void types_forbid_what_they_must(void **state)
{
    const uint32_t conflict = NVME_SC_RESERVATION_CONFLICT;
    struct host *host = host_ready("");

    host_change(host, "host A");
    for (uint32_t type = 1; type <= 6; type++) {
        const uint32_t read = type % 2 != 0 ? 0 : conflict;
        const uint32_t registered = type > 2 ? 0 : conflict;

        assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
        assert_int_equal(io(host, NVME_NVM_WRITE), 0);
        assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_ACQUIRE, type << 8, TWO, 0), 0);
        assert_int_equal(io(host, NVME_NVM_READ), read);
        assert_int_equal(io(host, NVME_NVM_WRITE), conflict);
        assert_int_equal(io(host, NVME_NVM_WRITE_ZEROES), conflict);
        assert_int_equal(io(host, NVME_NVM_FLUSH), conflict);
        assert_int_equal(io(host, NVME_NVM_DSM), conflict);
        assert_int_equal(io(host, NVME_NVM_VERIFY), read);
        struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, 0, 0);
        assert_int_equal(host_status(host, 0, &sqe), conflict);
        sqe = host_io(host, NVME_NVM_WRITE, 2, 0, 1); /* the other namespace is free */
        assert_int_equal(host_status(host, 1, &sqe), 0);
        assert_int_equal(acquire(host, NVME_RES_ACQUIRE, type, ONE, 0), conflict);

        assert_int_equal(enroll(host, ONE), 0);
        assert_int_equal(io(host, NVME_NVM_READ), type == 2 ? conflict : 0);
        assert_int_equal(io(host, NVME_NVM_WRITE), registered);
        assert_int_equal(acquire(host, NVME_RES_ACQUIRE, type, ONE, 0), type >= 5 ? 0 : conflict);
        assert_int_equal(report(host, true)->rtype, type);
        assert_int_equal(report(host, true)->regctl, 2);
        assert_int_equal(registrant(host, 0)->rcsts, 1);
        assert_int_equal(registrant(host, 0)->cntlid, 0xffff);
        assert_memory_equal(registrant(host, 0)->hostid, "peer1", 6);
        assert_int_equal(registrant(host, 1)->rcsts, type >= 5);
        assert_int_equal(registrant(host, 1)->cntlid, 1);
        assert_int_equal(release(host, NVME_RES_CLEAR, 0, ONE), 0);
    }
    host_close(host);
}

static void a_fused_write_needs_the_right_to_write(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe compare = host_io(host, NVME_NVM_COMPARE, 1, 0, 1);
    struct nvme_sqe write = host_io(host, NVME_NVM_WRITE, 1, 0, 1);
    struct nvme_cqe cqe;

    memset(host->data, 0, 4096);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_ACQUIRE, 1 << 8, TWO, 0), 0);
    memset(host->data, 0, 4096);
    compare.flags = NVME_FUSE_FIRST;
    write.flags = NVME_FUSE_SECOND;
    host_put(&host->queue[1], &compare);
    host_put(&host->queue[1], &write);
    host_ring(host, 1, false, host->queue[1].tail);
    assert_true(host_wait(host, 1, &cqe));
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_RESERVATION_CONFLICT);
    assert_true(host_wait(host, 1, &cqe));
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_ABORTED_FUSED_FAILED);
    host_close(host);
}

static void another_host_identifier_is_another_host(void **state)
{
    struct host *host = host_ready("");

    host_change(host, "host A");
    assert_int_equal(host_id(host, "host B", true), NVME_SC_COMMAND_SEQUENCE);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 2, ONE, 0), 0);
    host_change(host, "host B");
    assert_int_equal(io(host, NVME_NVM_READ), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(enroll(host, TWO), 0);
    assert_int_equal(io(host, NVME_NVM_READ), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(acquire(host, NVME_RES_PREEMPT, 1, TWO, ONE), 0);
    assert_int_equal(io(host, NVME_NVM_WRITE), 0);
    assert_int_equal(report(host, true)->regctl, 1);
    host_change(host, "host A");
    assert_int_equal(io(host, NVME_NVM_READ), 0);
    assert_int_equal(io(host, NVME_NVM_WRITE), NVME_SC_RESERVATION_CONFLICT);
    host_close(host);
}

static void a_host_without_identifier_does_not_outlast_a_reset(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 2, ONE, 0), 0);
    host_change(host, NULL);
    assert_int_equal(report(host, true)->rtype, 0);
    assert_int_equal(report(host, true)->regctl, 0);
    assert_int_equal(io(host, NVME_NVM_WRITE), 0);
    host_close(host);
}

static void preemption_takes_keys_and_reservations(void **state)
{
    struct host *host = host_ready("");

    host_change(host, "host A");
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    assert_int_equal(peer(host, '2', NVME_NVM_RESERVATION_REGISTER, 0, 0, THREE), 0);
    /* no reservation: keys alone */
    assert_int_equal(acquire(host, NVME_RES_PREEMPT, 1, ONE, 99), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(acquire(host, NVME_RES_PREEMPT, 1, ONE, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(acquire(host, NVME_RES_PREEMPT_ABORT, 1, ONE, THREE), 0);
    assert_int_equal(report(host, true)->regctl, 2);
    assert_int_equal(report(host, true)->rtype, 0);
    /* the holder's key: the reservation, too, with a new type */
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_ACQUIRE, 2 << 8, TWO, 0), 0);
    assert_int_equal(acquire(host, NVME_RES_PREEMPT, 3, ONE, TWO), 0);
    assert_int_equal(report(host, true)->rtype, 3);
    assert_int_equal(report(host, true)->regctl, 1);
    /* oneself: the type alone */
    assert_int_equal(acquire(host, NVME_RES_PREEMPT, 5, ONE, ONE), 0);
    assert_int_equal(report(host, true)->rtype, 5);
    /* all registrants: key 0 */
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    assert_int_equal(peer(host, '2', NVME_NVM_RESERVATION_REGISTER, 0, 0, THREE), 0);
    assert_int_equal(acquire(host, NVME_RES_PREEMPT, 2, ONE, 0), 0);
    assert_int_equal(report(host, true)->rtype, 2);
    assert_int_equal(report(host, true)->regctl, 1);
    host_close(host);
}

static void a_loss_of_power_ends_what_does_not_persist(void **state)
{
    struct host *host = host_ready("");

    for (uint32_t persists = 0; persists < 2; persists++) {
        host_change(host, "host A");
        assert_int_equal(enroll(host, ONE), 0);
        assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 1, ONE, 0), 0);
        assert_int_equal(feature(host, NVME_FEAT_RESERVATION_PERSISTENCE, persists), 0);
        assert_int_equal(report(host, true)->ptpls, persists);
        assert_int_equal(host->fn->ops->power(host->fn, false), 0);
        assert_int_equal(host->fn->ops->power(host->fn, true), 0);
        host_enable(host);
        host_queue_free(host, &host->queue[1]);
        host_queue_create(host, 1, HOST_DEPTH);
        assert_int_equal(report(host, true)->rtype, persists);
        assert_int_equal(report(host, true)->regctl, persists);
        assert_int_equal(report(host, true)->gen, persists);
        assert_int_equal(io(host, NVME_NVM_WRITE), persists ? NVME_SC_RESERVATION_CONFLICT : 0);
    }
    /* CPTPL of a registration is the same switch. */
    assert_int_equal(host_id(host, "host A", true), 0);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_REPLACE | 2u << 30, ONE, TWO), 0);
    assert_int_equal(report(host, true)->ptpls, 0);
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, NVME_RES_REPLACE | 3u << 30, TWO, ONE), 0);
    assert_int_equal(report(host, true)->ptpls, 1);
    host_close(host);
}

static void a_file_keeps_what_persists(void **state)
{
    char path[] = "/tmp/doorbell-reservations-XXXXXX";
    char options[80];
    const int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    snprintf(options, sizeof options, "size=16MiB,file=%s", path);
    struct host *host = host_ready(options);
    host_change(host, "host A");
    assert_int_equal(send(host, NVME_NVM_RESERVATION_REGISTER, 3u << 30, 0, ONE), 0);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 4, ONE, 0), 0);
    host_close(host);
    host = host_ready(options);
    assert_int_equal(report(host, true)->rtype, 4);
    assert_int_equal(io(host, NVME_NVM_READ), NVME_SC_RESERVATION_CONFLICT);
    host_close(host);
    unlink(path);
}

static void the_report_has_two_formats(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, NVME_NVM_RESERVATION_REPORT, 1, 1023, 0);

    assert_int_equal(host_id(host, "host 64", false), 0);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(report(host, false)->regctl, 1);
    assert_memory_equal(&((const struct nvme_registered_controller *)(host->data + 24))->hostid, "host 64", 8);
    assert_int_equal(report(host, true)->regctl, 1);
    host_change(host, "a host of 128 b");
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_HOST_ID_FORMAT);
    sqe.cdw10 = 5; /* the head alone */
    sqe.cdw11 = 1;
    memset(host->data, 0xee, 64);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    assert_int_equal(((const struct nvme_reservation_status *)host->data)->regctl, 1);
    assert_int_equal(host->data[24], 0xee);
    host_close(host);
}

static void there_is_room_for_sixteen(void **state)
{
    struct host *host = host_ready("");

    for (uint8_t i = 0; i < 16; i++)
        assert_int_equal(peer(host, (uint8_t)(i + 1), NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    assert_int_equal(enroll(host, ONE), NVME_SC_INTERNAL);
    assert_int_equal(report(host, true)->regctl, 16);
    host_close(host);
}

static void a_deleted_namespace_takes_them_along(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_NS_MANAGEMENT, 1, 1, 0);

    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_ACQUIRE, 1 << 8, TWO, 0), 0);
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_RESERVATION_CONFLICT);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_RELEASE, 1 << 8, TWO, 0), 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    sqe = host_admin(host, NVME_ADMIN_NS_MANAGEMENT, 0, 0, 0);
    memset(host->data, 0, 4096);
    ((uint64_t *)host->data)[0] = ((uint64_t *)host->data)[1] = 1024;
    assert_int_equal(host_status(host, 0, &sqe), 0);
    sqe = host_admin(host, NVME_ADMIN_NS_ATTACHMENT, 1, 0, 0);
    memset(host->data, 0, 4096);
    ((uint16_t *)host->data)[0] = ((uint16_t *)host->data)[1] = 1;
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(report(host, true)->regctl, 0);
    assert_int_equal(report(host, true)->gen, 0);
    host_close(host);
}

/* ---- notifications --------------------------------------------------------------------------------------------------
 */

static void the_host_learns_what_others_did(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    struct nvme_cqe cqe;

    host_change(host, "host A");
    assert_int_equal(notice(host)->type, NVME_RESLOG_EMPTY);
    const uint16_t request = host_submit(host, 0, &sqe);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    /* a shared reservation ends */
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_ACQUIRE, 3 << 8, TWO, 0), 0);
    sqe = host_admin(host, SIM_ADMIN_PEER_RESERVATION, 1, 3 << 8, NVME_NVM_RESERVATION_RELEASE);
    memset(host->data, 0, 32);
    memcpy(host->data, "peer1", 5);
    memcpy(host->data + 16, &(uint64_t){TWO}, 8);
    const uint16_t released = host_submit(host, 0, &sqe);
    bool told = false;
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(host_wait(host, 0, &cqe));
        assert_int_equal(nvme_cqe_status(&cqe), 0);
        if (cqe.cid == request) {
            assert_int_equal(cqe.dw0, NVME_AER_IO_COMMAND_SET | NVME_LID_RESERVATION << 16);
            told = true;
        } else {
            assert_int_equal(cqe.cid, released);
        }
    }
    assert_true(told);
    /* the host's own is preempted, then its registration */
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 1, ONE, 0), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_ACQUIRE, NVME_RES_PREEMPT | 1 << 8, TWO, ONE), 0);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_ACQUIRE, NVME_RES_PREEMPT | 1 << 8, TWO, ONE), 0);
    assert_int_equal(notice(host)->type, NVME_RESLOG_RELEASED);
    assert_int_equal(((const struct nvme_reservation_log *)host->data)->count, 1);
    assert_int_equal(((const struct nvme_reservation_log *)host->data)->available, 2);
    assert_int_equal(((const struct nvme_reservation_log *)host->data)->nsid, 1);
    /* one was read, and there are more: the next request for events ends at once */
    sqe = (struct nvme_sqe){.opcode = NVME_ADMIN_ASYNC_EVENT};
    cqe = host_run(host, 0, &sqe);
    assert_int_equal(cqe.dw0, NVME_AER_IO_COMMAND_SET | NVME_LID_RESERVATION << 16);
    assert_int_equal(notice(host)->type, NVME_RESLOG_PREEMPTED);
    assert_int_equal(notice(host)->type, NVME_RESLOG_REGISTRATION_PREEMPTED);
    assert_int_equal(notice(host)->type, NVME_RESLOG_EMPTY);
    host_close(host);
}

static void masked_notifications_stay_out(void **state)
{
    struct host *host = host_ready("");

    host_change(host, "host A");
    assert_int_equal(feature(host, NVME_FEAT_RESERVATION_MASK, 0x10), NVME_SC_INVALID_FIELD);
    assert_int_equal(feature(host, NVME_FEAT_RESERVATION_MASK, 1u << NVME_RESLOG_PREEMPTED), 0);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(acquire(host, NVME_RES_ACQUIRE, 1, ONE, 0), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_RELEASE, NVME_RES_CLEAR, TWO, 0), 0);
    assert_int_equal(notice(host)->type, NVME_RESLOG_EMPTY);
    assert_int_equal(enroll(host, ONE), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_REGISTER, 0, 0, TWO), 0);
    assert_int_equal(peer(host, '1', NVME_NVM_RESERVATION_RELEASE, NVME_RES_CLEAR, TWO, 0), 0);
    assert_int_equal(notice(host)->type, NVME_RESLOG_REGISTRATION_PREEMPTED);
    assert_int_equal(notice(host)->type, NVME_RESLOG_EMPTY);
    host_close(host);
}

static void peers_are_checked(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, SIM_ADMIN_PEER_RESERVATION, 1, 0, NVME_NVM_RESERVATION_REGISTER);

    memset(host->data, 0, 32);
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD); /* a peer has an identifier */
    host->data[0] = 1;
    sqe.cdw11 = NVME_NVM_RESERVATION_REPORT;
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD);
    sqe.nsid = 77;
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_NAMESPACE);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_registered_replaced_and_withdrawn),
        cmocka_unit_test(a_reservation_is_acquired_and_released),
        cmocka_unit_test(types_forbid_what_they_must),
        cmocka_unit_test(a_fused_write_needs_the_right_to_write),
        cmocka_unit_test(another_host_identifier_is_another_host),
        cmocka_unit_test(a_host_without_identifier_does_not_outlast_a_reset),
        cmocka_unit_test(preemption_takes_keys_and_reservations),
        cmocka_unit_test(a_loss_of_power_ends_what_does_not_persist),
        cmocka_unit_test(a_file_keeps_what_persists),
        cmocka_unit_test(the_report_has_two_formats),
        cmocka_unit_test(there_is_room_for_sixteen),
        cmocka_unit_test(a_deleted_namespace_takes_them_along),
        cmocka_unit_test(the_host_learns_what_others_did),
        cmocka_unit_test(masked_notifications_stay_out),
        cmocka_unit_test(peers_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
