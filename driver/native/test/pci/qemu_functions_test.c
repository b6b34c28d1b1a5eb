/* SPDX-License-Identifier: Apache-2.0 */
/* Several functions of one QEMU machine, open at the same time: controllers of a subsystem, and virtual functions. */
#include <pthread.h>

#include "../nvme/rig.h"
#include "qemu_child.h"
#include "qemu_fixture.h"
#include "spec/pci.h"

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

static void refused(const char *address, int code, const char *words)
{
    bell_device *device = NULL;
    int rc = bell_device_open(address, &device);

    if (rc != code || strstr(bell_last_error(), words) == NULL)
        fail_msg("%s gives %d: %s", address, rc, bell_last_error());
}

static uint32_t controller_id(struct rig *rig)
{
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    return rig->data[78] | (uint32_t)rig->data[79] << 8;
}

static void two_controllers_share_a_namespace_and_keep_their_own(void **state)
{
    struct rig first, second;
    bell_qpair *writer, *reader;

    device_open(&first, "qemu:machine=pair,size=48MiB,controllers=2,ns=3,shared=on/off");
    device_open(&second, "qemu:machine=pair,controller=1");
    assert_int_not_equal(controller_id(&first), controller_id(&second));
    assert_int_equal(identify(&first, 2, 0), NVME_SC_SUCCESS);
    assert_int_equal(first.data[0], 1);
    assert_int_equal(first.data[4], 3);
    assert_int_equal(identify(&second, 2, 0), NVME_SC_SUCCESS);
    assert_int_equal(second.data[0], 1);
    assert_int_equal(second.data[4], 2);

    writer = qpair_new(&first, 8, true);
    reader = qpair_new(&second, 8, true);
    for (int i = 0; i < LBA_BYTES; i++)
        first.data[i] = (uint8_t)(i * 7);
    assert_int_equal(run(writer, io_command(NVME_NVM_WRITE, 77, 1, first.iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(reader, io_command(NVME_NVM_READ, 77, 1, second.iova), NULL), NVME_SC_SUCCESS);
    assert_memory_equal(first.data, second.data, LBA_BYTES);

    /* A reset of one leaves the other alone. */
    MUST(bell_pci_reset(first.device, BELL_RESET_HOT));
    assert_int_equal(run(reader, io_command(NVME_NVM_READ, 77, 1, second.iova), NULL), NVME_SC_SUCCESS);
    MUST(bell_qpair_close(writer));
    MUST(bell_qpair_close(reader));

    /* Whichever is closed first, the machine stays for the other. */
    device_close(&first);
    assert_int_equal(identify(&second, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    device_open(&first, "qemu:machine=pair");
    device_close(&second);
    assert_int_equal(identify(&first, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    device_close(&first);
    assert_true(qemu_child_find() <= 0);
}

static void who_does_not_fit_a_machine_is_told_why(void **state)
{
    struct rig rig;

    refused("qemu:machine=none,controller=1", -ENOENT, "is not running here");
    device_open(&rig, "qemu:machine=one,size=16MiB,controllers=2,controller=1");
    refused("qemu:machine=one,controller=1", -EBUSY, "controller 1, vf 0 open already");
    refused("qemu:machine=one,size=32MiB,controllers=2", -EINVAL, "runs already with other options");
    refused("qemu:machine=one,controller=2", -EINVAL, "has 2, counted from 0");
    refused("qemu:machine=one,vf=1", -EINVAL, "machine one has 0");
    assert_int_equal(identify(&rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    device_close(&rig);
    /* Nothing of it is left: the name is free for another one. */
    device_open(&rig, "qemu:machine=one,size=32MiB");
    device_close(&rig);
}

/* One thread opens and closes one controller of a machine over and over. */
static void *open_and_close(void *address)
{
    for (int i = 0; i < 10; i++) {
        bell_device *device = NULL;

        if (bell_device_open(address, &device) != 0 || bell_device_close(device) != 0)
            return (void *)bell_last_error();
    }
    return NULL;
}

static void threads_may_come_and_go(void **state)
{
    static char first[] = "qemu:machine=busy,size=16MiB,controllers=2,controller=0";
    static char second[] = "qemu:machine=busy,size=16MiB,controllers=2,controller=1";
    pthread_t thread;
    void *failure;

    assert_int_equal(pthread_create(&thread, NULL, open_and_close, first), 0);
    void *own = open_and_close(second);
    pthread_join(thread, &failure);
    if (own != NULL || failure != NULL)
        fail_msg("a thread could not open and close its controller");
    assert_true(qemu_child_find() <= 0);
}

/* Virtualization Management (NVMe Base 2.0c §5.27): action, resource type, controller, number. */
static uint16_t manage(struct rig *rig, uint32_t action, uint32_t type, uint32_t controller, uint32_t number)
{
    const struct nvme_sqe sqe = {
        .opcode = NVME_ADMIN_VIRTUALIZATION, .cdw10 = action | type << 8 | controller << 16, .cdw11 = number};

    return run(rig->admin, command_of(&sqe, 0, 0), NULL);
}

static uint32_t sriov_of(struct rig *rig)
{
    uint32_t offset = PCI_EXT_CAP_START;
    uint32_t header = 0;

    while (offset != 0) {
        MUST(bell_pci_config_read(rig->device, offset, 4, &header));
        if ((header & 0xffff) == PCI_EXT_CAP_SRIOV)
            return offset;
        offset = header >> 20;
    }
    fail_msg("no SR-IOV capability");
    return 0;
}

static void virtual_functions_are_opened_once_they_are_enabled(void **state)
{
    enum { OFFLINE = 7, ASSIGN = 8, ONLINE = 9, VQ = 0, VI = 1 };
    struct rig physical, virtual, other;
    bell_qpair *writer, *reader;
    bell_device_info info;
    uint32_t sriov, first, value;

    device_open(&physical, "qemu:machine=virtual,size=16MiB,vfs=2");
    refused("qemu:machine=virtual,vf=1", -ENODEV, "is not enabled; write NumVFs");
    refused("qemu:machine=virtual,vf=3", -EINVAL, "machine virtual has 2");
    /* The list of secondary controllers: their ids. */
    assert_int_equal(identify(&physical, 0x15, 0), NVME_SC_SUCCESS);
    assert_int_equal(physical.data[0], 2);
    first = physical.data[32] | (uint32_t)physical.data[33] << 8;
    for (uint32_t vf = 0; vf < 2; vf++) {
        assert_int_equal(manage(&physical, OFFLINE, 0, first + vf, 0), NVME_SC_SUCCESS);
        assert_int_equal(manage(&physical, ASSIGN, VQ, first + vf, 3), NVME_SC_SUCCESS);
        assert_int_equal(manage(&physical, ASSIGN, VI, first + vf, 3), NVME_SC_SUCCESS);
    }
    sriov = sriov_of(&physical);
    MUST(bell_pci_config_write(physical.device, sriov + PCI_SRIOV_NUM_VFS, 2, 2));
    MUST(bell_pci_config_write(physical.device, sriov + PCI_SRIOV_CONTROL, 2,
                               PCI_SRIOV_CONTROL_ENABLE | PCI_SRIOV_CONTROL_MEMORY));
    for (uint32_t vf = 0; vf < 2; vf++)
        assert_int_equal(manage(&physical, ONLINE, 0, first + vf, 0), NVME_SC_SUCCESS);

    device_open(&virtual, "qemu:machine=virtual,vf=1");
    device_open(&other, "qemu:machine=virtual,vf=2");
    MUST(bell_device_get_info(virtual.device, &info));
    assert_non_null(strstr(info.name, "VF 1 of 2"));
    assert_int_equal(controller_id(&virtual), first);
    assert_int_equal(controller_id(&other), first + 1);
    MUST(bell_pci_config_read(virtual.device, PCI_VENDOR, 2, &value));
    assert_int_equal(value, 0x1b36);
    assert_int_equal(bell_pci_reset(virtual.device, BELL_RESET_HOT), -ENOTSUP);
    MUST(bell_pci_reset(virtual.device, BELL_RESET_FLR));
    MUST(bell_controller_enable(virtual.device, &(bell_controller_config){0}));

    writer = qpair_new(&virtual, 8, true);
    reader = qpair_new(&other, 8, true);
    memset(virtual.data, 0x3c, LBA_BYTES);
    assert_int_equal(run(writer, io_command(NVME_NVM_WRITE, 5, 1, virtual.iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(reader, io_command(NVME_NVM_READ, 5, 1, other.iova), NULL), NVME_SC_SUCCESS);
    assert_memory_equal(virtual.data, other.data, LBA_BYTES);
    MUST(bell_qpair_close(writer));
    MUST(bell_qpair_close(reader));

    /* Disabled, a virtual function is gone as if it had been pulled out. */
    MUST(bell_pci_config_write(physical.device, sriov + PCI_SRIOV_CONTROL, 2, 0));
    assert_int_equal(bell_pci_config_read(virtual.device, PCI_VENDOR, 2, &value), -ENODEV);
    device_close(&virtual);
    device_close(&other);
    assert_int_equal(identify(&physical, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    device_close(&physical);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_controllers_share_a_namespace_and_keep_their_own),
        cmocka_unit_test(who_does_not_fit_a_machine_is_told_why),
        cmocka_unit_test(threads_may_come_and_go),
        cmocka_unit_test(virtual_functions_are_opened_once_they_are_enabled),
    };

    return run_with_qemu(tests);
}
