/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "admin_by_hand.h"
#include "doorbell.h"
#include "qemu_child.h"
#include "spec/pci.h"
#include "support/error.h"

static struct bell_pci_function *open_or_fail(const char *options)
{
    struct bell_pci_function *fn = NULL;

    if (bell_qemu_open(options, &fn) != 0)
        fail_msg("qemu:%s does not open: %s", options, bell_error_text());
    return fn;
}

static int descriptors_count(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void opens_as_an_nvme_function(void **state)
{
    struct bell_pci_function *fn = open_or_fail("");
    uint32_t value = 0;
    uint64_t cap = 0;
    uint64_t low = 0;

    assert_int_equal(fn->kind, BELL_KIND_QEMU);
    assert_int_equal(fn->config_bytes, 4096);
    assert_string_equal(fn->name, "QEMU NVMe 1 GiB");
    assert_int_equal(fn->ops->config_read(fn, PCI_CLASS - 1, 4, &value), 0);
    assert_int_equal(value >> 8, PCI_CLASS_NVME);
    assert_int_equal(fn->ops->config_read(fn, PCI_VENDOR, 2, &value), 0);
    assert_int_equal(value, 0x1b36);
    assert_int_equal(fn->ops->config_read(fn, PCI_CLASS + 2, 1, &value), 0);
    assert_int_equal(value, 0x01);
    /* The extended space, which port I/O cannot reach, is there: some capability stands at its start. */
    assert_int_equal(fn->ops->config_read(fn, PCI_EXT_CAP_START, 4, &value), 0);
    assert_true(value != 0xffffffffu);
    assert_true(fn->bar_bytes[0] >= 8192);
    assert_true(fn->vectors > 1);

    assert_int_equal(fn->ops->bar_read(fn, 0, 0, 8, &cap), 0);
    assert_int_equal(fn->ops->bar_read(fn, 0, 0, 4, &low), 0);
    assert_true(cap != 0 && cap != ~0ull);
    assert_int_equal(low, cap & 0xffffffffu);
    assert_int_equal(fn->ops->bar_read(fn, 0, fn->bar_bytes[0], 4, &low), -EINVAL);
    fn->ops->close(fn);
}

static void config_space_keeps_what_is_written(void **state)
{
    struct bell_pci_function *fn = open_or_fail("");
    uint32_t value = 0;

    for (uint32_t width = 1; width <= 4; width *= 2) {
        uint32_t written = 0x5a & ((1ull << width * 8) - 1);
        uint32_t offset = width == 1 ? PCI_INTERRUPT_LINE : PCI_COMMAND;

        if (width > 1)
            written = PCI_COMMAND_MEMORY;
        assert_int_equal(fn->ops->config_write(fn, offset, width, written), 0);
        assert_int_equal(fn->ops->config_read(fn, offset, width, &value), 0);
        assert_int_equal(value & 0xffff, written);
    }
    fn->ops->close(fn);
}

static void commands_and_interrupts_work(void **state)
{
    struct bell_pci_function *fn = open_or_fail("serial=Bell 7,mdts=32KiB");
    struct by_hand hand;
    uint8_t *data = NULL;
    double end;

    assert_true(hand_enable(&hand, fn));
    assert_int_equal(fn->ops->irq_isset(fn, 0), 0);
    assert_int_equal(hand_identify(&hand, 0, 1, 0, &data), 0);
    assert_memory_equal(data + 4, "Bell 7              ", 20);
    assert_int_equal(data[77], 3);
    end = hand_seconds() + 10;
    while (fn->ops->irq_isset(fn, 0) == 0 && hand_seconds() < end)
        ;
    assert_int_equal(fn->ops->irq_isset(fn, 0), 1);
    assert_int_equal(fn->ops->irq_isset(fn, 1), 0);
    assert_int_equal(fn->ops->irq_isset(fn, fn->vectors), -EINVAL);

    /* A masked vector stays silent and delivers when it is unmasked. */
    assert_int_equal(fn->ops->irq_mask(fn, 0), 0);
    assert_int_equal(fn->ops->irq_clear(fn, 0), 0);
    assert_int_equal(hand_identify(&hand, 0, 1, 0, &data), 0);
    assert_true(hand_ready_wait(fn, 1));
    assert_int_equal(fn->ops->irq_isset(fn, 0), 0);
    assert_int_equal(fn->ops->irq_unmask(fn, 0), 0);
    assert_true(hand_ready_wait(fn, 1));
    assert_int_equal(fn->ops->irq_isset(fn, 0), 1);
    hand_release(&hand);
    fn->ops->close(fn);
}

/* Identify Namespace of what the options ask for: sizes, formats, number. */
static void namespaces_are_as_asked(void **state)
{
    struct bell_pci_function *fn = open_or_fail("ns=3,size=50MiB,lba=4096,ms=8,pi=1");
    struct by_hand hand;
    uint8_t *data = NULL;
    uint32_t nsids[4];

    assert_string_equal(fn->name, "QEMU NVMe 3 x 16 MiB");
    assert_true(hand_enable(&hand, fn));
    assert_int_equal(hand_identify(&hand, 0, 2, 0, &data), 0);
    memcpy(nsids, data, sizeof nsids);
    assert_int_equal(nsids[0], 1);
    assert_int_equal(nsids[1], 2);
    assert_int_equal(nsids[2], 3);
    assert_int_equal(nsids[3], 0);
    for (uint32_t nsid = 1; nsid <= 3; nsid++) {
        const uint8_t *format;
        uint64_t lbas;

        assert_int_equal(hand_identify(&hand, nsid, 0, 0, &data), 0);
        memcpy(&lbas, data, sizeof lbas);
        format = data + 128 + 4 * (data[26] & 0x0f);
        assert_int_equal(lbas, (16 << 20) / (4096 + 8));
        assert_int_equal(format[0] | format[1] << 8, 8);
        assert_int_equal(format[2], 12);
        assert_int_equal(data[29] & 7, 1);
    }
    hand_release(&hand);
    fn->ops->close(fn);

    fn = open_or_fail("zoned=on,zone=8MiB,size=64MiB");
    assert_true(hand_enable(&hand, fn));
    /* I/O Command Set specific Identify Namespace: ZSZE of the format in use. */
    assert_int_equal(hand_identify(&hand, 1, 5, 2, &data), 0);
    assert_int_equal(data[2816] | data[2817] << 8, (8 << 20) / 512);
    hand_release(&hand);
    fn->ops->close(fn);
}

static void every_reset_disables_and_can_be_enabled_again(void **state)
{
    static const uint32_t kinds[] = {BELL_RESET_FLR, BELL_RESET_HOT};
    struct bell_pci_function *fn = open_or_fail("");
    struct by_hand hand;
    uint8_t *data = NULL;
    uint64_t cc = ~0ull;

    for (size_t i = 0; i < 2; i++) {
        assert_true(hand_enable(&hand, fn));
        if (fn->ops->reset(fn, kinds[i]) != 0)
            fail_msg("reset %u: %s", kinds[i], bell_error_text());
        assert_int_equal(fn->ops->bar_read(fn, 0, HAND_CC, 4, &cc), 0);
        assert_int_equal(cc & 1, 0);
        hand_release(&hand);
        assert_true(hand_enable(&hand, fn));
        assert_int_equal(hand_identify(&hand, 0, 1, 0, &data), 0);
        hand_release(&hand);
    }
    assert_int_equal(fn->ops->reset(fn, 99), -EINVAL);
    fn->ops->close(fn);
}

static void a_killed_qemu_gives_errors_and_all_ones(void **state)
{
    struct bell_pci_function *fn = open_or_fail("");
    pid_t child = qemu_child_find();
    uint64_t wide = 0;
    uint32_t value = 0;
    int err = 0;

    if (child < 0)
        skip();
    assert_true(child > 0);
    kill(child, SIGKILL);
    /* Posted stores may still go into the socket; the loss shows within a few of them. */
    for (int i = 0; i < 1000 && err == 0; i++)
        err = fn->ops->bar_write(fn, 0, 0x1000, 4, 0);
    assert_int_equal(err, -ENODEV);
    assert_int_equal(fn->ops->bar_read(fn, 0, 0x1c, 4, &wide), -ENODEV);
    assert_int_equal(wide, 0xffffffffu);
    assert_int_equal(fn->ops->bar_read(fn, 0, 0, 8, &wide), -ENODEV);
    assert_true(wide == UINT64_MAX);
    assert_int_equal(fn->ops->config_read(fn, 0, 2, &value), -ENODEV);
    assert_int_equal(value, 0xffff);
    assert_int_equal(fn->ops->config_write(fn, 4, 2, 0), -ENODEV);
    assert_int_equal(fn->ops->reset(fn, BELL_RESET_FLR), -ENODEV);
    assert_non_null(strstr(bell_error_text(), "QEMU"));
    fn->ops->close(fn);
}

static void twenty_cycles_leave_nothing_behind(void **state)
{
    char *folder = getenv("TMPDIR");
    int descriptors = descriptors_count();

    for (int i = 0; i < 20; i++) {
        struct bell_pci_function *fn = open_or_fail("size=16MiB");
        fn->ops->close(fn);
    }
    assert_int_equal(descriptors_count(), descriptors);
    assert_true(qemu_child_find() <= 0);
    /* Only an empty folder can be removed. */
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
}

static void *open_in_thread(void *out)
{
    *(struct bell_pci_function **)out = open_or_fail("");
    return NULL;
}

static void outlives_the_thread_that_opened_it(void **state)
{
    struct bell_pci_function *fn = NULL;
    pthread_t thread;
    uint64_t cap = 0;

    pthread_create(&thread, NULL, open_in_thread, &fn);
    pthread_join(thread, NULL);
    usleep(200000);
    assert_int_equal(fn->ops->bar_read(fn, 0, 0, 8, &cap), 0);
    fn->ops->close(fn);
}

/* Our process killed without a chance to clean up: QEMU must go too. */
static void dies_with_its_owner(void **state)
{
    int report[2];
    pid_t owner;
    pid_t qemu = 0;
    double end;

    assert_int_equal(pipe(report), 0);
    owner = fork();
    if (owner == 0) {
        struct bell_pci_function *fn = NULL;
        pid_t child = bell_qemu_open("", &fn) == 0 ? qemu_child_find() : 0;

        if (write(report[1], &child, sizeof child) != (ssize_t)sizeof child)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(report[0], &qemu, sizeof qemu), sizeof qemu);
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    close(report[0]);
    close(report[1]);
    if (qemu < 0)
        skip();
    assert_true(qemu > 0);
    end = hand_seconds() + 10;
    while (kill(qemu, 0) == 0 && hand_seconds() < end)
        usleep(1000);
    assert_int_equal(kill(qemu, 0), -1);
}

static void wrong_options_are_named(void **state)
{
    static const struct {
        const char *options;
        const char *names;
    } wrong[] = {
        {"size=", "size="},
        {"size=12Zi", "size=12Zi"},
        {"size=4095", "size=4095"},
        {"size=9999999TiB", "size="},
        {"lba=513", "lba=513"},
        {"lba=", "lba="},
        {"mdts=4KiB", "mdts=4KiB"},
        {"mdts=12KiB", "mdts=12KiB"},
        {"mdts=256MiB", "mdts=256MiB"},
        {"mdts=-1", "mdts=-1"},
        {"ns=0", "ns=0"},
        {"ns=33", "ns=33"},
        {"ns=2,file=x", "file="},
        {"ms=7", "ms=7"},
        {"pi=1", "ms="},
        {"ns=4,size=3MiB", "1 MiB"},
        {"pi=4,ms=8", "pi=4"},
        {"zoned=1", "zoned=1"},
        {"zone=4MiB", "zoned=on"},
        {"serial=", "serial="},
        {"speed=9", "speed"},
        {"size=1GiB,,lba=512", "\"\""},
        {"zoned", "zoned"},
        {"serial=123456789012345678901", "20"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct bell_pci_function *fn = NULL;

        assert_int_equal(bell_qemu_open(wrong[i].options, &fn), -EINVAL);
        assert_null(fn);
        if (strstr(bell_error_text(), wrong[i].names) == NULL)
            fail_msg("\"%s\" gives \"%s\"", wrong[i].options, bell_error_text());
    }
}

static void an_image_keeps_its_data_and_its_size(void **state)
{
    char path[512];
    char options[600];
    struct bell_pci_function *fn = NULL;
    struct bell_pci_function *second = NULL;
    struct stat status;

    snprintf(path, sizeof path, "%s/disk.img", getenv("TMPDIR"));
    snprintf(options, sizeof options, "file=%s", path);
    assert_int_equal(bell_qemu_open(options, &fn), -ENOENT);
    assert_non_null(strstr(bell_error_text(), "size="));
    snprintf(options, sizeof options, "file=%s,size=8MiB,lba=4096", path);
    fn = open_or_fail(options);
    assert_int_equal(bell_qemu_open(options, &second), -EBUSY);
    fn->ops->close(fn);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 8 << 20);
    snprintf(options, sizeof options, "file=%s,size=16MiB", path);
    assert_int_equal(bell_qemu_open(options, &fn), -EINVAL);
    snprintf(options, sizeof options, "file=%s", path);
    fn = open_or_fail(options);
    assert_string_equal(fn->name, "QEMU NVMe 8 MiB");
    fn->ops->close(fn);
    unlink(path);
}

static void without_qemu_the_error_says_what_to_install(void **state)
{
    char *path = strdup(getenv("PATH"));
    struct bell_pci_function *fn = NULL;
    int descriptors = descriptors_count();
    int err;

    setenv("PATH", "/nonexistent", 1);
    err = bell_qemu_open("", &fn);
    setenv("PATH", path, 1);
    free(path);
    assert_int_equal(err, -ENOENT);
    assert_string_equal(bell_error_text(),
                        "qemu: needs qemu-system-x86_64, which is not installed: apt install qemu-system-x86");
    assert_int_equal(descriptors_count(), descriptors);
}

int main(void)
{
    static char folder[] = "/tmp/doorbell-qemu-test-XXXXXX";
    const struct CMUnitTest always[] = {
        cmocka_unit_test(wrong_options_are_named),
        cmocka_unit_test(without_qemu_the_error_says_what_to_install),
    };
    const struct CMUnitTest with_qemu[] = {
        cmocka_unit_test(opens_as_an_nvme_function),
        cmocka_unit_test(config_space_keeps_what_is_written),
        cmocka_unit_test(commands_and_interrupts_work),
        cmocka_unit_test(namespaces_are_as_asked),
        cmocka_unit_test(every_reset_disables_and_can_be_enabled_again),
        cmocka_unit_test(a_killed_qemu_gives_errors_and_all_ones),
        cmocka_unit_test(outlives_the_thread_that_opened_it),
        cmocka_unit_test(dies_with_its_owner),
        cmocka_unit_test(an_image_keeps_its_data_and_its_size),
        cmocka_unit_test(twenty_cycles_leave_nothing_behind),
    };
    struct bell_pci_function *fn = NULL;
    int failed;

    /* A temporary folder of our own, so that whatever is left in it is ours. */
    if (mkdtemp(folder) == NULL)
        return 1;
    setenv("TMPDIR", folder, 1);
    failed = cmocka_run_group_tests(always, NULL, NULL);
    if (bell_qemu_open("", &fn) == -ENOENT) {
        printf("SKIPPED: %s\n", bell_error_text());
    } else {
        if (fn != NULL)
            fn->ops->close(fn);
        failed += cmocka_run_group_tests(with_qemu, NULL, NULL);
    }
    return failed + (rmdir(folder) != 0);
}
