/* SPDX-License-Identifier: Apache-2.0 */
/* An enabled fake function with one qpair. */
#ifndef BELL_TEST_BENCH_H
#define BELL_TEST_BENCH_H

#include <time.h>

#include "fake_function.h"

enum { DEPTH = 8 };

struct bench {
    struct fake *fake;
    bell_device *device;
    bell_qpair *qpair;
};

static inline struct bench bench_open(uint32_t depth)
{
    struct bench bench;
    bench.device = fake_open_enabled(&bench.fake);
    bench.qpair = fake_qpair(bench.device, depth);
    return bench;
}

static inline void bench_close(struct bench *bench)
{
    assert_int_equal(bell_qpair_close(bench->qpair), 0);
    assert_int_equal(bell_device_close(bench->device), 0);
}

static inline bell_command read_command(uint64_t tag)
{
    bell_command command = {.tag = tag};
    command.sqe[0] = NVME_NVM_READ;
    return command;
}

static inline uint16_t submit(bell_qpair *qpair, const bell_command *command)
{
    uint16_t cid = 0;
    int rc = bell_qpair_submit(qpair, command, &cid);
    if (rc != 0)
        fail_msg("not submitted: %s", bell_last_error());
    return cid;
}

static inline void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static inline uint16_t status_of(const bell_completion *completion)
{
    return (uint16_t)(completion->cqe[14] | completion->cqe[15] << 8) >> 1;
}

static inline uint32_t outstanding(bell_qpair *qpair)
{
    bell_qpair_info info;
    assert_int_equal(bell_qpair_get_info(qpair, &info), 0);
    return info.outstanding;
}

static inline bell_cmdlog_entry log_entry(bell_qpair *qpair, uint64_t sequence)
{
    bell_cmdlog_entry entry;
    uint64_t next;
    assert_int_equal(bell_cmdlog_read(qpair, sequence, &entry, 1, &next), 1);
    assert_int_equal(entry.sequence, sequence);
    return entry;
}

#endif
