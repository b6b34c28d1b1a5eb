/* SPDX-License-Identifier: Apache-2.0 */
/* Directives: what is enabled, streams that open by writing, their limit, and what ends them. */
#include "host.h"

static uint32_t receive(struct host *host, uint32_t nsid, uint32_t type, uint32_t operation, uint32_t cdw12)
{
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_DIRECTIVE_RECEIVE, nsid, 1023, operation | type << 8);

    sqe.cdw12 = cdw12;
    memset(host->data, 0xee, 4096);
    return host_status(host, 0, &sqe);
}

static uint32_t send(struct host *host, uint32_t nsid, uint32_t type, uint32_t operation, uint32_t specific,
                     uint32_t cdw12)
{
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_DIRECTIVE_SEND, nsid, 0, operation | type << 8 | specific << 16);

    sqe.cdw12 = cdw12;
    return host_status(host, 0, &sqe);
}

static uint32_t streams_enable(struct host *host, uint32_t nsid, bool on)
{
    return send(host, nsid, NVME_DTYPE_IDENTIFY, NVME_DIRECTIVE_ENABLE, 0, NVME_DTYPE_STREAMS << 8 | on);
}

static const struct nvme_streams_parameters *parameters(struct host *host, uint32_t nsid)
{
    assert_int_equal(receive(host, nsid, NVME_DTYPE_STREAMS, NVME_DIRECTIVE_PARAMETERS, 0), 0);
    return (const struct nvme_streams_parameters *)host->data;
}

static uint32_t allocate(struct host *host, uint32_t nsid, uint32_t count, uint32_t *given)
{
    struct nvme_sqe sqe =
        host_admin(host, NVME_ADMIN_DIRECTIVE_RECEIVE, nsid, 0, NVME_DIRECTIVE_ALLOCATE | NVME_DTYPE_STREAMS << 8);

    sqe.cdw12 = count;
    const struct nvme_cqe cqe = host_run(host, 0, &sqe);
    *given = cqe.dw0;
    return nvme_cqe_status(&cqe) & NVME_STATUS_CODE;
}

static uint32_t io(struct host *host, uint8_t opcode, uint32_t nsid, uint32_t type, uint32_t specific)
{
    struct nvme_sqe sqe = host_io(host, opcode, nsid, 0, 1);

    sqe.cdw12 |= type << 20;
    sqe.cdw13 = specific << 16;
    return host_status(host, 1, &sqe);
}

static uint32_t stream_write(struct host *host, uint32_t nsid, uint32_t id)
{
    return io(host, NVME_NVM_WRITE, nsid, NVME_DTYPE_STREAMS, id);
}

/* Bit by id, of ids below 32. */
static uint32_t open_streams(struct host *host, uint32_t nsid)
{
    const uint16_t *status = (const uint16_t *)host->data;
    uint32_t open = 0;

    assert_int_equal(receive(host, nsid, NVME_DTYPE_STREAMS, NVME_DIRECTIVE_STATUS, 0), 0);
    for (uint32_t i = 0; i < status[0]; i++)
        open |= 1u << status[1 + i];
    assert_int_equal(__builtin_popcount(open), status[0]);
    return open;
}

