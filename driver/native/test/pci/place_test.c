/* SPDX-License-Identifier: Apache-2.0 */
/* What a user reads whose device cannot be driven, on machines made of files. */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "doorbell.h"
#include "pci/place.h"
#include "pci/vfio_refusal.h"
#include "support/error.h"

#define ADDRESS "0000:01:00.0"
#define DEVICE  "sys/bus/pci/devices/" ADDRESS

static char root[64];

/* The folders above a path below root. */
static void folders_make(char *path)
{
    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
}

static void put(const char *name, const char *text)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", root, name);
    folders_make(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void link_to(const char *name, const char *target)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", root, name);
    folders_make(path);
    assert_int_equal(symlink(target, path), 0);
}

static int setup(void **state)
{
    snprintf(root, sizeof root, "/tmp/doorbell-place-XXXXXX");
    if (mkdtemp(root) == NULL)
        return -1;
    put(DEVICE "/class", "0x010802\n");
    put(DEVICE "/vendor", "0x144d\n");
    put(DEVICE "/device", "0xa80a\n");
    put("sys/bus/pci/drivers/vfio-pci/new_id", "");
    return 0;
}

static int drop(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    return remove(path);
}

static int teardown(void **state)
{
    return nftw(root, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static struct bell_place found(void)
{
    struct bell_place place;

    assert_int_equal(bell_place_find(root, ADDRESS, &place), 0);
    return place;
}

static void refused(int error, const char *words)
{
    struct bell_place place = found();

    assert_int_equal(bell_vfio_refusal(root, &place), error);
    if (strstr(bell_error_text(), words) == NULL || strstr(bell_error_text(), ADDRESS) == NULL)
        fail_msg("\"%s\" does not say \"%s\" of " ADDRESS, bell_error_text(), words);
}

static void test_addresses_are_read_in_all_their_forms(void **state)
{
    static const char *const good[][2] = {{"01:00.0", "0000:01:00.0"},
                                          {"0000:01:00.0", "0000:01:00.0"},
                                          {"pcie:01:00.0", "0000:01:00.0"},
                                          {"10000:e1:1F.7", "10000:e1:1f.7"},
                                          {"pcie:0001:C1:00.1", "0001:c1:00.1"}};
    static const char *const bad[] = {"",         "01:00",   "01:00.8",      "01:20.0",        "1:2:3:4.5",
                                      "01:00.0x", "pcie:",   "01:00.0,a=b",  "0000:01:00.0.1", "xx:00.0",
                                      "sim:",     "01-00.0", "0000:01:00.00"};
    char address[24];

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(bell_place_parse(good[i][0], address));
        assert_string_equal(address, good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (bell_place_parse(bad[i], address))
            fail_msg("\"%s\" was read as %s", bad[i], address);
    }
}

static void test_what_sysfs_says_is_found(void **state)
{
    link_to(DEVICE "/driver", "../../../bus/pci/drivers/vfio-pci");
    link_to(DEVICE "/iommu_group", "../../../kernel/iommu_groups/17");
    put(DEVICE "/vfio-dev/vfio3/dev", "511:3\n");
    struct bell_place place = found();

    assert_string_equal(place.address, ADDRESS);
    assert_string_equal(place.driver, "vfio-pci");
    assert_string_equal(place.cdev, "vfio3");
    assert_int_equal(place.group, 17);
    assert_int_equal(place.vendor, 0x144d);
    assert_int_equal(place.device, 0xa80a);
    assert_int_equal(place.class_code, 0x010802);
    assert_int_equal(bell_vfio_refusal(root, &place), 0);
}

/* Root may open everything that exists: what must not be opened is left out. */
static void test_access_is_judged_by_the_way_that_will_be_taken(void **state)
{
    bell_pci_place look;

    link_to(DEVICE "/driver", "../../../bus/pci/drivers/vfio-pci");
    link_to(DEVICE "/iommu_group", "../../../kernel/iommu_groups/17");
    assert_int_equal(bell_pci_look(root, ADDRESS, &look), 0);
    assert_non_null(strstr(look.refusal, "may not open /dev/vfio/17"));
    put("dev/vfio/17", "");
    assert_int_equal(bell_pci_look(root, ADDRESS, &look), 0);
    assert_string_equal(look.refusal, "");
}

static void test_access_by_the_device_file_is_enough(void **state)
{
    bell_pci_place look;

    link_to(DEVICE "/driver", "../../../bus/pci/drivers/vfio-pci");
    link_to(DEVICE "/iommu_group", "../../../kernel/iommu_groups/17");
    put(DEVICE "/vfio-dev/vfio3/dev", "511:3\n");
    put("dev/vfio/devices/vfio3", "");
    assert_int_equal(bell_pci_look(root, ADDRESS, &look), 0);
    assert_non_null(strstr(look.refusal, "neither /dev/vfio/devices/vfio3 with /dev/iommu nor /dev/vfio/17"));
    put("dev/iommu", "");
    assert_int_equal(bell_pci_look(root, ADDRESS, &look), 0);
    assert_string_equal(look.refusal, "");
}

static void test_a_function_that_is_not_there(void **state)
{
    struct bell_place place;

    assert_int_equal(bell_place_find(root, "0000:02:00.0", &place), -ENOENT);
    assert_non_null(strstr(bell_error_text(), "0000:02:00.0: there is no such PCI function"));
}

static void test_a_function_without_a_driver(void **state)
{
    refused(-ENODEV, "is bound to no driver; bind it to vfio-pci");
    link_to(DEVICE "/driver", "../../../bus/pci/drivers/other");
    refused(-EBUSY, "is bound to the driver other; bind it to vfio-pci");
}

static void test_a_function_that_is_no_nvme_controller(void **state)
{
    put(DEVICE "/class", "0x030000\n");
    refused(-ENOTSUP, "is no NVMe controller: its class is 030000h");
}

static void test_a_machine_without_iommu(void **state)
{
    link_to(DEVICE "/driver", "../../../bus/pci/drivers/vfio-pci");
    refused(-ENODEV, "is behind no IOMMU");
}

/* A controller with two partitions on one namespace. */
static void kernel_owns(void)
{
    link_to(DEVICE "/driver", "../../../bus/pci/drivers/nvme");
    put(DEVICE "/nvme/nvme4/nvme4n1/dev", "259:0\n");
    put("sys/class/block/nvme4n1/dev", "259:0\n");
    put("sys/class/block/nvme4n1/nvme4n1p1/dev", "259:1\n");
    put("sys/class/block/nvme4n1/nvme4n1p2/dev", "259:2\n");
    put("proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
    put("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
}

static void test_a_function_of_the_kernel_that_nobody_uses(void **state)
{
    kernel_owns();
    refused(-EBUSY, "is bound to the kernel's nvme driver; bind it to vfio-pci");
}

static void test_a_mounted_partition_is_named_with_its_place(void **state)
{
    kernel_owns();
    put("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                               "41 22 259:2 / /home rw,relatime shared:1 - ext4 /dev/nvme4n1p2 rw\n");
    refused(-EBUSY, "in use: nvme4n1p2 is mounted on /home; end that first");
}

static void test_swap_and_raid_are_named(void **state)
{
    kernel_owns();
    put("proc/swaps", "Filename Type Size Used Priority\n/dev/nvme4n1p1 partition 1 0 -2\n");
    put("sys/class/block/nvme4n1/nvme4n1p2/holders/md127/dev", "9:127\n");
    refused(-EBUSY, "nvme4n1p1 is swap space");
    refused(-EBUSY, "nvme4n1p2 is a member of the RAID md127");
}

static void test_a_program_that_has_the_disk_open_is_named(void **state)
{
    kernel_owns();
    link_to("proc/4711/fd/3", "/dev/nvme4n1");
    put("proc/4711/comm", "fio\n");
    refused(-EBUSY, "nvme4n1 is open in fio (process 4711)");
}

static void test_a_disk_behind_several_paths_is_found(void **state)
{
    link_to(DEVICE "/driver", "../../../bus/pci/drivers/nvme");
    put(DEVICE "/nvme/nvme4/nvme4c4n1/dev", "259:9\n");
    put("sys/class/block/nvme4n1/dev", "259:0\n");
    put("proc/self/mountinfo", "41 22 259:0 / /data rw - xfs /dev/nvme4n1 rw\n");
    refused(-EBUSY, "nvme4n1 is mounted on /data");
}

static void test_neighbours_in_the_group_that_the_kernel_uses_are_named(void **state)
{
    char words[128];

    link_to(DEVICE "/driver", "../../../bus/pci/drivers/vfio-pci");
    link_to(DEVICE "/iommu_group", "../../../kernel/iommu_groups/17");
    put("sys/kernel/iommu_groups/17/devices/" ADDRESS "/x", "");
    link_to("sys/kernel/iommu_groups/17/devices/0000:00:01.0/driver", "../../drivers/pcieport");
    struct bell_place place = found();
    assert_false(bell_place_neighbours(root, &place, words, sizeof words));
    link_to("sys/kernel/iommu_groups/17/devices/0000:01:00.1/driver", "../../drivers/snd_hda_intel");
    assert_true(bell_place_neighbours(root, &place, words, sizeof words));
    assert_string_equal(words, "0000:01:00.1 is bound to snd_hda_intel");
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HERE(test_addresses_are_read_in_all_their_forms),
        HERE(test_what_sysfs_says_is_found),
        HERE(test_access_is_judged_by_the_way_that_will_be_taken),
        HERE(test_access_by_the_device_file_is_enough),
        HERE(test_a_function_that_is_not_there),
        HERE(test_a_function_without_a_driver),
        HERE(test_a_function_that_is_no_nvme_controller),
        HERE(test_a_machine_without_iommu),
        HERE(test_a_function_of_the_kernel_that_nobody_uses),
        HERE(test_a_mounted_partition_is_named_with_its_place),
        HERE(test_swap_and_raid_are_named),
        HERE(test_a_program_that_has_the_disk_open_is_named),
        HERE(test_a_disk_behind_several_paths_is_found),
        HERE(test_neighbours_in_the_group_that_the_kernel_uses_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
