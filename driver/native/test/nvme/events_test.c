/* SPDX-License-Identifier: Apache-2.0 */
/* Asynchronous events over whole devices. */
#include "rig.h"

static void test_too_many_event_requests_and_an_aborted_one(void **state)
{
    struct rig *rig = rig_of(state);
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    const struct nvme_sqe features = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = NVME_CNS_CONTROLLER};
    assert_int_equal(run(rig->admin, command_of(&features, rig->iova, 4096), NULL), NVME_SC_SUCCESS);
    uint32_t limit = rig->data[259] + 1u; /* AERL */
    uint16_t cid = 0;
    bell_completion end;
    bell_command request = command_of(&sqe, 0, 0);
    for (uint32_t armed = 1; armed < limit; armed++) {
        request.tag = armed;
        MUST(bell_qpair_submit(rig->admin, &request, &cid));
    }
    assert_int_equal(run(rig->admin, request, NULL), 0x105); /* Asynchronous Event Request Limit Exceeded */

    if (limit > 1) {
        const struct nvme_sqe abort = {.opcode = NVME_ADMIN_ABORT, .cdw10 = (uint32_t)cid << 16};
        bell_command command = command_of(&abort, 0, 0);
        command.tag = 1000;
        MUST(bell_qpair_submit(rig->admin, &command, NULL));
        bool aborted = false, answered = false, succeeded = false;
        for (int i = 0; i < 2 && !(answered && !succeeded); i++) {
            assert_int_equal(MUST(bell_qpair_wait(rig->admin, &end, 1, WAIT_US)), 1);
            if (end.tag == 1000) {
                answered = true;
                succeeded = status_of(&end) == NVME_SC_SUCCESS && !(end.cqe[0] & 1);
            } else {
                aborted = end.tag == limit - 1 && status_of(&end) == NVME_SC_ABORT_REQUESTED;
            }
        }
        assert_true(answered);
        assert_int_equal(aborted, succeeded);
    }
    /* The requests that are left end with the reset. */
    const bell_controller_config config = {0};
    MUST(bell_controller_enable(rig->device, &config));
    while (MUST(bell_qpair_poll(rig->admin, &end, 1)) == 1)
        assert_int_equal(end.flags, BELL_CQ_LOST);
}

static void feature_set(struct rig *rig, uint32_t feature, uint32_t value)
{
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_SET_FEATURES, .cdw10 = feature, .cdw11 = value};
    assert_int_equal(run(rig->admin, command_of(&sqe, 0, 0), NULL), NVME_SC_SUCCESS);
}

/* The next event; reading the SMART log lets the device report the next one of its kind (NVMe Base 2.0c §5.2). */
static void temperature_event_expect(struct rig *rig)
{
    bell_completion end;
    const struct nvme_sqe smart = {
        .opcode = NVME_ADMIN_GET_LOG_PAGE, .nsid = NVME_NSID_ALL, .cdw10 = NVME_LID_SMART | 127u << 16};
    if (event.seen)
        end = event.end;
    else
        assert_int_equal(MUST(bell_qpair_wait(rig->admin, &end, 1, WAIT_US)), 1);
    event.seen = false;
    assert_int_equal(end.flags, BELL_CQ_EVENT);
    assert_int_equal(status_of(&end), NVME_SC_SUCCESS);
    assert_int_equal(end.cqe[0] & NVME_AER_TYPE, NVME_AER_SMART);
    assert_int_equal(end.cqe[2], NVME_LID_SMART);
    assert_int_equal(run(rig->admin, command_of(&smart, rig->iova, 512), NULL), NVME_SC_SUCCESS);
}

static void test_event_is_followed_by_another(void **state)
{
    struct rig *rig = rig_of(state);
    feature_set(rig, NVME_FEAT_ASYNC_EVENT, 0x1f);
    for (int i = 0; i < 2; i++) {
        feature_set(rig, NVME_FEAT_TEMPERATURE_THRESHOLD, 200); /* kelvin: it is warmer */
        temperature_event_expect(rig);
        feature_set(rig, NVME_FEAT_TEMPERATURE_THRESHOLD, 400);
    }
}

int main(void)
{
    static struct rig sim = {.address = "sim:"};
    static struct rig vfio_user = {.serve = "sim:"};
    static struct rig tcp = {.serve_tcp = "sim:", .options = ""};
    static struct rig tcp_digests = {.serve_tcp = "sim:", .options = "?hdgst=on&ddgst=on&hpda=7&r2ts=2"};
    static struct rig qemu = {.address = "qemu:"};
    const struct CMUnitTest tests[] = {
        ON_EVERY(test_too_many_event_requests_and_an_aborted_one),
        ON(tcp, test_too_many_event_requests_and_an_aborted_one),
        ON(tcp_digests, test_too_many_event_requests_and_an_aborted_one),
        ON_EVERY(test_event_is_followed_by_another),
        ON(tcp, test_event_is_followed_by_another),
        ON(tcp_digests, test_event_is_followed_by_another),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
