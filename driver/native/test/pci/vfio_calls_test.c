/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of the kernel where no kernel of the tests answers: device files with iommufd, and MSI on a function
 * without MSI-X. ioctl and open are this file's own (linked with --wrap).
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pci/vfio_abi.h"
#include "pci/vfio_dma.h"
#include "pci/vfio_iommu.h"
#include "pci/vfio_irqs.h"
#include "spec/pci.h"
#include "support/error.h"

enum { CALLS_MAX = 32, SPACE = 7, MSI_VECTORS = 4, MSI_AT = 0x50 };

static struct {
    unsigned long requests[CALLS_MAX];
    size_t count;
    int bind_error;
    struct bell_ioas_map map;
    struct bell_ioas_unmap unmap;
    int32_t events[MSI_VECTORS];
    uint32_t event_count;
    uint32_t group_opens;
    uint32_t container_opens;
    char functions[4][24]; /* asked for in a group */
    uint32_t function_count;
    struct vfio_iommu_type1_dma_map group_maps[4];
    uint32_t group_map_count;
} kernel;

int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

int __wrap_open(const char *path, int flags, ...)
{
    kernel.group_opens += strcmp(path, "/dev/vfio/9") == 0;
    kernel.container_opens += strcmp(path, "/dev/vfio/vfio") == 0;
    return __real_open(strncmp(path, "/dev/", 5) == 0 ? "/dev/null" : path, flags & ~O_CREAT);
}

static void irqs_answer(const struct vfio_irq_set *set)
{
    assert_int_equal(set->index, VFIO_PCI_MSI_IRQ_INDEX);
    kernel.event_count = set->count;
    if ((set->flags & VFIO_IRQ_SET_DATA_EVENTFD) != 0)
        memcpy(kernel.events, set->data, set->count * sizeof kernel.events[0]);
}

static int answer(unsigned long request, void *argument)
{
    switch (request) {
    case VFIO_GET_API_VERSION:
        return VFIO_API_VERSION;
    case VFIO_CHECK_EXTENSION:
        return 1;
    case VFIO_GROUP_GET_STATUS:
        ((struct vfio_group_status *)argument)->flags = VFIO_GROUP_FLAGS_VIABLE;
        return 0;
    case VFIO_GROUP_SET_CONTAINER:
    case VFIO_SET_IOMMU:
        return 0;
    case VFIO_IOMMU_GET_INFO:
        ((struct vfio_iommu_type1_info *)argument)->flags = 0;
        return 0;
    case VFIO_GROUP_GET_DEVICE_FD:
        snprintf(kernel.functions[kernel.function_count++ % 4], sizeof kernel.functions[0], "%s", (char *)argument);
        return __real_open("/dev/null", O_RDWR);
    case VFIO_IOMMU_MAP_DMA:
        kernel.group_maps[kernel.group_map_count++ % 4] = *(struct vfio_iommu_type1_dma_map *)argument;
        return 0;
    case VFIO_IOMMU_UNMAP_DMA:
        return 0;
    case BELL_VFIO_DEVICE_BIND_IOMMUFD:
        assert_int_equal(((struct bell_vfio_bind *)argument)->argsz, sizeof(struct bell_vfio_bind));
        errno = kernel.bind_error;
        return kernel.bind_error == 0 ? 0 : -1;
    case BELL_IOAS_ALLOC:
        ((struct bell_ioas_alloc *)argument)->out_ioas_id = SPACE;
        return 0;
    case BELL_VFIO_DEVICE_ATTACH_IOMMUFD_PT:
        assert_int_equal(((struct bell_vfio_attach *)argument)->pt_id, SPACE);
        return 0;
    case BELL_IOAS_RANGES: {
        struct bell_ioas_ranges *ranges = argument;
        struct bell_ioas_range *list = (struct bell_ioas_range *)(uintptr_t)ranges->allowed_iovas;

        list[0] = (struct bell_ioas_range){0, 0xfedfffff};
        list[1] = (struct bell_ioas_range){0xfef00000, 0x7fffffffff};
        ranges->num_iovas = 2;
        return 0;
    }
    case BELL_IOAS_MAP:
        kernel.map = *(struct bell_ioas_map *)argument;
        return 0;
    case BELL_IOAS_UNMAP:
        kernel.unmap = *(struct bell_ioas_unmap *)argument;
        return 0;
    case VFIO_DEVICE_GET_IRQ_INFO: {
        struct vfio_irq_info *info = argument;

        info->flags = VFIO_IRQ_INFO_EVENTFD;
        info->count = info->index == VFIO_PCI_MSI_IRQ_INDEX ? MSI_VECTORS : 0;
        return 0;
    }
    case VFIO_DEVICE_SET_IRQS:
        irqs_answer(argument);
        return 0;
    default:
        fail_msg("ioctl %lxh was not expected", request);
        return -1;
    }
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    void *argument;

    va_start(args, request);
    argument = va_arg(args, void *);
    va_end(args);
    assert_true(kernel.count < CALLS_MAX);
    kernel.requests[kernel.count++] = request;
    return answer(request, argument);
}

