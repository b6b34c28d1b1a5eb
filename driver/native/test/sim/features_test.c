/* SPDX-License-Identifier: Apache-2.0 */
/* Get and Set Features: current, default and saved values, scopes, and the values that are refused. */
#include "host.h"

static uint32_t set(struct host *host, uint32_t fid, uint32_t nsid, uint32_t value, bool save)
{
    const struct nvme_sqe sqe =
        host_admin(host, NVME_ADMIN_SET_FEATURES, nsid, fid | (save ? NVME_FEATURE_SV : 0), value);

    return host_status(host, 0, &sqe);
}

static uint32_t get(struct host *host, uint32_t fid, uint32_t nsid, uint32_t select, uint32_t cdw11)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_FEATURES, nsid, fid | select << 8, cdw11);
    const struct nvme_cqe cqe = host_run(host, 0, &sqe);

    assert_int_equal(nvme_cqe_status(&cqe), 0);
    return cqe.dw0;
}

static uint32_t get_status(struct host *host, uint32_t fid, uint32_t nsid, uint32_t select)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_FEATURES, nsid, fid | select << 8, 0);

    return host_status(host, 0, &sqe);
}

static void saved_values_outlive_a_reset(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(get(host, NVME_FEAT_POWER_MANAGEMENT, 0, NVME_SEL_CURRENT, 0), 0);
    assert_int_equal(set(host, NVME_FEAT_POWER_MANAGEMENT, 0, 1, true), 0);
    assert_int_equal(set(host, NVME_FEAT_POWER_MANAGEMENT, 0, 2, false), 0);
    assert_int_equal(set(host, NVME_FEAT_VOLATILE_WRITE_CACHE, 0, 0, false), 0);
    assert_int_equal(get(host, NVME_FEAT_POWER_MANAGEMENT, 0, NVME_SEL_CURRENT, 0), 2);
    assert_int_equal(get(host, NVME_FEAT_POWER_MANAGEMENT, 0, NVME_SEL_SAVED, 0), 1);
    assert_int_equal(get(host, NVME_FEAT_POWER_MANAGEMENT, 0, NVME_SEL_DEFAULT, 0), 0);
    host_disable(host);
    host_enable(host);
    assert_int_equal(get(host, NVME_FEAT_POWER_MANAGEMENT, 0, NVME_SEL_CURRENT, 0), 1);
    assert_int_equal(get(host, NVME_FEAT_VOLATILE_WRITE_CACHE, 0, NVME_SEL_CURRENT, 0), 1);
    host_close(host);
}

static void capabilities_tell_save_scope_and_change(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(get(host, NVME_FEAT_ARBITRATION, 0, NVME_SEL_CAPABILITIES, 0),
                     NVME_FEATCAP_SAVEABLE | NVME_FEATCAP_CHANGEABLE);
    assert_int_equal(get(host, NVME_FEAT_WRITE_PROTECT, 0, NVME_SEL_CAPABILITIES, 0),
                     NVME_FEATCAP_NAMESPACE | NVME_FEATCAP_CHANGEABLE);
    assert_int_equal(get_status(host, 0x77, 0, NVME_SEL_CURRENT), NVME_SC_INVALID_FIELD);
    assert_int_equal(get_status(host, 0x77, 0, NVME_SEL_CAPABILITIES), NVME_SC_INVALID_FIELD);
    assert_int_equal(get_status(host, NVME_FEAT_ARBITRATION, 0, 4), NVME_SC_INVALID_FIELD);
    host_close(host);
}

static void wrong_settings_have_their_status(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(set(host, 0x77, 0, 0, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_TIMESTAMP, 0, 0, true), NVME_SC_FEATURE_NOT_SAVEABLE);
    assert_int_equal(set(host, NVME_FEAT_ARBITRATION, 1, 0, false), NVME_SC_FEATURE_NOT_NAMESPACE);
    assert_int_equal(set(host, NVME_FEAT_ARBITRATION, NVME_NSID_ALL, 6, false), NVME_SC_SUCCESS);
    assert_int_equal(set(host, NVME_FEAT_POWER_MANAGEMENT, 0, 5, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_VOLATILE_WRITE_CACHE, 0, 2, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, 5 << 16, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, 2 << 20, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_INTERRUPT_VECTOR, 0, 33, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_HOST_THERMAL, 0, 340u << 16 | 330, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_ERROR_RECOVERY, 7, 0, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_ERROR_RECOVERY, 0, 0, false), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(set(host, NVME_FEAT_NUMBER_OF_QUEUES, 0, 0x001f001f, false), NVME_SC_COMMAND_SEQUENCE);
    host_close(host);
}

static void number_of_queues_is_told_before_queues_exist(void **state)
{
    struct host *host = host_open("queues=16");
    struct nvme_sqe sqe;
    struct nvme_cqe cqe;

    host_enable(host);
    sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_NUMBER_OF_QUEUES, 0xfffefffe);
    cqe = host_run(host, 0, &sqe);
    assert_int_equal(nvme_cqe_status(&cqe), 0);
    assert_int_equal(cqe.dw0, 0x000f000f);
    assert_int_equal(get(host, NVME_FEAT_NUMBER_OF_QUEUES, 0, NVME_SEL_CURRENT, 0), 0x000f000f);
    assert_int_equal(set(host, NVME_FEAT_NUMBER_OF_QUEUES, 0, 0xffff0000, false), NVME_SC_INVALID_FIELD);
    host_close(host);
}

