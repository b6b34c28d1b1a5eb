/* SPDX-License-Identifier: Apache-2.0 */
/* A simulator that misbehaves on order, and how commands fare on it. */
#ifndef BELL_TEST_FAULTS_H
#define BELL_TEST_FAULTS_H

#include <time.h>

#include "rig.h"
#include "support/clock.h"

#define UNUSED __attribute__((unused))

/* CAP.TO is half a second, lest waits that are in vain take long. */
#define FAULTY "sim:size=64MiB,ns=1,lba=512,ready-timeout=500ms"

UNUSED static struct rig faulty_open(uint32_t timeout_ms)
{
    struct rig rig = {.address = FAULTY};
    void *state = &rig;
    const bell_controller_config config = {.timeout_ms = timeout_ms};

    assert_int_equal(rig_setup(&state), 0);
    MUST(bell_controller_enable(rig.device, &config));
    return rig;
}

UNUSED static void faulty_close(struct rig *rig)
{
    void *state = rig;

    MUST(bell_sim_faults_set(rig->device, ""));
    assert_int_equal(rig_teardown(&state), 0);
}

UNUSED static void plan(const struct rig *rig, const char *text)
{
    MUST(bell_sim_faults_set(rig->device, text));
}

UNUSED static bell_fault_rule rule_of(const struct rig *rig, uint32_t number)
{
    bell_fault_rule rules[BELL_FAULT_MAX_RULES];
    const int count = MUST(bell_sim_faults_get(rig->device, NULL, NULL, rules, BELL_FAULT_MAX_RULES));

    assert_true(number < (uint32_t)count);
    return rules[number];
}

UNUSED static uint64_t hits(const struct rig *rig, uint32_t number)
{
    return rule_of(rig, number).hits;
}

UNUSED static void sleep_ms(uint64_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * 1000000)}, NULL);
}

/* One end within 20 s. */
UNUSED static bell_completion ended(bell_qpair *qpair)
{
    bell_completion end;

    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, WAIT_US)), 1);
    return end;
}

UNUSED static bell_completion run_any(bell_qpair *qpair, bell_command command)
{
    MUST(bell_qpair_submit(qpair, &command, NULL));
    return ended(qpair);
}

/* A time-out of its own for one command. */
UNUSED static bell_command within(bell_command command, uint32_t ms)
{
    command.timeout_ms = ms;
    return command;
}

UNUSED static bell_command read_at(const struct rig *rig, uint64_t lba)
{
    return io_command(NVME_NVM_READ, lba, 8, rig->iova);
}

UNUSED static bell_command write_at(const struct rig *rig, uint64_t lba)
{
    return io_command(NVME_NVM_WRITE, lba, 8, rig->iova);
}

UNUSED static bell_cmdlog_entry log_entry(bell_qpair *qpair, uint64_t sequence)
{
    bell_cmdlog_entry entry;
    uint64_t next;

    assert_int_equal(MUST(bell_cmdlog_read(qpair, sequence, &entry, 1, &next)), 1);
    return entry;
}

UNUSED static bell_qpair_info info_of(bell_qpair *qpair)
{
    bell_qpair_info info;

    MUST(bell_qpair_get_info(qpair, &info));
    return info;
}

#endif
