/* SPDX-License-Identifier: Apache-2.0 */
/* The enable, disable and shutdown state machine, events, and closing in the wrong order. */
#include <errno.h>

#include "fake_function.h"

static const bell_controller_config defaults = {0};

static void test_attaching_leaves_the_controller_as_it_was(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    assert_int_equal(fake->cc, 0);
    assert_null(bell_controller_admin(device));
    uint32_t command;
    assert_int_equal(bell_pci_config_read(device, PCI_COMMAND, 2, &command), 0);
    assert_int_equal(command, PCI_COMMAND_MEMORY);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_enable_prepares_interrupts_and_bus_mastering_first(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    assert_int_equal(bell_controller_enable(device, &defaults), 0);
    assert_true(fake->irqs_at_enable);
    assert_int_equal(fake->command_at_enable, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    assert_int_equal(fake->aqa, 127 << 16 | 127);
    assert_int_equal(fake->cc, NVME_CC_EN | 6 << 16 | 4 << 20);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_page_size_aligns_the_queues(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    const bell_controller_config config = {.mps = 4, .aer_count = UINT32_MAX};
    assert_int_equal(bell_controller_enable(device, &config), 0);
    assert_int_equal(fake->asq % 65536, 0);
    assert_int_equal(fake->acq % 65536, 0);
    bell_qpair *qpair = fake_qpair(device, 1024);
    assert_int_equal(fake->queues[1].sq_iova % 65536, 0);
    assert_int_equal(fake->queues[1].cq_iova % 65536, 0);
    assert_int_equal(bell_qpair_close(qpair), 0);
    const bell_controller_config impossible = {.mps = 5};
    assert_int_equal(bell_controller_enable(device, &impossible), -EINVAL);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_ready_that_never_comes_is_bounded(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    fake->never_ready = true;
    assert_int_equal(bell_controller_enable(device, &defaults), -ETIMEDOUT);
    assert_non_null(strstr(bell_last_error(), "RDY=1"));
    assert_int_equal(bell_qpair_create(device, &(bell_qpair_config){.depth = 2}, &(bell_qpair *){NULL}), -ENOTCONN);
    fake->never_ready = false;
    assert_int_equal(bell_controller_enable(device, &defaults), 0);
    fake->never_unready = true;
    assert_int_equal(bell_controller_disable(device), -ETIMEDOUT);
    assert_non_null(strstr(bell_last_error(), "RDY=0"));
    assert_int_equal(bell_device_close(device), 0);
}

static void test_fatal_status_ends_the_wait(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    fake->fatal = true;
    fake->cap |= NVME_PUT(255, NVME_CAP_TO);
    assert_int_equal(bell_controller_enable(device, &defaults), -EIO);
    fake->fatal = false;
    assert_int_equal(bell_controller_enable(device, &defaults), 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_removed_device_is_no_device(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    fake->gone = true;
    assert_int_equal(bell_controller_enable(device, &defaults), -ENODEV);
    assert_int_equal(bell_controller_disable(device), -ENODEV);
    assert_int_equal(bell_controller_shutdown(device, 0, 10), -ENODEV);
    uint32_t value = 0;
    assert_int_equal(bell_pci_config_read(device, 0x40, 4, &value), -ENODEV);
    assert_int_equal(value, UINT32_MAX);
    fake->gone = false;
    assert_int_equal(bell_pci_config_write(device, 0x40, 2, 0xffff), 0);
    assert_int_equal(bell_pci_config_read(device, 0x40, 2, &value), 0);
    assert_int_equal(value, 0xffff);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_shutdown_waits_for_its_end(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open_enabled(&fake);
    assert_int_equal(bell_controller_shutdown(device, 0, 1000), 0);
    assert_int_equal(NVME_GET(fake->cc, NVME_CC_SHN), NVME_CC_SHN_NORMAL);
    assert_int_equal(bell_controller_enable(device, &defaults), 0);
    assert_int_equal(NVME_GET(fake->cc, NVME_CC_SHN), NVME_CC_SHN_NONE);
    fake->never_ready = true;
    assert_int_equal(bell_controller_shutdown(device, 1, 5), -ETIMEDOUT);
    assert_int_equal(NVME_GET(fake->cc, NVME_CC_SHN), NVME_CC_SHN_ABRUPT);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_event_is_reported_and_its_request_sent_again(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    const bell_controller_config config = {.aer_count = 2, .timeout_ms = 1};
    bell_completion end;
    assert_int_equal(bell_controller_enable(device, &config), 0);
    bell_qpair *admin = bell_controller_admin(device);
    fake_run(fake);
    assert_int_equal(fake->held_count, 2);

    for (uint32_t event = 0; event < 300; event++) {
        fake_complete(fake, 0, NVME_SC_SUCCESS, event);
        assert_int_equal(bell_qpair_poll(admin, &end, 1), 1);
        assert_int_equal(end.flags, BELL_CQ_EVENT);
        assert_int_equal(end.tag, UINT64_MAX);
        assert_int_equal(end.cqe[0] | end.cqe[1] << 8, event);
        fake_run(fake);
        assert_int_equal(fake->held_count, 2);
    }
    /* They wait for ever, whatever the time-out is. */
    assert_int_equal(bell_qpair_wait(admin, &end, 1, 5000), 0);

    fake_complete(fake, 0, NVME_SC_ABORT_REQUESTED, 0);
    assert_int_equal(bell_qpair_poll(admin, &end, 1), 1);
    assert_int_equal(end.flags, BELL_CQ_EVENT);
    fake_run(fake);
    assert_int_equal(fake->held_count, 1);

    assert_int_equal(bell_controller_disable(device), 0);
    assert_int_equal(bell_qpair_poll(admin, &end, 1), 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_events_leave_room_for_commands(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    const bell_controller_config full = {.admin_depth = 4, .aer_count = 3};
    const bell_controller_config smallest = {.admin_depth = 2, .aer_count = UINT32_MAX};
    assert_int_equal(bell_controller_enable(device, &full), -EINVAL);
    assert_int_equal(bell_controller_enable(device, &smallest), 0);
    bell_qpair *qpair = fake_qpair(device, 2);
    assert_int_equal(bell_qpair_close(qpair), 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_event_request_of_the_user_is_his(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open_enabled(&fake);
    bell_qpair *admin = bell_controller_admin(device);
    bell_completion end;
    bell_command request = {.tag = 8, .timeout_ms = 1};
    request.sqe[0] = NVME_ADMIN_ASYNC_EVENT;
    assert_int_equal(bell_qpair_submit(admin, &request, NULL), 0);
    assert_int_equal(bell_qpair_wait(admin, &end, 1, 5000), 0);
    fake_complete(fake, 0, NVME_SC_SUCCESS, 0);
    assert_int_equal(bell_qpair_poll(admin, &end, 1), 1);
    assert_int_equal(end.tag, 8);
    assert_int_equal(end.flags, 0);
    fake_run(fake);
    assert_int_equal(fake->held_count, 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_qpairs_get_ids_vectors_and_clear_refusals(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open_enabled(&fake);
    bell_qpair *qpairs[5], *other;
    bell_qpair_info info;
    for (uint32_t i = 0; i < 5; i++) {
        const bell_qpair_config config = {.depth = 2 + i, .interrupts = 1, .vector = UINT32_MAX};
        assert_int_equal(bell_qpair_create(device, &config, &qpairs[i]), 0);
        assert_int_equal(bell_qpair_get_info(qpairs[i], &info), 0);
        assert_int_equal(info.qid, i + 1);
        assert_int_equal(info.vector, (i + 1) % FAKE_VECTORS);
    }
    assert_int_equal(bell_qpair_close(qpairs[1]), 0);
    qpairs[1] = fake_qpair(device, 4);
    assert_int_equal(bell_qpair_get_info(qpairs[1], &info), 0);
    assert_int_equal(info.qid, 2);
    assert_int_equal(info.vector, UINT32_MAX);

    assert_int_equal(bell_qpair_create(device, &(bell_qpair_config){.depth = 1}, &other), -EINVAL);
    assert_int_equal(bell_qpair_create(device, &(bell_qpair_config){.depth = FAKE_MQES + 2}, &other), -EINVAL);
    assert_int_equal(bell_qpair_create(device, &(bell_qpair_config){.depth = 2, .qid = 3}, &other), -ENOSPC);
    fake->sq_refusal = 0x100 | 0x02;
    assert_int_equal(bell_qpair_create(device, &(bell_qpair_config){.depth = 2}, &other), -EIO);
    assert_non_null(strstr(bell_last_error(), "type 1h, code 02h"));
    fake->hold_admin = true;
    bell_controller_set_timeout(device, 1);
    assert_int_equal(bell_qpair_create(device, &(bell_qpair_config){.depth = 2}, &other), -ETIMEDOUT);
    fake->hold_admin = false;
    for (int i = 0; i < 5; i++)
        assert_int_equal(bell_qpair_close(qpairs[i]), 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_device_in_use_does_not_close(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open_enabled(&fake);
    bell_qpair *first = fake_qpair(device, 2), *second = fake_qpair(device, 2);
    bell_buffer *buffer;
    assert_int_equal(bell_buffer_alloc(device, 1, &buffer), 0);
    bell_device_worker_opened(device);
    bell_qpair_set_worker(second, true);
    assert_int_equal(bell_device_close(device), -EBUSY);
    assert_non_null(strstr(bell_last_error(), "1 qpairs, 1 workers and 1 buffers"));
    assert_int_equal(bell_qpair_close(bell_controller_admin(device)), -EINVAL);

    bell_qpair_set_worker(second, false);
    bell_device_worker_closed(device);
    assert_int_equal(bell_qpair_close(first), 0);
    assert_int_equal(bell_qpair_close(second), 0);
    assert_int_equal(bell_device_close(device), -EBUSY);
    assert_int_equal(bell_buffer_free(buffer), 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_close_disables_what_it_enabled(void **state)
{
    struct fake *fake;
    bool disabled = false;
    bell_device *device = fake_open_enabled(&fake);
    fake->disabled_at_close = &disabled;
    assert_int_equal(bell_device_close(device), 0);
    assert_true(disabled);
}

static void test_close_leaves_a_controller_that_others_enabled(void **state)
{
    struct fake *fake;
    bool disabled = true;
    bell_device *device = fake_open(&fake);
    assert_int_equal(bell_register_write(device, NVME_REG_CC, 4, NVME_CC_EN), 0);
    fake->disabled_at_close = &disabled;
    assert_int_equal(bell_device_close(device), 0);
    assert_false(disabled);
}

static void test_reset_that_cannot_be_done_changes_nothing(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open_enabled(&fake);
    bell_qpair *qpair = fake_qpair(device, 2);
    bell_qpair_info info;
    assert_int_equal(bell_pci_reset(device, BELL_RESET_HOT), -ENOTSUP);
    assert_int_equal(bell_pci_reset(device, 9), -EINVAL);
    assert_int_equal(bell_qpair_get_info(qpair, &info), 0);
    assert_int_equal(info.alive, 1);
    assert_int_equal(bell_pci_reset(device, BELL_RESET_PM), 0);
    assert_int_equal(bell_qpair_get_info(qpair, &info), 0);
    assert_int_equal(info.alive, 0);
    uint32_t command;
    assert_int_equal(bell_pci_config_read(device, PCI_COMMAND, 2, &command), 0);
    assert_int_equal(command, PCI_COMMAND_MEMORY);
    assert_int_equal(bell_qpair_close(qpair), 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void test_accesses_are_checked(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    uint32_t value;
    uint64_t wide;
    assert_int_equal(bell_pci_config_read(device, 1, 2, &value), -EINVAL);
    assert_int_equal(bell_pci_config_read(device, 256, 1, &value), -EINVAL);
    assert_int_equal(bell_pci_config_read(device, 0, 3, &value), -EINVAL);
    assert_int_equal(bell_pci_bar_read(device, 1, 0, 4, &wide), -EINVAL);
    assert_int_equal(bell_pci_bar_read(device, 6, 0, 4, &wide), -EINVAL);
    assert_int_equal(bell_pci_bar_read(device, 0, 0x4000, 4, &wide), -EINVAL);
    assert_int_equal(bell_pci_bar_read(device, 0, 4, 8, &wide), -EINVAL);
    assert_int_equal(bell_register_read(device, 2, 4, &wide), -EINVAL);
    assert_int_equal(bell_register_read(device, 0x4000, 4, &wide), -EINVAL);
    assert_int_equal(bell_irq_isset(device, FAKE_VECTORS), -EINVAL);
    assert_int_equal(bell_device_close(device), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attaching_leaves_the_controller_as_it_was),
        cmocka_unit_test(test_enable_prepares_interrupts_and_bus_mastering_first),
        cmocka_unit_test(test_page_size_aligns_the_queues),
        cmocka_unit_test(test_ready_that_never_comes_is_bounded),
        cmocka_unit_test(test_fatal_status_ends_the_wait),
        cmocka_unit_test(test_removed_device_is_no_device),
        cmocka_unit_test(test_shutdown_waits_for_its_end),
        cmocka_unit_test(test_event_is_reported_and_its_request_sent_again),
        cmocka_unit_test(test_events_leave_room_for_commands),
        cmocka_unit_test(test_event_request_of_the_user_is_his),
        cmocka_unit_test(test_qpairs_get_ids_vectors_and_clear_refusals),
        cmocka_unit_test(test_device_in_use_does_not_close),
        cmocka_unit_test(test_close_disables_what_it_enabled),
        cmocka_unit_test(test_close_leaves_a_controller_that_others_enabled),
        cmocka_unit_test(test_reset_that_cannot_be_done_changes_nothing),
        cmocka_unit_test(test_accesses_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