static int setup(void **state)
{
    memset(&kernel, 0, sizeof kernel);
    return 0;
}

static const struct bell_place place = {.address = "0000:01:00.0", .driver = "vfio-pci", .cdev = "vfio3", .group = 9};

static void test_a_device_file_is_bound_and_attached_before_anything_else(void **state)
{
    static const unsigned long order[] = {BELL_VFIO_DEVICE_BIND_IOMMUFD, BELL_IOAS_ALLOC,
                                          BELL_VFIO_DEVICE_ATTACH_IOMMUFD_PT, BELL_IOAS_RANGES};
    struct bell_vfio_iommu iommu;

    assert_int_equal(bell_vfio_cdev_open(&place, &iommu), 0);
    assert_int_equal(kernel.count, 4);
    assert_memory_equal(kernel.requests, order, sizeof order);
    assert_int_equal(iommu.range_count, 2);
    assert_true(iommu.ranges[1].first == 0xfef00000 && iommu.ranges[1].last == 0x7fffffffff);
    assert_int_equal(iommu.group, -1);
    bell_vfio_iommu_close(&iommu);
}

static void test_memory_is_mapped_where_the_driver_wants_it(void **state)
{
    struct bell_vfio_iommu iommu;
    static uint8_t memory[4096];

    assert_int_equal(bell_vfio_cdev_open(&place, &iommu), 0);
    assert_int_equal(iommu.ops->map(&iommu, memory, 0x100000, sizeof memory), 0);
    assert_int_equal(kernel.map.size, 40);
    assert_int_equal(kernel.map.flags, BELL_IOAS_MAP_FIXED_IOVA | BELL_IOAS_MAP_READABLE | BELL_IOAS_MAP_WRITEABLE);
    assert_int_equal(kernel.map.ioas_id, SPACE);
    assert_true(kernel.map.user_va == (uintptr_t)memory);
    assert_true(kernel.map.iova == 0x100000 && kernel.map.length == sizeof memory);
    assert_int_equal(iommu.ops->unmap(&iommu, 0x100000, sizeof memory), 0);
    assert_true(kernel.unmap.iova == 0x100000 && kernel.unmap.length == sizeof memory);
    bell_vfio_iommu_close(&iommu);
}

static void test_a_device_file_of_another_process_is_in_use(void **state)
{
    struct bell_vfio_iommu iommu;

    kernel.bind_error = EINVAL;
    assert_int_equal(bell_vfio_cdev_open(&place, &iommu), -EBUSY);
    assert_non_null(strstr(bell_error_text(), "0000:01:00.0 is in use: "));
    assert_non_null(strstr(bell_error_text(), "/dev/vfio/devices/vfio3"));
    assert_int_equal(iommu.device, -1);
    assert_int_equal(iommu.owner, -1);
}

/* ---- groups: the kernel gives one to a process once, whatever number of its functions is open ----------------------
 */

static void test_functions_of_a_group_share_its_container_and_its_addresses(void **state)
{
    const struct bell_place first = {.address = "0000:01:00.0", .driver = "vfio-pci", .group = 9};
    const struct bell_place second = {.address = "0000:01:00.1", .driver = "vfio-pci", .group = 9};
    struct bell_vfio_iommu a, b, c;
    struct bell_vfio_dma dma_a, dma_b;
    void *memory_a, *memory_b;
    uint64_t iova_a, iova_b;

    assert_int_equal(bell_vfio_group_open(&first, &a), 0);
    assert_int_equal(bell_vfio_group_open(&second, &b), 0);
    assert_int_equal(kernel.group_opens, 1);
    assert_int_equal(kernel.container_opens, 1);
    assert_int_equal(kernel.function_count, 2);
    assert_string_equal(kernel.functions[1], "0000:01:00.1");
    assert_int_equal(a.owner, b.owner);
    assert_int_not_equal(a.device, b.device);

    /* One function is opened once, and another may take its place when it has been closed. */
    assert_int_equal(bell_vfio_group_open(&second, &c), -EBUSY);
    assert_non_null(strstr(bell_error_text(), "0000:01:00.1 is in use"));

    bell_vfio_dma_init(&dma_a, &a);
    bell_vfio_dma_init(&dma_b, &b);
    assert_int_equal(bell_vfio_dma_alloc(&dma_a, 8192, &memory_a, &iova_a), 0);
    assert_int_equal(bell_vfio_dma_alloc(&dma_b, 8192, &memory_b, &iova_b), 0);
    assert_true(iova_b >= iova_a + 8192 || iova_a >= iova_b + 8192);
    assert_true(kernel.group_maps[1].iova == iova_b);
    bell_vfio_dma_free(&dma_a, memory_a, iova_a, 8192);
    bell_vfio_iommu_close(&a);
    bell_vfio_dma_destroy(&dma_a);
    assert_int_equal(a.owner, -1);

    /* The other one goes on with the same files. */
    assert_int_equal(fcntl(b.owner, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(bell_vfio_group_open(&first, &a), 0);
    assert_int_equal(kernel.group_opens, 1);
    bell_vfio_dma_free(&dma_b, memory_b, iova_b, 8192);
    bell_vfio_iommu_close(&b);
    bell_vfio_dma_destroy(&dma_b);
    int owner = a.owner;
    bell_vfio_iommu_close(&a);
    assert_int_equal(fcntl(owner, F_GETFD), -1); /* with the last one it closes */
    assert_int_equal(bell_vfio_group_open(&first, &a), 0);
    assert_int_equal(kernel.group_opens, 2);
    bell_vfio_iommu_close(&a);
}

/* ---- MSI ------------------------------------------------------------------------------------------------------- */

static uint8_t config[256];

static int config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    *value = 0;
    memcpy(value, config + offset, width);
    return 0;
}

static int config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    memcpy(config + offset, &value, width);
    return 0;
}

