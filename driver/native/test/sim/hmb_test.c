/* SPDX-License-Identifier: Apache-2.0 */
/* The host memory buffer: enabling, what the device does with the memory, and how it takes to its being altered. */
#include "host.h"

#include "sim/hmb.h"

#define BYTES (UINT64_C(1) << 20)

struct lent {
    uint8_t *memory[2]; /* two pieces of half the size */
    uint64_t iova[2];
    struct nvme_hmb_descriptor *list;
    uint64_t list_iova;
};

static void lend(struct host *host, struct lent *lent)
{
    void *memory;

    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(host->fn->ops->dma_alloc(host->fn, BYTES / 2, &memory, &lent->iova[i]), 0);
        lent->memory[i] = memory;
    }
    assert_int_equal(host->fn->ops->dma_alloc(host->fn, 4096, &memory, &lent->list_iova), 0);
    lent->list = memory;
    for (uint32_t i = 0; i < 2; i++)
        lent->list[i] = (struct nvme_hmb_descriptor){.address = lent->iova[i], .pages = (uint32_t)(BYTES / 2 / 4096)};
}

static void take_back(struct host *host, struct lent *lent)
{
    for (uint32_t i = 0; i < 2; i++)
        if (lent->memory[i] != NULL)
            host->fn->ops->dma_free(host->fn, lent->memory[i], lent->iova[i], BYTES / 2);
    host->fn->ops->dma_free(host->fn, lent->list, lent->list_iova, 4096);
}

static uint32_t set(struct host *host, const struct lent *lent, uint32_t cdw11, uint32_t pages, uint32_t count)
{
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_HOST_MEMORY_BUFFER, cdw11);

    sqe.cdw12 = pages;
    sqe.cdw13 = (uint32_t)lent->list_iova;
    sqe.cdw14 = (uint32_t)(lent->list_iova >> 32);
    sqe.cdw15 = count;
    return host_status(host, 0, &sqe);
}

static uint32_t enable(struct host *host, const struct lent *lent, uint32_t cdw11)
{
    return set(host, lent, NVME_HMB_EHM | cdw11, BYTES / 4096, 2);
}

static uint32_t disable(struct host *host, const struct lent *lent)
{
    return set(host, lent, 0, 0, 0);
}

static void io(struct host *host, uint8_t opcode, uint64_t slba)
{
    const struct nvme_sqe sqe = host_io(host, opcode, 1, slba, 8);

    assert_int_equal(host_status(host, 1, &sqe), 0);
}

static struct sim_hmb_page *page(const struct lent *lent, uint32_t index)
{
    const uint32_t half = BYTES / 2 / 4096;

    return (struct sim_hmb_page *)(lent->memory[index / half] + index % half * 4096);
}

/* The one page that maps a segment of namespace 1, or NULL. */
static struct sim_hmb_page *page_find(const struct lent *lent, uint64_t segment)
{
    for (uint32_t i = 1; i < BYTES / 4096; i++)
        if (memcmp(page(lent, i)->magic, "DBMP", 4) == 0 && page(lent, i)->nsid == 1 &&
            page(lent, i)->segment == segment)
            return page(lent, i);
    return NULL;
}

static const struct nvme_error_log_entry *newest_error(struct host *host)
{
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_LOG_PAGE, 0, NVME_LID_ERROR | 15u << 16, 0);

    assert_int_equal(host_status(host, 0, &sqe), 0);
    return (const struct nvme_error_log_entry *)host->data;
}

static uint64_t errors(struct host *host)
{
    return newest_error(host)->error_count;
}

static void identify_says_what_is_wanted(void **state)
{
    struct host *host = host_ready("hmb=2MiB");
    const struct nvme_identify_controller *id = (const struct nvme_identify_controller *)host->data;
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLER, 0);

    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(id->hmpre, 512);
    assert_int_equal(id->hmmin, 16);
    assert_int_equal(id->hmminds, 1);
    assert_int_equal(id->hmmaxd, 64);
    host_close(host);
}