static void streams_are_enabled_for_a_namespace(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_directive_parameters *directives = (const struct nvme_directive_parameters *)host->data;

    assert_int_equal(receive(host, 1, NVME_DTYPE_IDENTIFY, NVME_DIRECTIVE_PARAMETERS, 0), 0);
    assert_int_equal(directives->supported[0], 3);
    assert_int_equal(directives->enabled[0], 1);
    assert_int_equal(directives->enabled[1], 0);
    assert_int_equal(receive(host, 1, NVME_DTYPE_STREAMS, NVME_DIRECTIVE_PARAMETERS, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(stream_write(host, 1, 1), NVME_SC_INVALID_FIELD);
    assert_int_equal(streams_enable(host, 1, true), 0);
    assert_int_equal(receive(host, 1, NVME_DTYPE_IDENTIFY, NVME_DIRECTIVE_PARAMETERS, 0), 0);
    assert_int_equal(directives->enabled[0], 3);
    assert_int_equal(receive(host, 2, NVME_DTYPE_IDENTIFY, NVME_DIRECTIVE_PARAMETERS, 0), 0);
    assert_int_equal(directives->enabled[0], 1);
    assert_int_equal(stream_write(host, 1, 1), 0);
    assert_int_equal(stream_write(host, 2, 1), NVME_SC_INVALID_FIELD);
    assert_int_equal(streams_enable(host, NVME_NSID_ALL, true), 0);
    assert_int_equal(stream_write(host, 2, 1), 0);
    assert_int_equal(streams_enable(host, 1, false), 0);
    assert_int_equal(stream_write(host, 1, 1), NVME_SC_INVALID_FIELD);
    host_disable(host);
    host_enable(host);
    host_queue_create(host, 1, HOST_DEPTH);
    assert_int_equal(stream_write(host, 2, 1), NVME_SC_INVALID_FIELD);
    host_close(host);
}

static void what_is_not_there_is_refused(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(receive(host, 0, NVME_DTYPE_IDENTIFY, 1, 0), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(receive(host, 1, NVME_DTYPE_IDENTIFY, 2, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(receive(host, 1, 9, 1, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(send(host, 1, NVME_DTYPE_IDENTIFY, 2, 0, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(send(host, 1, NVME_DTYPE_IDENTIFY, 1, 0, 0), NVME_SC_INVALID_FIELD); /* disable Identify */
    assert_int_equal(send(host, 1, NVME_DTYPE_IDENTIFY, 1, 0, 9 << 8 | 1), NVME_SC_INVALID_FIELD);
    assert_int_equal(streams_enable(host, 7, true), NVME_SC_INVALID_FIELD);
    assert_int_equal(streams_enable(host, 1, true), 0);
    assert_int_equal(receive(host, 1, NVME_DTYPE_STREAMS, 4, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(send(host, 1, NVME_DTYPE_STREAMS, 3, 0, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 2, 1), NVME_SC_INVALID_FIELD);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0, 1), 0);
    host_close(host);

    host = host_ready("streams=0");
    assert_int_equal(streams_enable(host, 1, true), NVME_SC_INVALID_FIELD);
    assert_int_equal(receive(host, 1, NVME_DTYPE_IDENTIFY, NVME_DIRECTIVE_PARAMETERS, 0), 0);
    assert_int_equal(host->data[0], 1);
    host_close(host);
}

static void writes_open_streams_up_to_the_limit(void **state)
{
    struct host *host = host_ready("streams=3");

    assert_int_equal(streams_enable(host, NVME_NSID_ALL, true), 0);
    assert_int_equal(parameters(host, 1)->msl, 3);
    assert_int_equal(parameters(host, 1)->nssa, 3);
    assert_int_equal(parameters(host, 1)->nsso, 0);
    assert_int_equal(stream_write(host, 1, 0), 0); /* no stream */
    assert_int_equal(open_streams(host, 1), 0);
    assert_int_equal(stream_write(host, 1, 5), 0);
    assert_int_equal(stream_write(host, 1, 6), 0);
    assert_int_equal(stream_write(host, 2, 5), 0);
    assert_int_equal(parameters(host, 1)->nsso, 3);
    assert_int_equal(io(host, NVME_NVM_WRITE_ZEROES, 1, NVME_DTYPE_STREAMS, 5), 0);
    /* the one that was not written for the longest time gives way: stream 6 */
    assert_int_equal(stream_write(host, 2, 9), 0);
    assert_int_equal(open_streams(host, 1), 1u << 5);
    assert_int_equal(open_streams(host, 2), 1u << 5 | 1u << 9);
    assert_int_equal(send(host, 2, NVME_DTYPE_STREAMS, NVME_DIRECTIVE_RELEASE_ID, 5, 0), 0);
    assert_int_equal(send(host, 2, NVME_DTYPE_STREAMS, NVME_DIRECTIVE_RELEASE_ID, 77, 0), 0);
    assert_int_equal(open_streams(host, 2), 1u << 9);
    assert_int_equal(send(host, 2, NVME_DTYPE_STREAMS, NVME_DIRECTIVE_RELEASE_ALL, 0, 0), 0);
    assert_int_equal(open_streams(host, 2), 0);
    assert_int_equal(parameters(host, 1)->nsso, 1);
    host_close(host);
}

static void allocated_streams_belong_to_one_namespace(void **state)
{
    struct host *host = host_ready("streams=4");
    uint32_t given;

    assert_int_equal(streams_enable(host, NVME_NSID_ALL, true), 0);
    for (uint32_t id = 1; id <= 4; id++)
        assert_int_equal(stream_write(host, 1, id), 0);
    assert_int_equal(allocate(host, 1, 0, &given), NVME_SC_INVALID_FIELD);
    assert_int_equal(allocate(host, 1, 2, &given), 0);
    assert_int_equal(given, 2);
    assert_int_equal(allocate(host, 1, 2, &given), NVME_SC_INVALID_FIELD);
    assert_int_equal(open_streams(host, 1), 1u << 3 | 1u << 4); /* the rest was closed */
    assert_int_equal(parameters(host, 1)->nsa, 2);
    assert_int_equal(parameters(host, 1)->nso, 2);
    assert_int_equal(parameters(host, 1)->nssa, 2);
    assert_int_equal(stream_write(host, 1, 5), 0);
    assert_int_equal(open_streams(host, 1), 1u << 4 | 1u << 5);
    assert_int_equal(allocate(host, 2, 100, &given), 0);
    assert_int_equal(given, 2);
    assert_int_equal(parameters(host, 2)->nssa, 0);
    assert_int_equal(send(host, 2, NVME_DTYPE_STREAMS, NVME_DIRECTIVE_RELEASE_ALL, 0, 0), 0);
    assert_int_equal(parameters(host, 2)->nssa, 2);
    assert_int_equal(parameters(host, 2)->nsa, 0);
    host_close(host);
}

static void without_streams_left_a_write_is_an_ordinary_one(void **state)
{
    struct host *host = host_ready("streams=2");
    uint32_t given;

    assert_int_equal(streams_enable(host, NVME_NSID_ALL, true), 0);
    assert_int_equal(allocate(host, 1, 2, &given), 0);
    assert_int_equal(allocate(host, 2, 1, &given), NVME_SC_STREAM_ALLOCATION);
    assert_int_equal(stream_write(host, 2, 1), 0);
    assert_int_equal(open_streams(host, 2), 0);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_are_enabled_for_a_namespace),
        cmocka_unit_test(what_is_not_there_is_refused),
        cmocka_unit_test(writes_open_streams_up_to_the_limit),
        cmocka_unit_test(allocated_streams_belong_to_one_namespace),
        cmocka_unit_test(without_streams_left_a_write_is_an_ordinary_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