static const struct bell_pci_ops ops = {.config_read = config_read, .config_write = config_write};

static void config_make(uint16_t control)
{
    memset(config, 0, sizeof config);
    config[PCI_CAPABILITIES] = MSI_AT;
    config[MSI_AT] = PCI_CAP_MSI;
    memcpy(config + MSI_AT + PCI_MSI_CONTROL, &control, sizeof control);
}

static void signal_vector(uint32_t vector)
{
    const uint64_t one = 1;

    assert_int_equal(write(kernel.events[vector], &one, sizeof one), sizeof one);
}

static void test_msi_serves_where_there_is_no_msix(void **state)
{
    struct bell_pci_function fn = {.ops = &ops, .name = "msi"};
    struct bell_vfio_bars bars = {0};
    struct bell_vfio_irqs irqs;

    config_make(PCI_MSI_CONTROL_64BIT | PCI_MSI_CONTROL_MASKABLE);
    assert_int_equal(bell_vfio_irqs_open(&irqs, &fn, &bars, 99), 0);
    assert_int_equal(irqs.count, MSI_VECTORS);
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 2), 0); /* before the first setup too */
    assert_int_equal(bell_vfio_irqs_setup(&irqs), 0);
    assert_int_equal(kernel.event_count, MSI_VECTORS);

    signal_vector(2);
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 2), 1);
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 1), 0);
    assert_int_equal(bell_vfio_irqs_clear(&irqs, 2), 0);
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 2), 0);

    assert_int_equal(bell_vfio_irqs_mask(&irqs, 3, true), 0);
    assert_int_equal(config[MSI_AT + PCI_MSI_MASK_64], 1 << 3);
    assert_int_equal(bell_vfio_irqs_mask(&irqs, 3, false), 0);
    assert_int_equal(config[MSI_AT + PCI_MSI_MASK_64], 0);
    bell_vfio_irqs_close(&irqs);
    assert_int_equal(kernel.event_count, 0); /* off */
}

static void test_a_vector_that_cannot_be_masked_is_not_shown_meanwhile(void **state)
{
    struct bell_pci_function fn = {.ops = &ops, .name = "msi"};
    struct bell_vfio_bars bars = {0};
    struct bell_vfio_irqs irqs;

    config_make(PCI_MSI_CONTROL_64BIT);
    assert_int_equal(bell_vfio_irqs_open(&irqs, &fn, &bars, 99), 0);
    assert_int_equal(bell_vfio_irqs_setup(&irqs), 0);
    assert_int_equal(bell_vfio_irqs_mask(&irqs, 0, true), 0);
    signal_vector(0);
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 0), 0);
    assert_int_equal(bell_vfio_irqs_mask(&irqs, 0, false), 0);
    assert_int_equal(bell_vfio_irqs_isset(&irqs, 0), 1);
    assert_int_equal(bell_vfio_irqs_isset(&irqs, MSI_VECTORS), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "vector 4: the device has 4 interrupt vectors"));
    bell_vfio_irqs_close(&irqs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_device_file_is_bound_and_attached_before_anything_else, setup),
        cmocka_unit_test_setup(test_memory_is_mapped_where_the_driver_wants_it, setup),
        cmocka_unit_test_setup(test_a_device_file_of_another_process_is_in_use, setup),
        cmocka_unit_test_setup(test_functions_of_a_group_share_its_container_and_its_addresses, setup),
        cmocka_unit_test_setup(test_msi_serves_where_there_is_no_msix, setup),
        cmocka_unit_test_setup(test_a_vector_that_cannot_be_masked_is_not_shown_meanwhile, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