static void wrong_buffers_are_refused(void **state)
{
    struct host *host = host_ready("");
    struct lent lent;

    lend(host, &lent);
    assert_int_equal(set(host, &lent, NVME_HMB_EHM, 15, 2), NVME_SC_INVALID_FIELD);  /* less than HMMIN */
    assert_int_equal(set(host, &lent, NVME_HMB_EHM, 257, 2), NVME_SC_INVALID_FIELD); /* more than the list has */
    assert_int_equal(set(host, &lent, NVME_HMB_EHM, 256, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, &lent, NVME_HMB_EHM, 256, 65), NVME_SC_INVALID_FIELD);
    assert_int_equal(set(host, &lent, 4, 256, 2), NVME_SC_INVALID_FIELD);
    lent.list[1].address += 512;
    assert_int_equal(enable(host, &lent, 0), NVME_SC_INVALID_FIELD);
    lent.list[1].address = 0x10000;
    assert_int_equal(enable(host, &lent, 0), NVME_SC_DATA_TRANSFER_ERROR);
    lent.list[1].address = lent.iova[1];
    lent.list[1].pages++;
    assert_int_equal(enable(host, &lent, 0), NVME_SC_DATA_TRANSFER_ERROR);
    lent.list[1].pages--;
    lent.list_iova += UINT64_C(1) << 40;
    assert_int_equal(enable(host, &lent, 0), NVME_SC_DATA_TRANSFER_ERROR);
    lent.list_iova -= UINT64_C(1) << 40;
    assert_int_equal(enable(host, &lent, 0), 0);
    assert_int_equal(enable(host, &lent, 0), NVME_SC_COMMAND_SEQUENCE);
    assert_int_equal(disable(host, &lent), 0);
    assert_int_equal(disable(host, &lent), 0);
    take_back(host, &lent);
    host_close(host);
}

static void attributes_are_told(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_FEATURES, 0, NVME_FEAT_HOST_MEMORY_BUFFER, 0);
    const struct nvme_hmb_attributes *attributes = (const struct nvme_hmb_attributes *)host->data;
    struct lent lent;

    lend(host, &lent);
    assert_int_equal(host_run(host, 0, &sqe).dw0, 0);
    assert_int_equal(enable(host, &lent, 0), 0);
    assert_int_equal(host_run(host, 0, &sqe).dw0, 1);
    assert_int_equal(attributes->size, 256);
    assert_int_equal(attributes->count, 2);
    assert_int_equal(attributes->list_low | (uint64_t)attributes->list_high << 32, lent.list_iova);
    host_disable(host);
    host_enable(host);
    assert_int_equal(host_run(host, 0, &sqe).dw0, 0); /* a reset disables it */
    take_back(host, &lent);
    host_close(host);
}

static void the_device_keeps_its_mapping_there(void **state)
{
    struct host *host = host_ready("");
    const uint64_t blocks = SIM_HMB_UNITS * 8; /* of a segment */
    struct lent lent;

    lend(host, &lent);
    assert_int_equal(enable(host, &lent, 0), 0);
    assert_memory_equal(page(&lent, 0)->magic, "DBTC", 4);
    assert_null(page_find(&lent, 0));
    io(host, NVME_NVM_READ, 0);
    assert_non_null(page_find(&lent, 0));
    assert_int_equal(page_find(&lent, 0)->version, 1);
    assert_null(page_find(&lent, 1));
    io(host, NVME_NVM_WRITE, blocks - 4); /* the last unit of one segment and the first of the next */
    assert_int_equal(page_find(&lent, 0)->version, 2);
    assert_int_equal(page_find(&lent, 1)->version, 2);
    assert_int_equal(page_find(&lent, 0)->location[SIM_HMB_UNITS - 1], 1);
    assert_int_equal(page_find(&lent, 1)->location[0], 2);
    assert_int_equal(errors(host), 0);
    assert_int_equal(disable(host, &lent), 0);
    memset(lent.memory[0], 0, BYTES / 2); /* the host's again */
    io(host, NVME_NVM_WRITE, 0);
    assert_null(page_find(&lent, 0));
    assert_int_equal(errors(host), 0);
    take_back(host, &lent);
    host_close(host);
}

