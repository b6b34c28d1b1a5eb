/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only a real kernel can show: one owner at a time, a killed owner, an IOMMU that refuses, functions that stop
 * answering. DOORBELL_TEST_ADDRESS names a function that is bound to vfio-pci; testbed/pcie runs this in a virtual
 * machine. DOORBELL_TEST_BRIDGED names one behind a port, for hot reset and removal;
 * DOORBELL_TEST_PAIR two of one IOMMU group; DOORBELL_TEST_PULLED one in a slot of the port DOORBELL_TEST_PULLED_PORT.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../nvme/rig.h"
#include "pci/place.h"
#include "pci/vfio_abi.h"
#include "pci/vfio_iommu.h"
#include "pci/vfio_irqs.h"
#include "spec/pci.h"

static void test_is_a_pcie_function_with_its_whole_config_space(void **state)
{
    struct rig *rig = rig_of(state);
    bell_device_info info;
    uint32_t vendor;
    uint32_t header;

    MUST(bell_device_get_info(rig->device, &info));
    assert_int_equal(info.kind, BELL_KIND_VFIO);
    assert_int_equal(info.features & BELL_HAS_INTERRUPTS, BELL_HAS_INTERRUPTS);
    assert_int_equal(info.config_bytes, 4096);
    MUST(bell_pci_config_read(rig->device, PCI_VENDOR, 2, &vendor));
    assert_int_not_equal(vendor, 0xffff);
    MUST(bell_pci_config_read(rig->device, PCI_EXT_CAP_START, 4, &header));
    assert_int_not_equal(header, UINT32_MAX);
}

