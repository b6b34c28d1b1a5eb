/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that are opened and closed all day: nothing of them stays, neither threads nor descriptors nor address space.
 * What memory stays is AddressSanitizer's to find. */
#include <dirent.h>
#include <stdio.h>

#include "rig.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum {
    CYCLES = 2000,
    FIRST = 100
}; /* under a sanitizer each is some ten times slower, and a leak of one cycle is seen */
#else
enum { CYCLES = 10000, FIRST = 100 };
#endif

static long entries(const char *folder)
{
    DIR *dir = opendir(folder);
    long count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static long mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    long lines = 0;

    assert_non_null(maps);
    for (int c = getc(maps); c != EOF; c = getc(maps))
        lines += c == '\n';
    fclose(maps);
    return lines;
}

static void cycle(void)
{
    const bell_controller_config controller = {0};
    const bell_qpair_config config = {.qid = 1, .depth = 4, .vector = 0};
    const struct nvme_sqe flush = {.opcode = NVME_NVM_FLUSH, .nsid = 1};
    bell_device *device;
    bell_qpair *qpair;
    bell_completion end;

    MUST(bell_device_open("sim:size=16MiB", &device));
    MUST(bell_controller_enable(device, &controller));
    MUST(bell_qpair_create(device, &config, &qpair));
    assert_int_equal(run(qpair, command_of(&flush, 0, 0), &end), 0);
    MUST(bell_qpair_close(qpair));
    MUST(bell_device_close(device));
}

static void test_thousands_of_openings_leave_nothing(void **state)
{
    for (int i = 0; i < FIRST;
         i++) /* what is kept for good is there now: the allocator's arenas, the sanitizer's tables */
        cycle();
    const long threads = entries("/proc/self/task");
    const long descriptors = entries("/proc/self/fd");
    const long maps = mappings();

    for (int i = FIRST; i < CYCLES; i++)
        cycle();
    assert_int_equal(entries("/proc/self/task"), threads);
    assert_int_equal(entries("/proc/self/fd"), descriptors);
    /* The allocator may hold a few regions more, but not one for each cycle. */
    assert_in_range(mappings(), 0, (uintmax_t)maps + 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_thousands_of_openings_leave_nothing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
