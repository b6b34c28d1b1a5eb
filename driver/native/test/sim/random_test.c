/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of any content: each one ends, and the device works afterwards. The sanitizers watch what it touches. */
#include "host.h"

static uint64_t seed = 20260101;

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16) % below;
}

static uint32_t draw_dword(void)
{
    switch (draw(5)) {
    case 0:
        return 0;
    case 1:
        return draw(16);
    case 2:
        return draw(65536);
    case 3:
        return UINT32_C(1) << draw(32);
    default:
        return draw(65536) << 16 | draw(65536);
    }
}

static uint64_t draw_pointer(const struct host *host)
{
    switch (draw(8)) {
    case 0:
        return draw_dword() | (uint64_t)draw_dword() << 32;
    case 1:
        return host->data_iova + HOST_DATA_BYTES - 4096;
    case 2:
        return host->list_iova + draw(512) * 8;
    case 3:
        return host->data_iova + draw(HOST_DATA_BYTES);
    default:
        return host->data_iova + draw(64) * 4096;
    }
}

static uint32_t draw_nsid(void)
{
    static const uint32_t choices[] = {0, 1, 1, 1, 2, 2, 3, 8, 9, NVME_NSID_ALL};

    return choices[draw(10)];
}

static struct nvme_sqe draw_command(const struct host *host, const uint8_t *opcodes, uint32_t count)
{
    struct nvme_sqe sqe = {.nsid = draw_nsid(), .prp1 = draw_pointer(host), .prp2 = draw_pointer(host)};

    sqe.opcode = draw(20) == 0 ? (uint8_t)(draw(64) + 0x30) : opcodes[draw(count)];
    sqe.flags = draw(20) == 0 ? (uint8_t)draw(256) : 0;
    sqe.cdw10 = draw_dword();
    sqe.cdw11 = draw_dword();
    sqe.cdw12 = draw_dword();
    sqe.cdw13 = draw_dword();
    sqe.cdw14 = draw_dword();
    return sqe;
}

/* Admin commands but those that take the test's own queue away or wait for ever. */
static bool harmless(struct nvme_sqe *sqe)
{
    if (sqe->opcode == NVME_ADMIN_SET_FEATURES && (sqe->cdw10 & 0xff) == NVME_FEAT_KEEP_ALIVE)
        return false;
    /* A completion queue in the middle of the data is the host's mistake, and would only make the data look odd. */
    return sqe->opcode != NVME_ADMIN_CREATE_CQ;
}

static void every_command_ends(void **state)
{
    static const uint8_t admin[] = {0x01, 0x02, 0x06, 0x08, 0x09, 0x0a, 0x0d, 0x10,
                                    0x11, 0x14, 0x15, 0x18, 0x80, 0x81, 0x82, 0x84};
    static const uint8_t io[] = {0x00, 0x01, 0x02, 0x04, 0x05, 0x08, 0x09, 0x0c, 0x19};
    struct host *host = host_ready("size=16MiB,time-scale=1000000");
    struct nvme_sqe sqe;

    for (uint32_t i = 0; i < 6000; i++) {
        const uint32_t qid = draw(2);

        for (uint32_t j = 0; j < 512; j++)
            ((uint64_t *)host->list)[j] = draw_pointer(host);
        sqe = qid != 0 ? draw_command(host, io, sizeof io) : draw_command(host, admin, sizeof admin);
        if (qid == 0 && !harmless(&sqe))
            continue;
        host_run(host, qid, &sqe);
    }
    assert_int_equal(host_read(host, NVME_REG_CSTS, 4), NVME_CSTS_RDY);
    do {
        sqe = host_admin(host, NVME_ADMIN_NS_MANAGEMENT, NVME_NSID_ALL, 1, 0);
    } while (host_status(host, 0, &sqe) == NVME_SC_SANITIZE_IN_PROGRESS);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