static void altered_memory_is_noticed_and_repaired(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    struct lent lent;
    struct nvme_cqe cqe;

    lend(host, &lent);
    assert_int_equal(enable(host, &lent, 0), 0);
    io(host, NVME_NVM_WRITE, 0);
    struct sim_hmb_page *mapped = page_find(&lent, 0);
    assert_non_null(mapped);
    const uint16_t request = host_submit(host, 0, &sqe);
    mapped->location[77] ^= 0x10;
    io(host, NVME_NVM_READ, 0);
    assert_true(host_wait(host, 0, &cqe));
    assert_int_equal(cqe.cid, request);
    assert_int_equal(cqe.dw0, NVME_AER_ERROR_TRANSIENT << 8 | NVME_LID_ERROR << 16);
    assert_int_equal(newest_error(host)->status >> 1, NVME_SC_INTERNAL);
    assert_int_equal(newest_error(host)->cid, 0xffff);
    assert_true(newest_error(host)->command_specific >= lent.iova[0]);
    assert_int_equal(mapped->location[77], 77); /* the device had the original */
    io(host, NVME_NVM_READ, 0);
    assert_int_equal(errors(host), 1);
    /* without I/O, too: whoever reads a log sees what a look at the memory has found */
    page(&lent, 0)->segment++;
    assert_int_equal(errors(host), 2);
    assert_int_equal(disable(host, &lent), 0);
    take_back(host, &lent);
    host_close(host);
}

static void removed_memory_is_noticed_and_given_up(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_FEATURES, 0, NVME_FEAT_HOST_MEMORY_BUFFER, 0);
    struct lent lent;

    lend(host, &lent);
    assert_int_equal(enable(host, &lent, 0), 0);
    host->fn->ops->dma_free(host->fn, lent.memory[0], lent.iova[0], BYTES / 2);
    lent.memory[0] = NULL;
    const uint64_t end = host_now() + UINT64_C(30000000000);
    while (errors(host) == 0 && host_now() < end)
        host_sleep_us(1000);
    assert_int_equal(newest_error(host)->command_specific, lent.iova[0]);
    assert_int_equal(errors(host), 1);
    io(host, NVME_NVM_WRITE, 0); /* the device goes on without */
    assert_int_equal(host_run(host, 0, &sqe).dw0, 0);
    take_back(host, &lent);
    host_close(host);
}

static void returned_memory_is_used_on(void **state)
{
    struct host *host = host_ready("");
    struct lent lent;

    lend(host, &lent);
    assert_int_equal(enable(host, &lent, 0), 0);
    io(host, NVME_NVM_WRITE, 0);
    const uint64_t version = page_find(&lent, 0)->version;
    host_disable(host);
    host_enable(host);
    host_queue_create(host, 1, HOST_DEPTH);
    assert_int_equal(set(host, &lent, NVME_HMB_EHM | NVME_HMB_MR, 128, 2), NVME_SC_INVALID_FIELD); /* not the same */
    const uint64_t before = errors(host);
    assert_int_equal(enable(host, &lent, NVME_HMB_MR), 0);
    io(host, NVME_NVM_WRITE, 0);
    assert_int_equal(page_find(&lent, 0)->version, version + 1);
    assert_int_equal(errors(host), before);
    /* returned, but not as it was */
    assert_int_equal(disable(host, &lent), 0);
    page_find(&lent, 0)->location[1] = 99;
    assert_int_equal(enable(host, &lent, NVME_HMB_MR), 0);
    assert_int_equal(errors(host), before + 1);
    /* after a loss of power nothing is known of it */
    assert_int_equal(host->fn->ops->power(host->fn, false), 0);
    assert_int_equal(host->fn->ops->power(host->fn, true), 0);
    host_enable(host);
    page_find(&lent, 0)->location[1] = 99;
    assert_int_equal(enable(host, &lent, NVME_HMB_MR), 0);
    assert_int_equal(errors(host), before + 1);
    take_back(host, &lent);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identify_says_what_is_wanted),
        cmocka_unit_test(wrong_buffers_are_refused),
        cmocka_unit_test(attributes_are_told),
        cmocka_unit_test(the_device_keeps_its_mapping_there),
        cmocka_unit_test(altered_memory_is_noticed_and_repaired),
        cmocka_unit_test(removed_memory_is_noticed_and_given_up),
        cmocka_unit_test(returned_memory_is_used_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
