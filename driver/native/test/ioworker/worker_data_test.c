/* SPDX-License-Identifier: Apache-2.0 */
/* What reaches the device: data on the media, the stream of commands in the log. */
#include "worker_fixture.h"

/* Read LBAs through a buffer and check that every dword has the value. */
static void lbas_expect(uint64_t lba, uint32_t count, uint32_t value)
{
    const bell_qpair_config qpair_config = {.depth = 4, .vector = NOT_PINNED};
    uint32_t step = 64;
    bell_buffer *buffer = NULL;
    bell_qpair *qpair = NULL;

    must(bell_buffer_alloc(device, 512 * (uint64_t)step, &buffer));
    must(bell_qpair_create(device, &qpair_config, &qpair));
    for (uint32_t done = 0; done < count; done += step) {
        uint32_t now = count - done < step ? count - done : step;
        bell_command command = {.data_iova = bell_buffer_iova(buffer), .data_bytes = 512 * (uint64_t)now};
        const uint32_t *data = bell_buffer_data(buffer);
        uint32_t sqe[16] = {0x02, 1, [10] = (uint32_t)(lba + done), [12] = now - 1};
        bell_completion completion;
        uint16_t cid;

        memcpy(command.sqe, sqe, sizeof sqe);
        must(bell_qpair_submit(qpair, &command, &cid));
        assert_int_equal(bell_qpair_wait(qpair, &completion, 1, 20000000), 1);
        assert_int_equal(completion.cqe[14] >> 1 | completion.cqe[15], 0);
        for (uint32_t i = 0; i < now * 128; i++) {
            if (data[i] != value)
                fail_msg("LBA %u dword %u is %08x, not %08x", (unsigned)(lba + done + i / 128), i % 128, data[i],
                         value);
        }
    }
    must(bell_qpair_close(qpair));
    must(bell_buffer_free(buffer));
}

/* Large I/Os need PRP lists; a wrong one would leave holes in the region or spill over its ends. */
static void a_sequential_pass_writes_the_whole_region_and_nothing_else(void **state)
{
    bell_worker_config config = reads_4k();
    const uint64_t first = 10000;

    config.read_percent = 0;
    config.random_percent = 0;
    config.region_start = first - 128;
    config.region_end = first + 2000 + 128;
    config.io_count = 282; /* 2256 LBAs by 8 */
    must(bell_worker_close(run_well(&config)));
    lbas_expect(first - 128, 128, 0);

    config.region_start = first;
    config.region_end = first + 2000;
    config.sizes[0] = 96; /* 12 pages; 20 times that and 80 LBAs more make the region */
    config.io_count = 21;
    config.pattern = 2;
    config.pattern_value = 0x12c0ffee;
    must(bell_worker_close(run_well(&config)));
    lbas_expect(first - 128, 128, 0);
    lbas_expect(first, 2000, 0x12c0ffee);
    lbas_expect(first + 2000, 128, 0);

    config.pattern = 1;
    config.sizes[0] = 9; /* two pages */
    config.io_count = 223;
    must(bell_worker_close(run_well(&config)));
    lbas_expect(first, 2000, 0xffffffff);
    lbas_expect(first + 2000, 128, 0);
}

/* A mixed run writes from buffers of its own: what it has read before must not come back as write data. */
static void reads_do_not_spoil_the_data_that_is_written(void **state)
{
    bell_worker_config config = reads_4k();

    config.random_percent = 0;
    config.read_percent = 0;
    config.region_end = 4096;
    config.io_count = 512;
    config.pattern = 2;
    config.pattern_value = 0x01010101;
    must(bell_worker_close(run_well(&config)));
    config.read_percent = 50;
    config.random_percent = 100;
    config.io_count = 3000;
    config.pattern_value = 0x02020202;
    must(bell_worker_close(run_well(&config)));
    config.read_percent = 0;
    config.random_percent = 0;
    config.io_count = 512;
    must(bell_worker_close(run_well(&config)));
    lbas_expect(0, 4096, 0x02020202);
}

static void the_command_log_shows_the_same_stream_for_the_same_seed(void **state)
{
    static bell_cmdlog_entry runs[2][200];
    bell_worker_config config = reads_4k();
    uint64_t next;

    config.read_percent = 50;
    config.io_count = 200;
    config.seed = 99;
    for (int run = 0; run < 2; run++) {
        bell_worker *worker = run_well(&config);

        assert_int_equal(bell_cmdlog_read(bell_worker_qpair(worker), 0, runs[run], 200, &next), 200);
        must(bell_worker_close(worker));
    }
    for (int i = 0; i < 200; i++) {
        assert_true((runs[0][i].flags & BELL_LOG_DONE) != 0);
        assert_int_equal(runs[0][i].sqe[0], runs[1][i].sqe[0]);
        assert_memory_equal(runs[0][i].sqe + 40, runs[1][i].sqe + 40, 16);
    }
}

static void the_command_log_can_be_left_out(void **state)
{
    bell_worker_config config = reads_4k();
    bell_cmdlog_entry entry;
    bell_worker *worker;
    uint64_t next;

    config.io_count = 10;
    config.flags = BELL_WORKER_NO_CMDLOG;
    worker = run_well(&config);
    assert_int_equal(bell_cmdlog_read(bell_worker_qpair(worker), 0, &entry, 1, &next), 0);
    must(bell_worker_close(worker));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequential_pass_writes_the_whole_region_and_nothing_else),
        cmocka_unit_test(reads_do_not_spoil_the_data_that_is_written),
        cmocka_unit_test(the_command_log_shows_the_same_stream_for_the_same_seed),
        cmocka_unit_test(the_command_log_can_be_left_out),
    };

    return run_on_every_device(tests);
}
