/* SPDX-License-Identifier: Apache-2.0 */
/* What each option makes of QEMU's controller, as a driver sees it: memory buffer, bad blocks, rates, zones, formats.
 */
#include "../nvme/rig.h"
#include "qemu_fixture.h"
#include "support/clock.h"

static void device_open(struct rig *rig, const char *address)
{
    void *state = rig;

    *rig = (struct rig){.address = address};
    assert_int_equal(rig_setup(&state), 0);
    assert_non_null(rig->device);
}

static void device_close(struct rig *rig)
{
    void *state = rig;

    assert_int_equal(rig_teardown(&state), 0);
}

static uint64_t reg(struct rig *rig, uint32_t offset, uint32_t width)
{
    uint64_t value = 0;

    MUST(bell_register_read(rig->device, offset, width, &value));
    return value;
}

static void a_memory_buffer_takes_data_of_commands(void **state)
{
    enum { BAR = 2 };
    const uint64_t base = 0xa0000000; /* QEMU 7.2 keeps 32 bits of it; no RAM is there */
    struct rig rig;
    bell_device_info info;
    uint64_t size, low, high;

    device_open(&rig, "qemu:size=16MiB,cmb=2MiB");
    MUST(bell_device_get_info(rig.device, &info));
    assert_int_equal(info.bar_bytes[BAR], 2 << 20);
    assert_true((reg(&rig, NVME_REG_CAP, 8) & NVME_CAP_CMBS) != 0);
    assert_int_equal(reg(&rig, NVME_REG_CMBSZ, 4), 0); /* until it is asked for */
    MUST(bell_register_write(rig.device, NVME_REG_CMBMSC, 8, 1));
    size = reg(&rig, NVME_REG_CMBSZ, 4);
    assert_int_equal((size >> 12) << (12 + 4 * (size >> 8 & 0xf)), 2 << 20);
    assert_int_equal(reg(&rig, NVME_REG_CMBLOC, 4) & 7, BAR);
    MUST(bell_register_write(rig.device, NVME_REG_CMBMSC, 8, base | 3));

    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = NVME_CNS_CONTROLLER};
    assert_int_equal(run(rig.admin, command_of(&sqe, base + 4096, 4096), NULL), NVME_SC_SUCCESS);
    assert_int_equal(identify(&rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    MUST(bell_pci_bar_read(rig.device, BAR, 4096, 8, &low));
    MUST(bell_pci_bar_read(rig.device, BAR, 4096 + 8, 4, &high));
    assert_memory_equal(&low, rig.data, 8);
    assert_memory_equal(&high, rig.data + 8, 4);
    MUST(bell_pci_bar_write(rig.device, BAR, (2 << 20) - 8, 8, UINT64_C(0x0123456789abcdef)));
    MUST(bell_pci_bar_read(rig.device, BAR, (2 << 20) - 8, 8, &low));
    assert_true(low == UINT64_C(0x0123456789abcdef));
    device_close(&rig);
}

static void bad_blocks_fail_and_their_neighbours_do_not(void **state)
{
    const struct nvme_sqe flush = {.opcode = NVME_NVM_FLUSH, .nsid = 1};
    struct rig rig;
    bell_qpair *qpair;

    device_open(&rig, "qemu:size=16MiB,read-error=100/2000,write-error=7,flush-error=on");
    qpair = qpair_new(&rig, 8, false);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 100, 1, rig.iova), NULL), 0x281);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 1996, 8, rig.iova), NULL), 0x281);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 99, 1, rig.iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 101, 1, rig.iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 100, 1, rig.iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 7, 1, rig.iova), NULL), 0x280);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 7, 1, rig.iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(qpair, command_of(&flush, 0, 0), NULL), 0x280);
    MUST(bell_qpair_close(qpair));
    device_close(&rig);

    device_open(&rig, "qemu:size=16MiB,write-error=any");
    qpair = qpair_new(&rig, 8, false);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 12345, 8, rig.iova), NULL), 0x280);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 12345, 8, rig.iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(qpair, command_of(&flush, 0, 0), NULL), NVME_SC_SUCCESS);
    MUST(bell_qpair_close(qpair));
    device_close(&rig);
}

/* Not faster than asked: a loaded machine makes it slower only. */
static void rates_hold_commands_back(void **state)
{
    enum { READS = 40 };
    struct rig rig;
    bell_qpair *qpair;
    uint64_t start;

    device_open(&rig, "qemu:size=16MiB,iops=100");
    qpair = qpair_new(&rig, 8, false);
    start = bell_now();
    for (uint64_t i = 0; i < READS; i++)
        assert_int_equal(run(qpair, io_command(NVME_NVM_READ, i, 1, rig.iova), NULL), NVME_SC_SUCCESS);
    assert_true(bell_now() - start > 200 * BELL_NS_PER_MS); /* QEMU lets the first tenth of a second's pass at once */
    MUST(bell_qpair_close(qpair));
    device_close(&rig);

    device_open(&rig, "qemu:size=16MiB,bandwidth=1MiB");
    qpair = qpair_new(&rig, 8, false);
    start = bell_now();
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 256, rig.iova), NULL), NVME_SC_SUCCESS);
    assert_true(bell_now() - start > 100 * BELL_NS_PER_MS);
    MUST(bell_qpair_close(qpair));
    device_close(&rig);
}

