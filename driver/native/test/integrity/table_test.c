/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "integrity/table.h"

enum { LBAS = 40, WRITERS = 6, STEPS = 200000, THREADS = 4, TURNS = 20000, SHARED = 32 };

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) * bound >> 32);
}

/* ---- a model: a device that performs each write at some moment between its beginning and its end ------------------
 */

struct writer {
    bool out;
    bool performed;
    bool trims; /* a deallocation, of which the device may make zeroes */
    uint64_t lba;
    uint32_t value;
    struct bell_table_moment moment;
};

static struct {
    uint32_t content[LBAS];
    bool blank[LBAS]; /* the device has deallocated it: it reads as promised */
    struct writer writers[WRITERS];
} model;

static void perform(struct writer *writer)
{
    if (writer->performed)
        return;
    writer->performed = true;
    if (writer->trims) {
        model.blank[writer->lba] = random_below(2);
        return;
    }
    model.content[writer->lba] = writer->value;
    model.blank[writer->lba] = false;
}

/* What the table says must allow what the device holds. */
static void check(struct bell_table *table, uint64_t lba)
{
    uint32_t entry = bell_table_get(table, lba), candidates[BELL_DOUBT_CANDIDATES];

    if (entry & BELL_ENTRY_LOCKED || (entry & BELL_ENTRY_VALUE) == BELL_VALUE_UNKNOWN)
        return;
    if (entry & BELL_ENTRY_TRIMMED && model.blank[lba])
        return;
    if ((entry & BELL_ENTRY_VALUE) == BELL_VALUE_DOUBTFUL) {
        uint32_t count = bell_table_candidates(table, lba, candidates);
        bool right = count == 0;
        for (uint32_t i = 0; i < count; i++)
            right = right || (candidates[i] & BELL_ENTRY_VALUE) == model.content[lba] ||
                    (candidates[i] & BELL_ENTRY_TRIMMED && model.blank[lba]);
        if (!right)
            fail_msg("LBA %u: none of %u candidates is %x", (unsigned)lba, count, model.content[lba]);
        return;
    }
    if (model.blank[lba] || (entry & BELL_ENTRY_VALUE) != model.content[lba])
        fail_msg("LBA %u: the table says %x, the device holds %x%s", (unsigned)lba, entry, model.content[lba],
                 model.blank[lba] ? ", deallocated" : "");
}

static void begin(struct bell_table *table, struct writer *writer)
{
    *writer = (struct writer){.out = true,
                              .trims = random_below(8) == 0,
                              .lba = random_below(LBAS),
                              .value = BELL_VALUE_FIRST_CRC + random_below(1000000),
                              .moment = bell_table_now(table)};
    bell_table_touch(table, writer->lba, 1);
    if (writer->trims) {
        bell_table_trim_begin(table);
        bell_table_trim(table, writer->lba, 1);
    } else {
        bell_table_lock(table, writer->lba);
    }
}

static void end(struct bell_table *table, struct writer *writer)
{
    bool done = random_below(4) != 0;

    if (done || random_below(2))
        perform(writer);
    writer->out = false;
    if (writer->trims) {
        bell_table_trim(table, writer->lba, 1);
        bell_table_trim_end(table);
    } else {
        bell_table_settle(table, writer->lba, writer->value, done, &writer->moment);
    }
    check(table, writer->lba);
}

static void whatever_the_device_does_within_the_rules_is_allowed(void **state)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct bell_table table;

        random_state = seed * UINT64_C(0x9e3779b97f4a7c15);
        memset(&model, 0, sizeof model);
        assert_int_equal(bell_table_init(&table, LBAS), 0);
        for (int step = 0; step < STEPS / 5; step++) {
            struct writer *writer = &model.writers[random_below(WRITERS)];

            if (!writer->out)
                begin(&table, writer);
            else if (random_below(3) == 0)
                perform(writer);
            else
                end(&table, writer);
            check(&table, random_below(LBAS));
        }
        bell_table_free(&table);
    }
}

static void a_single_write_is_known_exactly(void **state)
{
    struct bell_table table;

    assert_int_equal(bell_table_init(&table, LBAS), 0);
    struct bell_table_moment moment = bell_table_now(&table);
    bell_table_touch(&table, 3, 1);
    bell_table_lock(&table, 3);
    assert_true(bell_table_get(&table, 3) & BELL_ENTRY_LOCKED);
    bell_table_settle(&table, 3, 1234, true, &moment);
    assert_int_equal(bell_table_get(&table, 3), 1234);
    assert_int_equal(table.doubts.count, 0);
    bell_table_free(&table);
}

static void a_failed_write_leaves_old_or_new_and_the_next_good_one_clears_that(void **state)
{
    uint32_t candidates[BELL_DOUBT_CANDIDATES];
    struct bell_table table;

    assert_int_equal(bell_table_init(&table, LBAS), 0);
    struct bell_table_moment moment = bell_table_now(&table);
    bell_table_touch(&table, 5, 1);
    bell_table_lock(&table, 5);
    bell_table_settle(&table, 5, 100, true, &moment);
    bell_table_lock(&table, 5);
    bell_table_settle(&table, 5, 200, false, &moment);
    assert_int_equal(bell_table_get(&table, 5), BELL_VALUE_DOUBTFUL);
    assert_int_equal(bell_table_candidates(&table, 5, candidates), 2);
    assert_int_equal(candidates[0], 100);
    assert_int_equal(candidates[1], 200);
    bell_table_lock(&table, 5);
    bell_table_settle(&table, 5, 300, true, &moment);
    assert_int_equal(bell_table_get(&table, 5), 300);
    assert_int_equal(table.doubts.count, 0);
    bell_table_free(&table);
}

