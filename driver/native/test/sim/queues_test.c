/* SPDX-License-Identifier: Apache-2.0 */
/* Creating and deleting queues, aborting, doorbells of queues that are not there, arbitration. */
#include "host.h"

static uint32_t create_cq(struct host *host, uint32_t qid, uint32_t size, uint32_t cdw11, uint64_t prp1)
{
    struct nvme_sqe sqe = {
        .opcode = NVME_ADMIN_CREATE_CQ, .prp1 = prp1, .cdw10 = qid | (size - 1) << 16, .cdw11 = cdw11};

    return host_status(host, 0, &sqe);
}

static uint32_t create_sq(struct host *host, uint32_t qid, uint32_t size, uint32_t cdw11, uint64_t prp1)
{
    struct nvme_sqe sqe = {
        .opcode = NVME_ADMIN_CREATE_SQ, .prp1 = prp1, .cdw10 = qid | (size - 1) << 16, .cdw11 = cdw11};

    return host_status(host, 0, &sqe);
}

static uint32_t delete_queue(struct host *host, uint8_t opcode, uint32_t qid)
{
    const struct nvme_sqe sqe = {.opcode = opcode, .cdw10 = qid};

    return host_status(host, 0, &sqe);
}

static void completion_queue_parameters_are_checked(void **state)
{
    struct host *host = host_ready("");
    const uint64_t memory = host->data_iova;

    assert_int_equal(create_cq(host, 0, 16, 1, memory), NVME_SC_INVALID_QID);
    assert_int_equal(create_cq(host, 33, 16, 1, memory), NVME_SC_INVALID_QID);
    assert_int_equal(create_cq(host, 1, 16, 1, memory), NVME_SC_INVALID_QID); /* exists */
    assert_int_equal(create_cq(host, 2, 1, 1, memory), NVME_SC_INVALID_QUEUE_SIZE);
    assert_int_equal(create_cq(host, 2, 1025, 1, memory), NVME_SC_INVALID_QUEUE_SIZE);
    assert_int_equal(create_cq(host, 2, 16, 0, memory), NVME_SC_INVALID_FIELD); /* CAP.CQR */
    assert_int_equal(create_cq(host, 2, 16, 3 | 33 << 16, memory), NVME_SC_INVALID_VECTOR);
    assert_int_equal(create_cq(host, 2, 16, 1, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(create_cq(host, 2, 16, 1, memory + 16), NVME_SC_PRP_OFFSET);
    assert_int_equal(create_cq(host, 2, 16, 1 | 999 << 16, memory),
                     NVME_SC_SUCCESS); /* no IEN: the vector is not used */
    assert_int_equal(create_cq(host, 32, 1024, 3 | 32 << 16, memory + 65536), NVME_SC_SUCCESS);
    host_close(host);
}

static void submission_queue_parameters_are_checked(void **state)
{
    struct host *host = host_ready("");
    const uint64_t memory = host->data_iova;

    assert_int_equal(create_sq(host, 2, 16, 1 | 0 << 16, memory), NVME_SC_INVALID_QID); /* CQ 0 is the admin's */
    assert_int_equal(create_sq(host, 2, 16, 1 | 40 << 16, memory), NVME_SC_INVALID_QID);
    assert_int_equal(create_sq(host, 2, 16, 1 | 2 << 16, memory), NVME_SC_INVALID_CQ);
    assert_int_equal(create_sq(host, 0, 16, 1 | 1 << 16, memory), NVME_SC_INVALID_QID);
    assert_int_equal(create_sq(host, 1, 16, 1 | 1 << 16, memory), NVME_SC_INVALID_QID);
    assert_int_equal(create_sq(host, 2, 1, 1 | 1 << 16, memory), NVME_SC_INVALID_QUEUE_SIZE);
    assert_int_equal(create_sq(host, 2, 16, 0 | 1 << 16, memory), NVME_SC_INVALID_FIELD);
    assert_int_equal(create_sq(host, 2, 16, 1 | 1 << 16, memory + 64), NVME_SC_PRP_OFFSET);
    assert_int_equal(create_sq(host, 2, 16, 1 | 1 << 16, memory), NVME_SC_SUCCESS);
    host_close(host);
}

static void deletion_keeps_order(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_CQ, 1), NVME_SC_INVALID_QUEUE_DELETION);
    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_SQ, 0), NVME_SC_INVALID_QID);
    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_SQ, 2), NVME_SC_INVALID_QID);
    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_SQ, 1), NVME_SC_SUCCESS);
    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_SQ, 1), NVME_SC_INVALID_QID);
    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_CQ, 1), NVME_SC_SUCCESS);
    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_CQ, 1), NVME_SC_INVALID_QID);
    host_queue_free(host, &host->queue[1]);
    host_queue_create(host, 1, 16); /* the id can be used again */
    host_close(host);
}

static void deleting_a_queue_ends_its_commands(void **state)
{
    struct host *host = host_ready("latency=5s");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    struct nvme_cqe cqe;

    for (int i = 0; i < 5; i++)
        host_submit(host, 1, &sqe);
    host_sleep_us(20000);
    assert_int_equal(delete_queue(host, NVME_ADMIN_DELETE_SQ, 1), NVME_SC_SUCCESS);
    while (host_poll(host, 1, &cqe)) /* those that had been fetched */
        assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_ABORTED_SQ_DELETION);
    host_close(host);
}

