/* SPDX-License-Identifier: Apache-2.0 */
/* Identify, and creating, attaching and deleting namespaces. */
#include "host.h"

static uint32_t identify(struct host *host, uint32_t cns, uint32_t nsid)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_IDENTIFY, nsid, cns, 0);

    memset(host->data, 0xee, 4096);
    return host_status(host, 0, &sqe);
}

static void controller_shows_the_options(void **state)
{
    struct host *host = host_ready("serial=S1,model=M one,fw=9.9,size=2GiB,mdts=64KiB");
    const struct nvme_identify_controller *id = (const struct nvme_identify_controller *)host->data;

    assert_int_equal(identify(host, NVME_CNS_CONTROLLER, 0), 0);
    assert_int_equal(id->vid, 0x1b36);
    assert_memory_equal(id->sn, "S1                  ", 20);
    assert_memory_equal(id->mn, "M one                                   ", 40);
    assert_memory_equal(id->fr, "9.9     ", 8);
    assert_int_equal(id->mdts, 4);
    assert_int_equal(id->ver, NVME_VS_2_0);
    assert_int_equal(id->cntrltype, 1);
    assert_int_equal(id->nn, 8);
    assert_int_equal(id->tnvmcap.low, UINT64_C(2) << 30);
    assert_int_equal(id->sqes, 0x66);
    assert_int_equal(id->cqes, 0x44);
    assert_memory_equal(id->subnqn, "nqn.", 4);
    host_close(host);
}

static void namespaces_differ_by_default(void **state)
{
    struct host *host = host_ready("");
    struct nvme_identify_namespace *id = (struct nvme_identify_namespace *)host->data;
    uint8_t eui64[8];

    assert_int_equal(identify(host, NVME_CNS_NAMESPACE, 1), 0);
    assert_int_equal(id->nsze, 1048576);
    assert_int_equal(id->lbaf[nvme_flbas_index(id->flbas)].lbads, 9);
    memcpy(eui64, id->eui64, 8);
    assert_int_equal(identify(host, NVME_CNS_NAMESPACE, 2), 0);
    assert_int_equal(id->nsze, 131072);
    assert_int_equal(id->lbaf[nvme_flbas_index(id->flbas)].lbads, 12);
    assert_memory_not_equal(id->eui64, eui64, 8);
    host_close(host);
}

static void inactive_namespaces_are_zeroes_and_invalid_ones_errors(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_identify_namespace *id = (const struct nvme_identify_namespace *)host->data;

    assert_int_equal(identify(host, NVME_CNS_NAMESPACE, 5), 0);
    assert_int_equal(id->nsze, 0);
    assert_int_equal(id->nlbaf, 0);
    assert_int_equal(identify(host, NVME_CNS_NAMESPACE, NVME_NSID_ALL), 0);
    assert_int_equal(id->nsze, 0);
    assert_int_equal(id->nlbaf, 11); /* what all have in common */
    assert_int_equal(identify(host, NVME_CNS_NAMESPACE, 0), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(identify(host, NVME_CNS_NAMESPACE, 9), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(identify(host, NVME_CNS_NAMESPACE_DESCRIPTORS, 5), NVME_SC_INVALID_FIELD);
    assert_int_equal(identify(host, 0x7f, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(identify(host, NVME_CNS_ACTIVE_NAMESPACES, NVME_NSID_ALL), NVME_SC_INVALID_NAMESPACE);
    host_close(host);
}

static void lists_start_behind_their_argument(void **state)
{
    struct host *host = host_ready("ns=4");
    const uint32_t *list = (const uint32_t *)host->data;
    const uint16_t *controllers = (const uint16_t *)host->data;
    struct nvme_sqe sqe;

    assert_int_equal(identify(host, NVME_CNS_ACTIVE_NAMESPACES, 2), 0);
    assert_int_equal(list[0], 3);
    assert_int_equal(list[1], 4);
    assert_int_equal(list[2], 0);
    assert_int_equal(list[1023], 0);
    assert_int_equal(identify(host, NVME_CNS_CONTROLLERS, 0), 0);
    assert_int_equal(controllers[0], 1);
    assert_int_equal(controllers[1], 1);
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLERS | 2 << 16, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(controllers[0], 0);
    assert_int_equal(identify(host, NVME_CNS_ATTACHED_CONTROLLERS, 4), 0);
    assert_int_equal(controllers[0], 1);
    assert_int_equal(identify(host, NVME_CNS_ATTACHED_CONTROLLERS, 5), 0);
    assert_int_equal(controllers[0], 0);
    host_close(host);
}

static void descriptors_name_the_namespace(void **state)
{
    struct host *host = host_ready("");
    const uint8_t *at = host->data;
    uint32_t seen = 0;

    assert_int_equal(identify(host, NVME_CNS_NAMESPACE_DESCRIPTORS, 1), 0);
    for (; at[1] != 0; at += 4 + at[1])
        seen |= 1u << at[0];
    assert_int_equal(seen, 1u << NVME_NIDT_EUI64 | 1u << NVME_NIDT_NGUID | 1u << NVME_NIDT_CSI);
    host_close(host);
}

/* ---- management
 * -------------------------------------------------------------------------------------------------------- */

static struct nvme_cqe create(struct host *host, uint64_t nsze, uint64_t ncap, uint8_t flbas)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_NS_MANAGEMENT, 0, 0, 0);
    struct nvme_identify_namespace *id = (struct nvme_identify_namespace *)host->data;

    memset(id, 0, sizeof *id);
    id->nsze = nsze;
    id->ncap = ncap;
    id->flbas = flbas;
    return host_run(host, 0, &sqe);
}

static uint32_t create_status(struct host *host, uint64_t nsze, uint64_t ncap, uint8_t flbas)
{
    const struct nvme_cqe cqe = create(host, nsze, ncap, flbas);

    return nvme_cqe_status(&cqe) & NVME_STATUS_CODE;
}

static uint32_t delete_ns(struct host *host, uint32_t nsid)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_NS_MANAGEMENT, nsid, 1, 0);

    return host_status(host, 0, &sqe);
}