static void test_a_second_owner_is_refused_with_the_name_of_the_first(void **state)
{
    struct rig *rig = rig_of(state);
    bell_device *second = NULL;
    int status;

    assert_int_equal(bell_device_open(rig->address, &second), -EBUSY);
    assert_non_null(strstr(bell_last_error(), "is in use: this process has /dev/vfio/"));
    pid_t child = fork();
    if (child == 0) {
        char words[64];

        snprintf(words, sizeof words, "(process %d) has /dev/vfio/", (int)getppid());
        int rc = bell_device_open(rig->address, &second);
        if (rc != -EBUSY || strstr(bell_last_error(), words) == NULL) {
            fprintf(stderr, "%d: %s\n", rc, bell_last_error());
            _exit(1);
        }
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
}

/* In a process of its own: reads that never stop. */
static void owner_main(const char *address, volatile uint32_t *reads)
{
    struct rig rig = {.address = address};
    void *state = &rig;

    if (rig_setup(&state) != 0 || rig.device == NULL)
        _exit(1);
    bell_qpair *qpair = qpair_new(&rig, 16, true);
    bell_completion ends[16];
    for (uint64_t lba = 0;; lba = (lba + 8) % 4096) {
        const bell_command read = io_command(NVME_NVM_READ, lba, 8, rig.iova);

        while (bell_qpair_submit(qpair, &read, NULL) == 0)
            ;
        int count = bell_qpair_wait(qpair, ends, 16, WAIT_US);
        if (count <= 0)
            _exit(1);
        *reads += (uint32_t)count;
    }
}

static void test_the_device_of_a_killed_process_opens_at_once(void **state)
{
    const char *address = getenv("DOORBELL_TEST_ADDRESS");
    volatile uint32_t *reads = mmap(NULL, sizeof *reads, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;

    assert_ptr_not_equal(reads, MAP_FAILED);
    for (int round = 0; round < 3; round++) {
        *reads = 0;
        pid_t child = fork();
        if (child == 0)
            owner_main(address, reads);
        assert_true(child > 0);
        for (int i = 0; i < 2000 && *reads < 100; i++)
            usleep(10000);
        assert_true(*reads >= 100);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));

        struct rig rig = {.address = address};
        void *own = &rig;
        assert_int_equal(rig_setup(&own), 0);
        assert_int_equal(identify(&rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
        assert_int_equal(rig_teardown(&own), 0);
    }
    munmap((void *)reads, sizeof *reads);
}

static void test_silence_of_the_function_kills_nobody(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 8, false);
    const bell_command read = io_command(NVME_NVM_READ, 0, 1, rig->iova);
    uint64_t value;
    uint32_t command;

    assert_int_equal(run(qpair, read, NULL), NVME_SC_SUCCESS);
    MUST(bell_pci_config_read(rig->device, PCI_COMMAND, 2, &command));
    MUST(bell_pci_config_write(rig->device, PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY));
    bell_register_read(rig->device, NVME_REG_VS, 4, &value);
    assert_int_equal(value, UINT32_MAX);
    bell_register_read(rig->device, NVME_REG_CAP, 8, &value);
    assert_true(value == UINT64_MAX);
    MUST(bell_qpair_submit(qpair, &read, NULL)); /* its doorbell goes nowhere */

    MUST(bell_pci_config_write(rig->device, PCI_COMMAND, 2, command));
    MUST(bell_register_read(rig->device, NVME_REG_VS, 4, &value));
    assert_int_not_equal(value, UINT32_MAX);
    /* The next doorbell tells of both commands. */
    MUST(bell_qpair_submit(qpair, &read, NULL));
    bell_completion ends[2];
    for (int count = 0; count < 2;)
        count += MUST(bell_qpair_wait(qpair, ends, 2, WAIT_US));
    MUST(bell_qpair_close(qpair));
}

static void test_memory_has_addresses_of_its_own_and_gives_them_back(void **state)
{
    struct rig *rig = rig_of(state);
    bell_buffer *buffers[64];

    for (int round = 0; round < 20; round++) {
        uint64_t last = 0;

        for (uint64_t i = 0; i < 64; i++) {
            uint64_t bytes = 4096 << i % 5;
            MUST(bell_buffer_alloc(rig->device, bytes, &buffers[i]));
            uint64_t iova = bell_buffer_iova(buffers[i]);
            const uint8_t *data = bell_buffer_data(buffers[i]);

            assert_int_equal(iova % 4096, 0);
            assert_true(iova >= last + 4096 || iova < last);
            last = iova + bytes;
            for (uint64_t b = 0; b < bytes; b += 512)
                assert_int_equal(data[b], 0);
            memset(bell_buffer_data(buffers[i]), 0x5a, bytes);
        }
        for (int i = 0; i < 64; i++)
            MUST(bell_buffer_free(buffers[(i * 37) % 64]));
    }
    MUST(bell_buffer_alloc(rig->device, 6u << 20, &buffers[0]));
    assert_int_equal(bell_buffer_iova(buffers[0]) % (2u << 20), 0);
    assert_int_equal((uintptr_t)bell_buffer_data(buffers[0]) % (2u << 20), 0);
    MUST(bell_buffer_free(buffers[0]));
}

/* The pin is the last resort; a device that has MSI-X too must not be needed without it. The kernel signals it in a
 * loop-back, as vfio.h describes for DATA_NONE with ACTION_TRIGGER. */
static void test_the_pin_signals_and_masks(void **state)
{
    struct bell_place place;
    struct bell_vfio_iommu iommu;
    char address[24];
    struct bell_vfio_vector vector = {.event = -1};
    struct vfio_irq_set fire = {.argsz = sizeof fire,
                                .flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
                                .index = VFIO_PCI_INTX_IRQ_INDEX,
                                .count = 1};

    assert_true(bell_place_parse(getenv("DOORBELL_TEST_ADDRESS"), address));
    assert_int_equal(bell_place_find("", address, &place), 0);
    assert_int_equal(bell_vfio_iommu_open(&place, &iommu), 0);
    struct bell_pci_function fn = {.name = "pin"};
    struct bell_vfio_irqs irqs = {.fn = &fn,
                                  .device = iommu.device,
                                  .index = VFIO_PCI_INTX_IRQ_INDEX,
                                  .count = 1,
                                  .vectors = calloc(1, sizeof vector)};
    irqs.vectors[0] = vector;
    MUST(bell_vfio_irqs_setup(&irqs));
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 0), 0);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(ioctl(iommu.device, VFIO_DEVICE_SET_IRQS, &fire), 0);
        assert_int_equal(bell_vfio_irqs_isset(&irqs, 0), 1);
        assert_int_equal(bell_vfio_irqs_isset(&irqs, 0), 1);
        assert_int_equal(bell_vfio_irqs_clear(&irqs, 0), 0);
        assert_int_equal(bell_vfio_irqs_isset(&irqs, 0), 0);
    }
    assert_int_equal(bell_vfio_irqs_mask(&irqs, 0, true), 0);
    assert_int_equal(bell_vfio_irqs_mask(&irqs, 0, false), 0);
    assert_int_equal(irqs.vectors[0].hidden, 0); /* the kernel did it */
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 1), -EINVAL);
    bell_vfio_irqs_close(&irqs);
    bell_vfio_iommu_close(&iommu);
}

