/* SPDX-License-Identifier: Apache-2.0 */
/* The address's options: what they mean, and what a wrong one is told. */
#include <errno.h>

#include "host.h"
#include "sim/options.h"

static void nothing_means_the_documented_device(void **state)
{
    struct sim_options options;

    assert_int_equal(sim_options_parse("", &options), 0);
    assert_int_equal(options.size, UINT64_C(1) << 30);
    assert_string_equal(options.model, "Doorbell Sim 1 GiB");
    assert_string_equal(options.serial, "SIM00000000000000001");
    assert_string_equal(options.fw, "1.0.0");
    assert_int_equal(options.mdts, 512 * 1024);
    assert_int_equal(options.queues, 32);
    assert_int_equal(options.mqes, 1024);
    assert_int_equal(sim_options_parse(NULL, &options), 0);
}

static void values_have_units(void **state)
{
    struct sim_options options;

    assert_int_equal(sim_options_parse("size=4GiB,latency=80us,write-latency=15us,jitter=500ns,mdts=128KiB", &options),
                     0);
    assert_int_equal(options.size, UINT64_C(4) << 30);
    assert_string_equal(options.model, "Doorbell Sim 4 GiB");
    assert_int_equal(options.read_latency_ns, 80000);
    assert_int_equal(options.flush_latency_ns, 80000);
    assert_int_equal(options.write_latency_ns, 15000);
    assert_int_equal(options.jitter_ns, 500);
    assert_int_equal(options.mdts, 131072);
    assert_int_equal(sim_options_parse("seed=0x10,model=My Drive,temp=50", &options), 0);
    assert_int_equal(options.seed, 16);
    assert_string_equal(options.model, "My Drive");
    assert_int_equal(options.temperature, 50);
}

static void refused(const char *text, const char *message)
{
    struct bell_pci_function *fn = NULL;

    assert_int_equal(bell_sim_open(text, &fn), -EINVAL);
    assert_string_equal(bell_error_text(), message);
}

static void errors_name_option_value_and_what_is_allowed(void **state)
{
    refused("lba=1000", "sim: option 'lba=1000': must be 512 or 4096");
    refused("ns=9", "sim: option 'ns=9': must be 1 to 8");
    refused("ns=0", "sim: option 'ns=0': must be 1 to 8");
    refused("ns=two", "sim: option 'ns=two': must be 1 to 8");
    refused("size=1", "sim: option 'size=1': must be whole MiB from 8MiB to 16TiB, as 512MiB or 4GiB");
    refused("size=99999999999999999999",
            "sim: option 'size=99999999999999999999': must be whole MiB from 8MiB to 16TiB, "
            "as 512MiB or 4GiB");
    refused("size=-1GiB", "sim: option 'size=-1GiB': must be whole MiB from 8MiB to 16TiB, as 512MiB or 4GiB");
    refused("mdts=100KiB", "sim: option 'mdts=100KiB': must be a power of two from 4KiB to 64MiB, or 0 for no limit");
    refused("serial=123456789012345678901",
            "sim: option 'serial=123456789012345678901': must be 1 to 20 ASCII characters");
    refused("fw=", "sim: option 'fw=': must be 1 to 8 ASCII characters");
    refused("latency=80",
            "sim: option 'latency=80': must be a time of at most 10 s with its unit, as 80us, 1500ns or 2ms");
    refused("lba", "sim: option 'lba' has no value; write 'lba=VALUE'");
}

static void unknown_options_list_the_known_ones(void **state)
{
    struct bell_pci_function *fn = NULL;

    assert_int_equal(bell_sim_open("size=1GiB,blocks=3", &fn), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "'blocks'"));
    assert_non_null(strstr(bell_error_text(), "time-scale"));
}

static void namespaces_divide_the_size(void **state)
{
    static const char *const addresses[] = {"size=64MiB,ns=1", "size=64MiB,ns=4,lba=4096", "size=64MiB,ns=8,lba=512"};
    static const uint64_t blocks[] = {131072, 4096, 16384};
    static const uint32_t counts[] = {1, 4, 8};

    for (size_t i = 0; i < 3; i++) {
        struct host *host = host_ready(addresses[i]);
        struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_ACTIVE_NAMESPACES, 0);
        const struct nvme_identify_namespace *id = (const struct nvme_identify_namespace *)host->data;

        assert_int_equal(host_status(host, 0, &sqe), 0);
        for (uint32_t n = 0; n < counts[i]; n++)
            assert_int_equal(((uint32_t *)host->data)[n], n + 1);
        assert_int_equal(((uint32_t *)host->data)[counts[i]], 0);
        sqe = host_admin(host, NVME_ADMIN_IDENTIFY, counts[i], NVME_CNS_NAMESPACE, 0);
        assert_int_equal(host_status(host, 0, &sqe), 0);
        assert_int_equal(id->nsze, blocks[i]);
        host_close(host);
    }
}

static void queue_options_limit_queues(void **state)
{
    struct host *host = host_open("queues=1,mqes=8");
    struct nvme_sqe sqe;

    assert_int_equal(host->fn->vectors, 2);
    host_enable(host);
    host_queue_create(host, 1, 8);
    sqe = host_admin(host, NVME_ADMIN_CREATE_CQ, 0, 2 | 7 << 16, 1);
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_QID);
    host_close(host);
}

static void a_latency_delays_completions(void **state)
{
    struct host *host = host_ready("read-latency=30ms");
    const struct nvme_sqe read = host_io(host, NVME_NVM_READ, 1, 0, 8);
    const struct nvme_sqe write = host_io(host, NVME_NVM_WRITE, 1, 0, 8);
    const uint64_t start = host_now();
    struct nvme_cqe cqe;

    host_submit(host, 1, &read);
    host_submit(host, 1, &write);
    assert_true(host_wait(host, 1, &cqe));
    assert_int_equal(cqe.cid, 1); /* the write overtakes the read */
    assert_true(host_wait(host, 1, &cqe));
    assert_int_equal(cqe.cid, 0);
    assert_true(host_now() - start >= 30000000);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_means_the_documented_device),
        cmocka_unit_test(values_have_units),
        cmocka_unit_test(errors_name_option_value_and_what_is_allowed),
        cmocka_unit_test(unknown_options_list_the_known_ones),
        cmocka_unit_test(namespaces_divide_the_size),
        cmocka_unit_test(queue_options_limit_queues),
        cmocka_unit_test(a_latency_delays_completions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