static uint32_t le32(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static void zones_are_as_asked(void **state)
{
    const struct nvme_sqe sqe = {
        .opcode = NVME_ADMIN_IDENTIFY, .nsid = 1, .cdw10 = 5, .cdw11 = UINT32_C(2) << 24}; /* CNS 05h, CSI 2 */
    const bell_controller_config all = {.css = 6};
    struct rig rig;
    bell_qpair *qpair;

    device_open(&rig, "qemu:size=64MiB,zoned=on,zone=8MiB,zone-cap=6MiB,max-open=3,max-active=5");
    MUST(bell_controller_enable(rig.device, &all));
    assert_int_equal(run(rig.admin, command_of(&sqe, rig.iova, 4096), NULL), NVME_SC_SUCCESS);
    assert_int_equal(le32(rig.data + 4), 5 - 1); /* MAR */
    assert_int_equal(le32(rig.data + 8), 3 - 1); /* MOR */
    assert_int_equal(le32(rig.data + 2816), (8 << 20) / 512);

    /* Zone Management Receive, report: zone 1 begins where zone 0 ends, and can be written up to its capacity. */
    const struct nvme_sqe report = {.opcode = 0x7a, .nsid = 1, .cdw12 = 4096 / 4 - 1};
    qpair = qpair_new(&rig, 8, false);
    assert_int_equal(run(qpair, command_of(&report, rig.iova, 4096), NULL), NVME_SC_SUCCESS);
    assert_int_equal(le32(rig.data), 8);
    assert_int_equal(le32(rig.data + 64 + 8), (6 << 20) / 512);
    assert_int_equal(le32(rig.data + 128 + 16), (8 << 20) / 512);
    /* The fourth open zone is one too many; the third is not. */
    for (uint64_t zone = 0; zone < 4; zone++) {
        const struct nvme_sqe open = {
            .opcode = 0x79, .nsid = 1, .cdw10 = (uint32_t)(zone * (8 << 20) / 512), .cdw13 = 3};
        assert_int_equal(run(qpair, command_of(&open, 0, 0), NULL), zone < 3 ? NVME_SC_SUCCESS : 0x1be);
    }
    MUST(bell_qpair_close(qpair));
    device_close(&rig);
}

/* Data bytes of an LBA and metadata bytes of the format in use. */
static void format_of(struct rig *rig, uint32_t nsid, uint32_t *lba, uint32_t *ms, uint32_t *pi)
{
    const uint8_t *format;

    assert_int_equal(identify(rig, NVME_CNS_NAMESPACE, nsid), NVME_SC_SUCCESS);
    format = rig->data + 128 + 4 * (rig->data[26] & 0xf);
    *lba = 1u << format[2];
    *ms = format[0] | (uint32_t)format[1] << 8;
    *pi = rig->data[29] & 7;
}

static void each_namespace_has_its_own_format(void **state)
{
    static const uint32_t expected[4][3] = {{512, 0, 0}, {4096, 8, 1}, {4096, 16, 0}, {4096, 16, 0}};
    struct rig rig;

    device_open(&rig, "qemu:size=64MiB,ns=4,lba=512/4096,ms=0/8/16,pi=0/1/0");
    for (uint32_t nsid = 1; nsid <= 4; nsid++) {
        uint32_t lba, ms, pi;

        format_of(&rig, nsid, &lba, &ms, &pi);
        assert_int_equal(lba, expected[nsid - 1][0]);
        assert_int_equal(ms, expected[nsid - 1][1]);
        assert_int_equal(pi, expected[nsid - 1][2]);
    }
    device_close(&rig);

    device_open(&rig, "qemu:size=64MiB,ns=2,zoned=off/on");
    MUST(bell_controller_enable(rig.device, &(bell_controller_config){.css = 6}));
    for (uint32_t nsid = 1; nsid <= 2; nsid++) {
        const struct nvme_sqe zoned = {
            .opcode = NVME_ADMIN_IDENTIFY, .nsid = nsid, .cdw10 = 5, .cdw11 = UINT32_C(2) << 24};
        bool fits = run(rig.admin, command_of(&zoned, rig.iova, 4096), NULL) == NVME_SC_SUCCESS;

        assert_int_equal(fits, nsid == 2);
    }
    device_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_memory_buffer_takes_data_of_commands),
        cmocka_unit_test(bad_blocks_fail_and_their_neighbours_do_not),
        cmocka_unit_test(rates_hold_commands_back),
        cmocka_unit_test(zones_are_as_asked),
        cmocka_unit_test(each_namespace_has_its_own_format),
    };

    return run_with_qemu(tests);
}
