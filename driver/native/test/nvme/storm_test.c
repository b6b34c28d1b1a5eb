/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random commands over a device that completes them in random order, late, twice or never, with time-outs, disables and
 * resets between: whatever happens, every command ends exactly once, and the log agrees with what was reported.
 */
#include <time.h>

#include "fake_function.h"

enum { DEPTH = 24, STEPS = 60000, MAX_COMMANDS = 200000 };

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % limit;
}

struct storm {
    struct fake *fake;
    bell_device *device;
    bell_qpair *qpair;
    uint64_t first_tag; /* of this qpair: its log's sequence number 0 */
    uint64_t sent;
    uint8_t *ends; /* for each tag */
    uint32_t kinds[8];
};

static void ends_take(struct storm *storm, uint32_t max)
{
    bell_completion ends[DEPTH];
    int count = bell_qpair_poll(storm->qpair, ends, max);
    assert_in_range(count, 0, max);
    for (int i = 0; i < count; i++) {
        assert_true(ends[i].tag < storm->sent);
        assert_int_equal(storm->ends[ends[i].tag]++, 0);
        storm->kinds[ends[i].flags]++;

        bell_cmdlog_entry entry;
        uint64_t next;
        assert_int_equal(bell_cmdlog_read(storm->qpair, ends[i].tag - storm->first_tag, &entry, 1, &next), 1);
        assert_int_equal(entry.sequence, ends[i].tag - storm->first_tag);
        assert_true(entry.flags & BELL_LOG_DONE);
        assert_int_equal(entry.flags & (BELL_CQ_TIMEOUT | BELL_CQ_LOST), ends[i].flags);
    }
}

static void command_send(struct storm *storm)
{
    bell_command command = {.tag = storm->sent, .flags = random_below(8) ? 0 : BELL_CMD_RAW_CID};
    command.sqe[0] = NVME_NVM_READ;
    command.sqe[2] = (uint8_t)random_below(DEPTH);
    command.timeout_ms = random_below(10) ? 0 : 1;
    if (random_below(4) == 0)
        command.flags |= BELL_CMD_HOLD_DOORBELL;
    if (storm->sent < MAX_COMMANDS && bell_qpair_submit(storm->qpair, &command, NULL) == 0)
        storm->sent++;
}

static void device_step(struct storm *storm)
{
    fake_run(storm->fake);
    for (uint32_t n = random_below(6); n > 0 && storm->fake->held_count > 0; n--)
        fake_complete(storm->fake, random_below(storm->fake->held_count), NVME_SC_SUCCESS, 0);
}

/* Everything outstanding ends, and a new queue begins. */
static void queue_renew(struct storm *storm)
{
    const bell_controller_config config = {.aer_count = UINT32_MAX};
    assert_int_equal(
        random_below(2) ? bell_pci_reset(storm->device, BELL_RESET_FLR) : bell_controller_disable(storm->device), 0);
    for (int i = 0; i < 3 * DEPTH; i++)
        ends_take(storm, 1 + random_below(DEPTH));
    for (uint64_t tag = storm->first_tag; tag < storm->sent; tag++)
        assert_int_equal(storm->ends[tag], 1);
    assert_int_equal(bell_controller_enable(storm->device, &config), 0);
    assert_int_equal(bell_qpair_close(storm->qpair), 0);
    storm->qpair = fake_qpair(storm->device, DEPTH);
    storm->first_tag = storm->sent;
}

static void test_every_command_ends_exactly_once(void **state)
{
    struct storm storm = {.ends = calloc(MAX_COMMANDS, 1)};
    random_state = (uint64_t)time(NULL);
    print_message("seed %llu\n", (unsigned long long)random_state);
    storm.device = fake_open_enabled(&storm.fake);
    storm.qpair = fake_qpair(storm.device, DEPTH);
    for (int step = 0; step < STEPS; step++) {
        uint32_t chance = random_below(1000);
        if (chance < 550)
            command_send(&storm);
        else if (chance < 800)
            device_step(&storm);
        else if (chance < 994)
            ends_take(&storm, random_below(DEPTH));
        else if (chance < 998)
            nanosleep(&(struct timespec){.tv_nsec = 1100000}, NULL);
        else
            queue_renew(&storm);
    }
    queue_renew(&storm);
    assert_true(storm.sent > 1000);
    assert_true(storm.kinds[0] > 0);
    assert_true(storm.kinds[BELL_CQ_TIMEOUT] > 0);
    assert_true(storm.kinds[BELL_CQ_LOST] > 0);
    assert_int_equal(bell_qpair_close(storm.qpair), 0);
    assert_int_equal(bell_device_close(storm.device), 0);
    free(storm.ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_ends_exactly_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