static uint32_t attach(struct host *host, uint32_t nsid, uint32_t detach, uint16_t cntlid)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_NS_ATTACHMENT, nsid, detach, 0);
    struct nvme_controller_list *list = (struct nvme_controller_list *)host->data;

    memset(list, 0, sizeof *list);
    list->count = 1;
    list->id[0] = cntlid;
    return host_status(host, 0, &sqe);
}

static void namespaces_are_made_attached_and_deleted(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe read = host_io(host, NVME_NVM_READ, 1, 0, 1);
    struct nvme_sqe sqe;
    struct nvme_cqe cqe;

    assert_int_equal(create_status(host, 8, 8, 0), NVME_SC_NS_INSUFFICIENT_CAPACITY);
    assert_int_equal(delete_ns(host, 1), NVME_SC_SUCCESS);
    assert_int_equal(host_status(host, 1, &read), NVME_SC_INVALID_FIELD);
    cqe = create(host, 1000, 1000, 1);
    assert_int_equal(nvme_cqe_status(&cqe), 0);
    assert_int_equal(cqe.dw0, 1);
    assert_int_equal(host_status(host, 1, &read), NVME_SC_INVALID_FIELD); /* not attached */
    assert_int_equal(attach(host, 1, 0, 1), NVME_SC_SUCCESS);
    assert_int_equal(attach(host, 1, 0, 1), NVME_SC_NS_ALREADY_ATTACHED);
    sqe = host_io(host, NVME_NVM_READ, 1, 999, 1);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    sqe = host_io(host, NVME_NVM_READ, 1, 1000, 1);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_LBA_RANGE);
    assert_int_equal(attach(host, 1, 1, 1), NVME_SC_SUCCESS);
    assert_int_equal(attach(host, 1, 1, 1), NVME_SC_NS_NOT_ATTACHED);
    assert_int_equal(identify(host, NVME_CNS_ALLOCATED_NAMESPACE, 1), 0);
    assert_int_equal(((struct nvme_identify_namespace *)host->data)->nsze, 1000);
    assert_int_equal(delete_ns(host, NVME_NSID_ALL), NVME_SC_SUCCESS);
    assert_int_equal(identify(host, NVME_CNS_ALLOCATED_NAMESPACES, 0), 0);
    assert_int_equal(*(uint32_t *)host->data, 0);
    host_close(host);
}

static void a_new_namespace_reads_zero(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_io(host, NVME_NVM_WRITE, 1, 0, 8);

    memset(host->data, 0x5a, 4096);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    assert_int_equal(delete_ns(host, 1), 0);
    assert_int_equal(create_status(host, 1048576, 1048576, 0), 0);
    assert_int_equal(attach(host, 1, 0, 1), 0);
    sqe.opcode = NVME_NVM_READ;
    memset(host->data, 0xee, 4096);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    assert_int_equal(host->data[0] | host->data[4095], 0);
    host_close(host);
}

static void management_errors_have_their_status(void **state)
{
    struct host *host = host_ready("ns=8,size=64MiB");

    assert_int_equal(create_status(host, 8, 8, 0), NVME_SC_NS_ID_UNAVAILABLE);
    assert_int_equal(delete_ns(host, 8), 0);
    assert_int_equal(create_status(host, 0, 0, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(create_status(host, 16, 8, 0), NVME_SC_THIN_PROVISIONING);
    assert_int_equal(create_status(host, 8, 8, 12), NVME_SC_INVALID_FORMAT);
    assert_int_equal(delete_ns(host, 0), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(delete_ns(host, 9), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(delete_ns(host, 8), NVME_SC_INVALID_FIELD);
    assert_int_equal(attach(host, 9, 0, 1), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(attach(host, 8, 0, 1), NVME_SC_INVALID_FIELD);
    assert_int_equal(attach(host, 7, 1, 2), NVME_SC_INVALID_CONTROLLER_LIST);
    assert_int_equal(attach(host, 7, 2, 1), NVME_SC_INVALID_FIELD);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controller_shows_the_options),
        cmocka_unit_test(namespaces_differ_by_default),
        cmocka_unit_test(inactive_namespaces_are_zeroes_and_invalid_ones_errors),
        cmocka_unit_test(lists_start_behind_their_argument),
        cmocka_unit_test(descriptors_name_the_namespace),
        cmocka_unit_test(namespaces_are_made_attached_and_deleted),
        cmocka_unit_test(a_new_namespace_reads_zero),
        cmocka_unit_test(management_errors_have_their_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
