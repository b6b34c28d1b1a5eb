/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"
#include "support/error.h"

static void test_code_and_words_go_together(void **state)
{
    assert_int_equal(bell_error_set(-EINVAL, "depth %d is out of range", 1), -EINVAL);
    assert_string_equal(bell_last_error(), "depth 1 is out of range");
}

static void *fail_elsewhere(void *argument)
{
    const char *before = bell_last_error();
    int clean = before && before[0] == '\0';
    bell_error_set(-EIO, "another thread's trouble");
    return clean ? argument : NULL;
}

static void test_threads_do_not_see_each_others_errors(void **state)
{
    pthread_t thread;
    int token = 0;
    void *clean;
    bell_error_set(-EINVAL, "mine");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &token), 0);
    pthread_join(thread, &clean);
    assert_non_null(clean);
    assert_string_equal(bell_last_error(), "mine");
}

static void test_overlong_words_are_cut(void **state)
{
    char words[2000];
    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    bell_error_set(-EINVAL, "%s", words);
    assert_in_range(strlen(bell_last_error()), 200, sizeof words - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code_and_words_go_together),
        cmocka_unit_test(test_threads_do_not_see_each_others_errors),
        cmocka_unit_test(test_overlong_words_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
