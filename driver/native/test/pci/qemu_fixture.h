/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the qemu: transport: a temporary folder of the test's own, and skipping where QEMU is not installed. */
#ifndef BELL_TEST_QEMU_FIXTURE_H
#define BELL_TEST_QEMU_FIXTURE_H

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pci/function.h"
#include "support/error.h"

static inline struct bell_pci_function *open_or_fail(const char *options)
{
    struct bell_pci_function *fn = NULL;

    if (bell_qemu_open(options, &fn) != 0)
        fail_msg("qemu:%s does not open: %s", options, bell_error_text());
    return fn;
}

static inline int descriptors_count(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

#define run_with_qemu(tests) run_with_qemu_(#tests, tests, sizeof(tests) / sizeof(tests)[0])

/* Whatever the tests leave in their folder is a failure too. */
static inline int run_with_qemu_(const char *name, const struct CMUnitTest *tests, size_t count)
{
    static char folder[] = "/tmp/doorbell-qemu-test-XXXXXX";
    struct bell_pci_function *fn = NULL;
    int failed = 0;

    if (mkdtemp(folder) == NULL)
        return 1;
    setenv("TMPDIR", folder, 1);
    if (bell_qemu_open("", &fn) == -ENOENT) {
        printf("SKIPPED: %s\n", bell_error_text());
    } else {
        if (fn != NULL)
            fn->ops->close(fn);
        failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    }
    return failed + (rmdir(folder) != 0);
}

#endif