static void test_hot_reset_where_a_port_is_above_and_words_where_none_is(void **state)
{
    struct rig *rig = rig_of(state);
    struct rig bridged = {.address = getenv("DOORBELL_TEST_BRIDGED")};
    void *own = &bridged;
    uint64_t cc;

    if (bridged.address == NULL)
        skip();
    assert_int_equal(bell_pci_reset(rig->device, BELL_RESET_HOT), -ENOTSUP);
    assert_non_null(strstr(bell_last_error(), "no port above"));
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);

    assert_int_equal(rig_setup(&own), 0);
    bell_qpair *qpair = qpair_new(&bridged, 8, true);
    const bell_command read = io_command(NVME_NVM_READ, 0, 1, bridged.iova);
    assert_int_equal(run(qpair, read, NULL), NVME_SC_SUCCESS);
    MUST(bell_pci_reset(bridged.device, BELL_RESET_HOT));
    assert_int_equal(bell_qpair_submit(qpair, &read, NULL), -ENODEV);
    MUST(bell_register_read(bridged.device, NVME_REG_CC, 4, &cc));
    assert_int_equal(cc & NVME_CC_EN, 0);
    MUST(bell_qpair_close(qpair));
    MUST(bell_controller_enable(bridged.device, &(bell_controller_config){0}));
    qpair = qpair_new(&bridged, 8, true);
    assert_int_equal(run(qpair, read, NULL), NVME_SC_SUCCESS);
    MUST(bell_qpair_close(qpair));
    assert_int_equal(rig_teardown(&own), 0);
}

/* Run last: the kernel's log then tells of the fault. */
static void test_a_stale_address_meets_the_iommu(void **state)
{
    struct rig *rig = rig_of(state);
    bell_buffer *gone;
    bell_completion end;

    MUST(bell_buffer_alloc(rig->device, 4096, &gone));
    uint64_t iova = bell_buffer_iova(gone);
    MUST(bell_buffer_free(gone));
    bell_buffer *next;
    MUST(bell_buffer_alloc(rig->device, 4096, &next));
    assert_int_not_equal(bell_buffer_iova(next), iova);
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = NVME_CNS_CONTROLLER};
    /* What the device says of it is its own business: it must only not arrive anywhere. */
    run(rig->admin, command_of(&sqe, iova, 4096), &end);
    const uint8_t *data = bell_buffer_data(next);
    for (int i = 0; i < 4096; i++)
        assert_int_equal(data[i], 0);
    MUST(bell_buffer_free(next));
}

/* The only function's file that this process has. */
static int function_file(void)
{
    for (int file = 3; file < 1024; file++) {
        char path[32];
        char target[64];

        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length < 0)
            continue;
        target[length] = '\0';
        if (strcmp(target, "anon_inode:[vfio-device]") == 0)
            return file;
    }
    fail_msg("no file of a VFIO function");
    return -1;
}

/* The kernel signals its notice in a loop-back, as vfio.h describes. */
static void test_errors_that_the_system_reports_are_counted(void **state)
{
    struct rig *rig = rig_of(state);
    struct vfio_irq_set fire = {.argsz = sizeof fire,
                                .flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
                                .index = VFIO_PCI_ERR_IRQ_INDEX,
                                .count = 1};
    bell_pci_notices notices;

    for (uint64_t errors = 0; errors < 3; errors++) {
        MUST(bell_pci_get_notices(rig->device, &notices));
        assert_true(notices.errors == errors);
        assert_int_equal(notices.gone, 0);
        assert_int_equal(notices.removal, 0);
        assert_int_equal(ioctl(function_file(), VFIO_DEVICE_SET_IRQS, &fire), 0);
    }
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
}