static void of_two_writes_at_once_both_are_accepted_and_what_was_before_is_not(void **state)
{
    uint32_t candidates[BELL_DOUBT_CANDIDATES];
    struct bell_table table;

    assert_int_equal(bell_table_init(&table, LBAS), 0);
    struct bell_table_moment moment = bell_table_now(&table);
    bell_table_touch(&table, 5, 1);
    bell_table_lock(&table, 5);
    bell_table_settle(&table, 5, 100, true, &moment);
    bell_table_lock(&table, 5);
    bell_table_lock(&table, 5);
    bell_table_settle(&table, 5, 200, true, &moment);
    assert_true(bell_table_get(&table, 5) & BELL_ENTRY_LOCKED);
    bell_table_settle(&table, 5, 300, true, &moment);
    assert_int_equal(bell_table_candidates(&table, 5, candidates), 2);
    assert_int_equal(candidates[0], 200);
    assert_int_equal(candidates[1], 300);
    bell_table_free(&table);
}

static void all_is_forgotten_at_once_and_memory_is_given_back(void **state)
{
    struct bell_table table;
    uint64_t last = (UINT64_C(1) << 37) - 1; /* 64 TiB of 512 bytes */

    assert_int_equal(bell_table_init(&table, last + 1), 0);
    struct bell_table_moment moment = bell_table_now(&table);
    bell_table_touch(&table, last, 1);
    bell_table_lock(&table, last);
    bell_table_settle(&table, last, 77, true, &moment);
    assert_int_equal(bell_table_get(&table, last), 77);
    bell_table_trim(&table, 0, last + 1);
    assert_int_equal(bell_table_get(&table, last), 77 | BELL_ENTRY_TRIMMED);
    bell_table_clear(&table, true);
    assert_true(bell_table_stale(&table, &moment));
    assert_int_equal(bell_table_get(&table, last), 0);
    bell_table_free(&table);
}

static void sizes_that_make_no_sense_are_refused(void **state)
{
    struct bell_table table;

    assert_true(bell_table_init(&table, 0) < 0);
    assert_true(bell_table_init(&table, UINT64_MAX) < 0);
}

/* ---- threads ------------------------------------------------------------------------------------------------------
 */

static struct {
    struct bell_table table;
    uint32_t content[SHARED]; /* what the device of this test holds: written by exchange */
} shared;

struct shares {
    uint64_t seed;
    uint32_t errors;
};

static void *thread_main(void *context)
{
    struct shares *mine = context;
    uint64_t random = mine->seed;

    for (int turn = 0; turn < TURNS; turn++) {
        random = random * UINT64_C(6364136223846793005) + 1;
        uint64_t lba = random >> 59;
        uint32_t value = BELL_VALUE_FIRST_CRC + (uint32_t)(random >> 20 & 0xffffff);
        bool done = (random >> 50 & 7) != 0;
        struct bell_table_moment moment = bell_table_now(&shared.table);

        if (random >> 45 & 1) { /* a read */
            uint32_t before = bell_table_get(&shared.table, lba);
            uint32_t held = __atomic_load_n(&shared.content[lba], __ATOMIC_SEQ_CST);
            uint32_t after = bell_table_get(&shared.table, lba);
            if (before == after && bell_value_is_crc(before & BELL_ENTRY_VALUE) && !(before & BELL_ENTRY_LOCKED))
                mine->errors += before != held;
            continue;
        }
        bell_table_lock(&shared.table, lba);
        if (done)
            __atomic_store_n(&shared.content[lba], value, __ATOMIC_SEQ_CST);
        bell_table_settle(&shared.table, lba, value, done, &moment);
    }
    return NULL;
}

static void threads_that_share_blocks_see_no_false_miscompare(void **state)
{
    struct shares shares[THREADS];
    pthread_t threads[THREADS];

    assert_int_equal(bell_table_init(&shared.table, SHARED), 0);
    bell_table_touch(&shared.table, 0, SHARED);
    for (uint64_t i = 0; i < THREADS; i++) {
        shares[i] = (struct shares){.seed = i * 77 + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, thread_main, &shares[i]), 0);
    }
    for (uint64_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(shares[i].errors, 0);
    }
    for (uint64_t lba = 0; lba < SHARED; lba++) { /* nothing stays locked */
        uint32_t entry = bell_table_get(&shared.table, lba);
        assert_false(entry & BELL_ENTRY_LOCKED);
        if (bell_value_is_crc(entry))
            assert_int_equal(entry, shared.content[lba]);
    }
    bell_table_free(&shared.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_device_does_within_the_rules_is_allowed),
        cmocka_unit_test(a_single_write_is_known_exactly),
        cmocka_unit_test(a_failed_write_leaves_old_or_new_and_the_next_good_one_clears_that),
        cmocka_unit_test(of_two_writes_at_once_both_are_accepted_and_what_was_before_is_not),
        cmocka_unit_test(all_is_forgotten_at_once_and_memory_is_given_back),
        cmocka_unit_test(sizes_that_make_no_sense_are_refused),
        cmocka_unit_test(threads_that_share_blocks_see_no_false_miscompare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