static void thresholds_are_kept_by_sensor_and_side(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(get(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, NVME_SEL_CURRENT, 0), 343);
    assert_int_equal(set(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, 350 | 1 << 16, false), 0);
    assert_int_equal(set(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, 280 | 1 << 20, false), 0);
    assert_int_equal(get(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, NVME_SEL_CURRENT, 0), 343);
    assert_int_equal(get(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, NVME_SEL_CURRENT, 1 << 16), 350);
    assert_int_equal(get(host, NVME_FEAT_TEMPERATURE_THRESHOLD, 0, NVME_SEL_CURRENT, 1 << 20), 280);
    host_close(host);
}

static void features_with_data_return_it(void **state)
{
    struct host *host = host_ready("");
    struct nvme_lba_range *range = (struct nvme_lba_range *)host->data;
    uint64_t *words = (uint64_t *)host->data;

    words[0] = 1000000;
    assert_int_equal(set(host, NVME_FEAT_TIMESTAMP, 0, 0, false), 0);
    words[0] = 0;
    get(host, NVME_FEAT_TIMESTAMP, 0, NVME_SEL_CURRENT, 0);
    assert_in_range(words[0] & UINT64_C(0xffffffffffff), 1000000, 1000000 + 60000);
    assert_int_equal(words[0] >> 48, 2); /* set by the host */

    words[0] = 0x1122334455667788;
    words[1] = 0x99aabbccddeeff00;
    assert_int_equal(set(host, NVME_FEAT_HOST_ID, 0, 1, false), 0);
    memset(host->data, 0, 16);
    get(host, NVME_FEAT_HOST_ID, 0, NVME_SEL_CURRENT, 1);
    assert_int_equal(words[1], 0x99aabbccddeeff00);
    words[0] = 5;
    assert_int_equal(set(host, NVME_FEAT_HOST_ID, 0, 1, false), NVME_SC_COMMAND_SEQUENCE);

    memset(host->data, 0, 4096);
    range[0] = (struct nvme_lba_range){.type = 2, .slba = 100, .nlb = 49};
    range[1] = (struct nvme_lba_range){.type = 1, .slba = 149, .nlb = 9};
    assert_int_equal(set(host, NVME_FEAT_LBA_RANGE, 1, 1, false), NVME_SC_OVERLAPPING_RANGE);
    range[1].slba = 150;
    assert_int_equal(set(host, NVME_FEAT_LBA_RANGE, 1, 1, false), 0);
    memset(host->data, 0, 4096);
    assert_int_equal(get(host, NVME_FEAT_LBA_RANGE, 1, NVME_SEL_CURRENT, 0), 1);
    assert_int_equal(range[1].slba, 150);
    host_close(host);
}

static void write_protection_stops_writes_alone(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe read = host_io(host, NVME_NVM_READ, 1, 0, 8);
    const struct nvme_sqe write = host_io(host, NVME_NVM_WRITE, 1, 0, 8);
    const struct nvme_sqe other = host_io(host, NVME_NVM_WRITE, 2, 0, 1);
    const struct nvme_sqe zeroes = host_io(host, NVME_NVM_WRITE_ZEROES, 1, 0, 8);
    struct nvme_sqe format = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, 0, 0);

    assert_int_equal(set(host, NVME_FEAT_WRITE_PROTECT, 1, 2, false), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, NVME_FEAT_WRITE_PROTECT, 1, 1, false), 0);
    assert_int_equal(get(host, NVME_FEAT_WRITE_PROTECT, 1, NVME_SEL_CURRENT, 0), 1);
    assert_int_equal(host_status(host, 1, &read), 0);
    assert_int_equal(host_status(host, 1, &write), NVME_SC_WRITE_PROTECTED);
    assert_int_equal(host_status(host, 1, &zeroes), NVME_SC_WRITE_PROTECTED);
    assert_int_equal(host_status(host, 1, &other), 0);
    assert_int_equal(host_status(host, 0, &format), NVME_SC_WRITE_PROTECTED);
    assert_int_equal(set(host, NVME_FEAT_WRITE_PROTECT, 1, 0, false), 0);
    assert_int_equal(host_status(host, 1, &write), 0);
    host_close(host);
}

static void a_silent_host_loses_the_controller(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe alive = host_admin(host, NVME_ADMIN_KEEP_ALIVE, 0, 0, 0);

    assert_int_equal(set(host, NVME_FEAT_KEEP_ALIVE, 0, 1, false), 0);
    assert_int_equal(host_status(host, 0, &alive), 0);
    assert_true(host_csts_wait(host, NVME_CSTS_CFS, NVME_CSTS_CFS));
    host_disable(host);
    host_enable(host);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_values_outlive_a_reset),
        cmocka_unit_test(capabilities_tell_save_scope_and_change),
        cmocka_unit_test(wrong_settings_have_their_status),
        cmocka_unit_test(number_of_queues_is_told_before_queues_exist),
        cmocka_unit_test(thresholds_are_kept_by_sensor_and_side),
        cmocka_unit_test(features_with_data_return_it),
        cmocka_unit_test(write_protection_stops_writes_alone),
        cmocka_unit_test(a_silent_host_loses_the_controller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