static void commands_in_flight_can_be_aborted(void **state)
{
    struct host *host = host_ready("read-latency=10s");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    struct nvme_sqe abort = {.opcode = NVME_ADMIN_ABORT};
    struct nvme_cqe cqe;

    abort.cdw10 = 1 | (uint32_t)host_submit(host, 1, &sqe) << 16;
    host_submit(host, 1, &sqe);
    for (cqe = host_run(host, 0, &abort); cqe.dw0 != 0; cqe = host_run(host, 0, &abort))
        host_sleep_us(100); /* not fetched yet */
    assert_true(host_wait(host, 1, &cqe));
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_ABORT_REQUESTED);
    assert_int_equal(cqe.cid, abort.cdw10 >> 16);
    cqe = host_run(host, 0, &abort);
    assert_int_equal(nvme_cqe_status(&cqe), 0);
    assert_int_equal(cqe.dw0, 1); /* there is nothing left to abort */
    host_close(host);
}

/* ---- doorbells -----------------------------------------------------------------------------------------------------
 */

static uint32_t event_after(struct host *host, uint32_t qid, bool cq, uint32_t value)
{
    const struct nvme_sqe aer = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    struct nvme_cqe cqe;

    host_submit(host, 0, &aer);
    host_ring(host, qid, cq, value);
    assert_true(host_wait(host, 0, &cqe));
    return cqe.dw0;
}

static void log_read(struct host *host)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_LOG_PAGE, 0, NVME_LID_ERROR | 15 << 16, 0);

    assert_int_equal(host_status(host, 0, &sqe), 0);
}

static void doorbells_that_do_not_exist_are_reported(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_error_log_entry *entry = (const struct nvme_error_log_entry *)host->data;

    assert_int_equal(event_after(host, 5, false, 1), 0x010000); /* log page 1, error, invalid register */
    log_read(host);
    assert_int_equal(entry->sqid, 5);
    assert_int_equal(entry->cid, 0xffff);
    assert_int_equal(event_after(host, 5, true, 1), 0x010000);
    log_read(host);
    assert_int_equal(event_after(host, 200, false, 0), 0x010000);
    host_close(host);
}

static void impossible_doorbell_values_are_reported(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);

    assert_int_equal(event_after(host, 1, false, HOST_DEPTH), 0x010100);
    log_read(host);
    assert_int_equal(event_after(host, 1, true, 7), 0x010100); /* no such entries were posted */
    log_read(host);
    host_ring(host, 1, true, 0);
    assert_int_equal(host_status(host, 1, &sqe), 0); /* good values still work */
    host_close(host);
}

/* ---- arbitration
 * ------------------------------------------------------------------------------------------------------ */

static void urgent_queue_goes_first(void **state)
{
    struct host *host = host_open("");
    struct nvme_sqe sqe;
    struct nvme_cqe cqe;

    host_queue_init(host, &host->queue[0], 0, HOST_DEPTH);
    host_write(host, NVME_REG_AQA, 4, (HOST_DEPTH - 1) | (HOST_DEPTH - 1) << 16);
    host_write(host, NVME_REG_ASQ, 8, host->queue[0].sq_iova);
    host_write(host, NVME_REG_ACQ, 8, host->queue[0].cq_iova);
    host_write(host, NVME_REG_CC, 4, 0x00460001 | (uint32_t)NVME_PUT(NVME_CC_AMS_WRR, NVME_CC_AMS));
    assert_true(host_csts_wait(host, NVME_CSTS_RDY, NVME_CSTS_RDY));
    host_queue_init(host, &host->queue[1], 1, HOST_DEPTH);
    assert_int_equal(create_cq(host, 1, HOST_DEPTH, 1, host->queue[1].cq_iova), 0);
    assert_int_equal(create_sq(host, 1, HOST_DEPTH, 1 | 3 << 1 | 1 << 16, host->queue[1].sq_iova), 0); /* low */
    host_queue_init(host, &host->queue[2], 2, HOST_DEPTH);
    assert_int_equal(create_sq(host, 2, HOST_DEPTH, 1 | 0 << 1 | 1 << 16, host->queue[2].sq_iova), 0); /* urgent */

    /* Both queues are filled while the device may not fetch. */
    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
    sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    for (int i = 0; i < 20; i++) {
        host_put(&host->queue[1], &sqe);
        host_put(&host->queue[2], &sqe);
    }
    host_ring(host, 1, false, host->queue[1].tail);
    host_ring(host, 2, false, host->queue[2].tail);
    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    for (int i = 0; i < 40; i++) {
        assert_true(host_wait(host, 1, &cqe));
        assert_int_equal(cqe.sqid, i < 20 ? 2 : 1);
    }
    host_close(host);
}

static void unknown_admin_opcodes_are_refused(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, 0x03, 0, 0, 0);

    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_OPCODE);
    sqe.opcode = 0xff;
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_OPCODE);
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLER, 0);
    sqe.flags = 0x40;
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD);
    sqe.flags = NVME_FUSE_FIRST;
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completion_queue_parameters_are_checked),
        cmocka_unit_test(submission_queue_parameters_are_checked),
        cmocka_unit_test(deletion_keeps_order),
        cmocka_unit_test(deleting_a_queue_ends_its_commands),
        cmocka_unit_test(commands_in_flight_can_be_aborted),
        cmocka_unit_test(doorbells_that_do_not_exist_are_reported),
        cmocka_unit_test(impossible_doorbell_values_are_reported),
        cmocka_unit_test(urgent_queue_goes_first),
        cmocka_unit_test(unknown_admin_opcodes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