static void test_two_functions_of_a_group_are_open_at_the_same_time(void **state)
{
    const char *pair = getenv("DOORBELL_TEST_PAIR");
    char addresses[2][24];
    struct rig rigs[2];
    bell_device *again;

    if (pair == NULL)
        skip();
    assert_int_equal(sscanf(pair, "%23s %23s", addresses[0], addresses[1]), 2);
    for (int i = 0; i < 2; i++) {
        void *own = &rigs[i];
        rigs[i] = (struct rig){.address = addresses[i]};
        assert_int_equal(rig_setup(&own), 0);
        assert_non_null(rigs[i].device);
    }
    assert_int_equal(bell_device_open(addresses[1], &again), -EBUSY);
    assert_true(rigs[0].iova != rigs[1].iova);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++) {
            bell_qpair *qpair = qpair_new(&rigs[i], 8, true);
            memset(rigs[i].data, 0xff, LBA_BYTES);
            assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 8, rigs[i].iova), NULL), NVME_SC_SUCCESS);
            assert_int_equal(rigs[i].data[0], 0);
            MUST(bell_qpair_close(qpair));
        }
    }
    void *own = &rigs[0];
    assert_int_equal(rig_teardown(&own), 0);
    assert_int_equal(identify(&rigs[1], NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    own = &rigs[1];
    assert_int_equal(rig_teardown(&own), 0);
}

/*
 * Another process that takes the function from the machine when go is written to; that waits until the driver lets go
 * of it. It is made before the function is opened: it must not hold its files itself.
 */
static pid_t remover_start(const char *address, int *go)
{
    int pipes[2];

    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        char path[128];
        char byte;

        snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/remove", address);
        if (read(pipes[0], &byte, 1) != 1)
            _exit(1);
        FILE *file = fopen(path, "w");
        _exit(file == NULL || fputs("1", file) < 0 || fclose(file) != 0);
    }
    assert_true(child > 0);
    close(pipes[0]);
    *go = pipes[1];
    return child;
}

static void test_removal_ends_every_command_and_then_goes_through(void **state)
{
    const char *address = getenv("DOORBELL_TEST_BRIDGED");
    struct rig rig = {.address = address};
    void *own = &rig;
    bell_completion end;
    uint32_t value = 0;
    int rc = 0;
    int go;
    int status;

    if (address == NULL)
        skip();
    pid_t child = remover_start(address, &go);
    assert_int_equal(rig_setup(&own), 0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    bell_command read = io_command(NVME_NVM_READ, 0, 1, rig.iova);
    read.flags = BELL_CMD_HOLD_DOORBELL;
    read.timeout_ms = 1000;
    MUST(bell_qpair_submit(qpair, &read, NULL)); /* the device will never see this one */
    assert_int_equal(write(go, "", 1), 1);
    close(go);
    for (int i = 0; i < 500 && rc == 0; i++) {
        usleep(10000);
        rc = bell_pci_config_read(rig.device, PCI_VENDOR, 2, &value);
    }
    assert_int_equal(rc, -ENODEV);
    assert_int_equal(value, 0xffff);
    assert_non_null(strstr(bell_last_error(), "is being removed or unbound"));
    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, BELL_CQ_LOST);
    assert_int_equal(bell_qpair_submit(qpair, &read, NULL), -ENODEV);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    MUST(bell_qpair_close(qpair));
    assert_int_equal(rig_teardown(&own), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(bell_device_open(address, &rig.device), -ENOENT);
    assert_non_null(strstr(bell_last_error(), "there is no such PCI function"));
}

/* Slot Control of a port (PCIe Base 5.0 §7.5.3.10): clear and set bits. */
static void slot_control(const char *port, uint16_t clear, uint16_t set)
{
    enum { SLOT_CONTROL = 0x18 };
    char path[128];
    uint8_t pointer = 0;
    uint8_t header[2] = {0};
    uint16_t before = 0;

    snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/config", port);
    int config = open(path, O_RDWR);
    assert_true(config >= 0);
    assert_int_equal(pread(config, &pointer, 1, PCI_CAPABILITIES), 1);
    for (; pointer != 0; pointer = header[1]) {
        assert_int_equal(pread(config, header, 2, pointer), 2);
        if (header[0] == PCI_CAP_PCIE)
            break;
    }
    assert_int_not_equal(pointer, 0);
    assert_int_equal(pread(config, &before, 2, pointer + SLOT_CONTROL), 2);
    const uint16_t after = (uint16_t)((before & ~clear) | set);
    assert_int_equal(pwrite(config, &after, 2, pointer + SLOT_CONTROL), 2);
    close(config);
}

/* Time limits are ten minutes: what ends does so because the device has gone. */
static void pulled_out(const char *address, const char *port)
{
    enum { SLOT_OFF = 0x700 /* power and its indicator */, SLOT_INTERRUPTS = 0x1038 };
    const bell_worker_config config = {.nsid = 1,
                                       .lba_bytes = LBA_BYTES,
                                       .region_end = 1000,
                                       .size_count = 1,
                                       .sizes = {8},
                                       .random_percent = 100,
                                       .read_percent = 100,
                                       .qdepth = 16,
                                       .cpu = UINT32_MAX};
    struct rig rig = {.address = address};
    void *own = &rig;
    bell_worker *worker = NULL;
    bell_pci_notices notices;
    bell_completion end;
    uint32_t value = 0;

    assert_int_equal(rig_setup(&own), 0);
    MUST(bell_controller_enable(rig.device, &(bell_controller_config){.timeout_ms = 600000}));
    MUST(bell_pci_get_notices(rig.device, &notices));
    assert_int_equal(notices.gone, 0);
    bell_qpair *qpair = qpair_new(&rig, 8, true);
    bell_command read = io_command(NVME_NVM_READ, 0, 1, rig.iova);
    read.flags = BELL_CMD_HOLD_DOORBELL; /* the device will never see this one */
    MUST(bell_qpair_submit(qpair, &read, NULL));
    MUST(bell_worker_create(rig.device, &config, &worker));
    MUST(bell_worker_start(worker));
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    for (int i = 0; i < 6000 && __atomic_load_n(&counters->completed, __ATOMIC_RELAXED) < 100; i++)
        usleep(10000);
    assert_true(__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) >= 100);

    /* QEMU takes out what is in a slot without power. The kernel, without interrupts of the slot, has no idea of it. */
    slot_control(port, SLOT_INTERRUPTS, SLOT_OFF);
    MUST(bell_worker_wait(worker, 60000));
    assert_int_equal(counters->state, BELL_WORKER_FAILED);
    assert_int_equal(counters->outstanding, 0);
    assert_non_null(strstr(bell_worker_error(worker), "lost"));
    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, UINT64_C(60000000))), 1);
    assert_int_equal(end.flags, BELL_CQ_LOST);
    assert_int_equal(bell_qpair_submit(qpair, &read, NULL), -ENODEV);
    MUST(bell_pci_get_notices(rig.device, &notices));
    assert_int_equal(notices.gone, 1);
    assert_int_equal(bell_pci_config_read(rig.device, PCI_VENDOR, 2, &value), -ENODEV);
    assert_int_equal(value, 0xffff);
    MUST(bell_worker_close(worker));
    MUST(bell_qpair_close(qpair));
    MUST(bell_buffer_free(rig.buffer));
}

