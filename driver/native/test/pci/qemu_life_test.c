/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU comes and goes with its device, whatever happens to either of us. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "admin_by_hand.h"
#include "doorbell.h"
#include "qemu_child.h"
#include "qemu_fixture.h"

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

/* A crash of QEMU's own can be told from everything else that may go wrong. */
static void a_crashed_qemu_is_told_from_an_ended_one(void **state)
{
    struct bell_pci_function *fn = open_or_fail("");
    pid_t child = qemu_child_find();
    double end = hand_seconds() + 30;
    uint32_t value = 0;

    if (child < 0)
        skip();
    kill(child, SIGSEGV);
    /* It lets go of its files a moment before it can be asked how it ended. */
    while (strstr(bell_error_text(), "signal 11, a fault of QEMU's own") == NULL && hand_seconds() < end)
        fn->ops->config_read(fn, 0, 2, &value);
    assert_non_null(strstr(bell_error_text(), "QEMU was ended by signal 11, a fault of QEMU's own"));
    fn->ops->close(fn);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_qemu_gives_errors_and_all_ones),
        cmocka_unit_test(a_crashed_qemu_is_told_from_an_ended_one),
        cmocka_unit_test(outlives_the_thread_that_opened_it),
        cmocka_unit_test(dies_with_its_owner),
        cmocka_unit_test(twenty_cycles_leave_nothing_behind),
    };

    return run_with_qemu(tests);
}
