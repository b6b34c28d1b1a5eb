/* SPDX-License-Identifier: Apache-2.0 */
/* The device thread: sleeping and waking, several host threads, memory that comes and goes, and the end at any moment.
 */
#include <errno.h>
#include <pthread.h>

#include "host.h"

/* Doorbells rung at every distance from the device's falling asleep. A lost one would hang until the wait gives up. */
static void no_doorbell_is_slept_through(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 1);

    for (uint32_t i = 0; i < 4000; i++) {
        assert_int_equal(host_status(host, 1, &sqe), 0);
        for (volatile uint32_t spin = 0; spin < i * 7 % 5000; spin++)
            ;
        if (i % 8 == 0)
            host_sleep_us(i % 150);
    }
    host_close(host);
}

static void an_idle_device_sleeps(void **state)
{
    struct host *host = host_ready("");
    bool slept = false;

    for (int i = 0; i < 10000 && !slept; i++) {
        host_sleep_us(100);
        slept = atomic_load(host->fn->doorbell_asleep) != 0;
    }
    assert_true(slept);
    host_close(host);
}

struct worker {
    struct host *host;
    uint32_t qid;
    uint32_t errors;
};

static void *worker_run(void *argument)
{
    struct worker *worker = argument;
    struct nvme_sqe sqe = host_io(worker->host, NVME_NVM_WRITE, 1, worker->qid * 1000, 8);
    struct nvme_cqe cqe;

    sqe.prp1 += worker->qid * 4096;
    for (int i = 0; i < 3000; i++) {
        host_submit(worker->host, worker->qid, &sqe);
        if (!host_wait(worker->host, worker->qid, &cqe) || nvme_cqe_status(&cqe) != 0)
            worker->errors++;
    }
    return NULL;
}

static void *registers_run(void *argument)
{
    struct host *host = argument;
    const struct bell_pci_ops *ops = host->fn->ops;

    for (int i = 0; i < 2000; i++) {
        uint64_t value;
        uint32_t config;

        ops->bar_read(host->fn, 0, NVME_REG_CSTS, 4, &value);
        ops->bar_write(host->fn, 0, NVME_REG_INTMS, 4, 1);
        ops->config_read(host->fn, 0, 4, &config);
        ops->irq_mask(host->fn, 1);
        ops->irq_unmask(host->fn, 1);
        ops->irq_clear(host->fn, 1);
    }
    return NULL;
}

static void *memory_run(void *argument)
{
    struct host *host = argument;

    for (int i = 0; i < 500; i++) {
        void *memory[4];
        uint64_t iova[4];

        for (int j = 0; j < 4; j++)
            if (host->fn->ops->dma_alloc(host->fn, 8192, &memory[j], &iova[j]) != 0)
                return host;
        for (int j = 0; j < 4; j++)
            host->fn->ops->dma_free(host->fn, memory[j], iova[j], 8192);
    }
    return NULL;
}

static void many_threads_use_the_function_at_once(void **state)
{
    struct host *host = host_ready("");
    struct worker workers[3];
    pthread_t threads[5];
    void *failed = NULL;

    host_queue_create(host, 2, HOST_DEPTH);
    host_queue_create(host, 3, 4);
    for (uint32_t i = 0; i < 3; i++) {
        workers[i] = (struct worker){host, i + 1, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, worker_run, &workers[i]), 0);
    }
    assert_int_equal(pthread_create(&threads[3], NULL, registers_run, host), 0);
    assert_int_equal(pthread_create(&threads[4], NULL, memory_run, host), 0);
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], i == 4 ? &failed : NULL);
    assert_null(failed);
    for (int i = 0; i < 3; i++)
        assert_int_equal(workers[i].errors, 0);
    host_close(host);
}

static void closing_with_commands_outstanding_is_safe(void **state)
{
    static const char *const addresses[] = {"", "latency=3s", "latency=50us,jitter=100us"};

    for (int round = 0; round < 12; round++) {
        struct host *host = host_ready(addresses[round % 3]);
        const struct nvme_sqe aer = {.opcode = NVME_ADMIN_ASYNC_EVENT};
        const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 16);

        host_submit(host, 0, &aer);
        for (int i = 0; i < 60; i++)
            host_submit(host, 1, &sqe);
        host_sleep_us((uint64_t)round * 20);
        host_close(host);
    }
}

static void resets_under_load_end_the_commands(void **state)
{
    struct host *host = host_ready("latency=20us,jitter=200us");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_WRITE, 1, 0, 16);

    for (int round = 0; round < 30; round++) {
        for (int i = 0; i < 60; i++)
            host_submit(host, 1, &sqe);
        host_sleep_us((uint64_t)round * 10);
        if (round % 3 == 0) {
            assert_int_equal(host->fn->ops->reset(host->fn, BELL_RESET_FLR), 0);
        } else {
            host_write(host, NVME_REG_CC, 4, 0x00460000);
            assert_true(host_csts_wait(host, NVME_CSTS_RDY, 0));
        }
        host_queue_free(host, &host->queue[1]); /* nothing touches it any more */
        host_enable(host);
        host_queue_create(host, 1, HOST_DEPTH);
        assert_int_equal(host_status(host, 1, &sqe), 0);
    }
    host_close(host);
}

static void many_devices_live_side_by_side(void **state)
{
    struct host *hosts[8];

    for (int i = 0; i < 8; i++)
        hosts[i] = host_ready("size=16MiB");
    for (int i = 0; i < 8; i++) {
        const struct nvme_sqe sqe = host_io(hosts[i], NVME_NVM_WRITE, 1, 0, 1);

        memset(hosts[i]->data, i + 1, 512);
        assert_int_equal(host_status(hosts[i], 1, &sqe), 0);
    }
    for (int i = 0; i < 8; i++) {
        const struct nvme_sqe sqe = host_io(hosts[i], NVME_NVM_READ, 1, 0, 1);

        hosts[i]->data[0] = 0;
        assert_int_equal(host_status(hosts[i], 1, &sqe), 0);
        assert_int_equal(hosts[i]->data[0], i + 1);
        host_close(hosts[i]);
    }
}

static void impossible_allocations_are_errors(void **state)
{
    struct host *host = host_open("");
    void *memory;
    uint64_t iova;

    assert_int_equal(host->fn->ops->dma_alloc(host->fn, 0, &memory, &iova), -EINVAL);
    assert_int_equal(host->fn->ops->dma_alloc(host->fn, UINT64_MAX, &memory, &iova), -EINVAL);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_doorbell_is_slept_through),
        cmocka_unit_test(an_idle_device_sleeps),
        cmocka_unit_test(many_threads_use_the_function_at_once),
        cmocka_unit_test(closing_with_commands_outstanding_is_safe),
        cmocka_unit_test(resets_under_load_end_the_commands),
        cmocka_unit_test(many_devices_live_side_by_side),
        cmocka_unit_test(impossible_allocations_are_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