/*
 * In a process of its own, which nobody waits for: when it lets go of the function, the kernel tries for minutes to
 * reset what is not there.
 */
static void test_a_device_that_is_pulled_out_ends_commands_and_workers(void **state)
{
    const char *address = getenv("DOORBELL_TEST_PULLED");
    const char *port = getenv("DOORBELL_TEST_PULLED_PORT");
    int report[2];
    char byte = 0;

    if (address == NULL || port == NULL)
        skip();
    assert_int_equal(pipe(report), 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(report[0]);
        pulled_out(address, port); /* a failure ends the tests of this process, without a report */
        if (write(report[1], "", 1) != 1)
            _exit(1);
        _exit(0);
    }
    assert_true(child > 0);
    close(report[1]);
    assert_int_equal(read(report[0], &byte, 1), 1);
    close(report[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON(given, test_is_a_pcie_function_with_its_whole_config_space),
        ON(given, test_a_second_owner_is_refused_with_the_name_of_the_first),
        cmocka_unit_test(test_the_device_of_a_killed_process_opens_at_once),
        ON(given, test_silence_of_the_function_kills_nobody),
        ON(given, test_memory_has_addresses_of_its_own_and_gives_them_back),
        cmocka_unit_test(test_the_pin_signals_and_masks),
        ON(given, test_hot_reset_where_a_port_is_above_and_words_where_none_is),
        ON(given, test_a_stale_address_meets_the_iommu),
        ON(given, test_errors_that_the_system_reports_are_counted),
        cmocka_unit_test(test_two_functions_of_a_group_are_open_at_the_same_time),
        cmocka_unit_test(test_removal_ends_every_command_and_then_goes_through),
        cmocka_unit_test(test_a_device_that_is_pulled_out_ends_commands_and_workers),
    };
    given.address = getenv("DOORBELL_TEST_ADDRESS");
    if (given.address == NULL) {
        print_message("No function bound to vfio-pci was named; testbed/pcie runs these tests in a virtual machine.\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
