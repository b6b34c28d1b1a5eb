/* SPDX-License-Identifier: Apache-2.0 */
/* Several threads at one whole device. Meant to run under TSan too. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "rig.h"
#include "support/atomics.h"

struct watch {
    bell_qpair *qpair;
    uint32_t stop;
    uint64_t seen;
    uint64_t bad;
};

static void *watch_log(void *argument)
{
    struct watch *watch = argument;
    bell_cmdlog_entry *entries = calloc(256, sizeof *entries);
    bell_qpair_info info;
    uint64_t next = 0;
    while (!bell_peek(&watch->stop)) {
        uint64_t from = next;
        int count = bell_cmdlog_read(watch->qpair, from, entries, 256, &next);
        bell_qpair_get_info(watch->qpair, &info);
        for (int i = 0; i < count; i++) {
            bool done = entries[i].flags & BELL_LOG_DONE;
            bool sane = entries[i].sequence >= from && entries[i].sequence < next && entries[i].qid == info.qid &&
                        entries[i].sqe[0] == NVME_NVM_READ && entries[i].submitted_ns != 0 &&
                        done == (entries[i].completed_ns >= entries[i].submitted_ns);
            watch->bad += !sane;
        }
        watch->bad += info.outstanding > 31;
        watch->seen += (uint64_t)count;
    }
    free(entries);
    return NULL;
}

static void test_log_and_state_are_readable_while_the_queue_works(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 32, false);
    struct watch watch = {.qpair = qpair};
    bell_completion ends[32];
    pthread_t thread;
    bell_command read = io_command(NVME_NVM_READ, 0, 8, rig->iova);
    assert_int_equal(pthread_create(&thread, NULL, watch_log, &watch), 0);
    for (int round = 0; round < 500; round++) {
        while (bell_qpair_submit(qpair, &read, NULL) == 0)
            ;
        MUST(bell_qpair_wait(qpair, ends, 32, WAIT_US));
    }
    bell_qpair_info info;
    while (MUST(bell_qpair_get_info(qpair, &info)) == 0 && info.outstanding > 0)
        assert_true(MUST(bell_qpair_wait(qpair, ends, 32, WAIT_US)) > 0);
    bell_poke(&watch.stop, UINT32_C(1));
    pthread_join(thread, NULL);
    assert_int_equal(watch.bad, 0);
    assert_true(watch.seen > 0);

    bell_cmdlog_entry entry;
    uint64_t next;
    assert_int_equal(bell_cmdlog_read(qpair, info.submitted - 1, &entry, 1, &next), 1);
    assert_int_equal(entry.flags, BELL_LOG_DONE);
    assert_int_equal(next, info.submitted);
    MUST(bell_qpair_close(qpair));
}

struct load {
    bell_qpair *qpair;
    uint64_t iova;
    uint64_t sent, ended, lost, bad;
};

/* Reads until the queue is lost, then takes what is still owed. */
static void *load_run(void *argument)
{
    struct load *load = argument;
    bell_command read = io_command(NVME_NVM_READ, 0, 8, load->iova);
    bell_completion ends[16];
    for (;;) {
        int rc;
        while ((rc = bell_qpair_submit(load->qpair, &read, NULL)) == 0)
            load->sent++;
        if (rc == -ENODEV && load->ended == load->sent)
            break;
        int count = bell_qpair_wait(load->qpair, ends, 16, WAIT_US);
        if (count <= 0) {
            load->bad++;
            break;
        }
        for (int i = 0; i < count; i++) {
            load->lost += ends[i].flags == BELL_CQ_LOST;
            load->bad += ends[i].flags == 0 && status_of(&ends[i]) != NVME_SC_SUCCESS;
        }
        load->ended += (uint64_t)count;
    }
    load->bad += bell_qpair_poll(load->qpair, ends, 16) != 0;
    return NULL;
}

static void test_reset_under_load_ends_everything_once(void **state)
{
    struct rig *rig = rig_of(state);
    const bell_controller_config config = {0};
    struct load loads[2] = {0};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        loads[i].qpair = qpair_new(rig, 16, false);
        loads[i].iova = rig->iova + 4096 * (uint64_t)i;
        assert_int_equal(pthread_create(&threads[i], NULL, load_run, &loads[i]), 0);
    }
    bell_qpair_info info;
    do {
        MUST(bell_qpair_get_info(loads[1].qpair, &info));
        sched_yield();
    } while (info.completed < 200);
    MUST(rig_has(rig, BELL_HAS_PCI) ? bell_pci_reset(rig->device, BELL_RESET_FLR)
                                    : bell_controller_disable(rig->device));
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(loads[i].bad, 0);
        assert_int_equal(loads[i].ended, loads[i].sent);
        MUST(bell_qpair_close(loads[i].qpair));
    }
    MUST(bell_controller_enable(rig->device, &config));
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
}

int main(void)
{
    static struct rig sim = {.address = "sim:"};
    static struct rig vfio_user = {.serve = "sim:"};
    static struct rig tcp = {.serve_tcp = "sim:", .options = ""};
    static struct rig tcp_digests = {.serve_tcp = "sim:", .options = "?hdgst=on&ddgst=on&hpda=7&r2ts=2"};
    static struct rig qemu = {.address = "qemu:"};
    const struct CMUnitTest tests[] = {
        ON_EVERY(test_log_and_state_are_readable_while_the_queue_works),
        ON(tcp, test_log_and_state_are_readable_while_the_queue_works),
        ON(tcp_digests, test_log_and_state_are_readable_while_the_queue_works),
        ON_EVERY(test_reset_under_load_ends_everything_once),
        ON(tcp, test_reset_under_load_ends_everything_once),
        ON(tcp_digests, test_reset_under_load_ends_everything_once),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
