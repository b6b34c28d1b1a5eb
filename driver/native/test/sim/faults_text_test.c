/* SPDX-License-Identifier: Apache-2.0 */
/* The text form of fault plans: what is read, how it is printed, and what refusals say. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"

static bell_fault_rule rules[BELL_FAULT_MAX_RULES];
static uint64_t seed;

static int parse(const char *text)
{
    int count = bell_faults_parse(text, &seed, rules, BELL_FAULT_MAX_RULES);

    if (count < 0)
        fail_msg("%s: %s", text, bell_last_error());
    return count;
}

static const char *printed(const char *text)
{
    static char out[4096];
    const int count = parse(text);
    const int length = bell_faults_print(seed, rules, (uint32_t)count, out, sizeof out);

    if (length < 0)
        fail_msg("%s: %s", text, bell_last_error());
    assert_int_equal(length, strlen(out));
    return out;
}

static void every_word_comes_back(void **state)
{
    static const char *const plans[] = {
        "any then drop",
        "admin opcode=identify times=3 then delay=5ms",
        "io opcode=read lba=1000..1999 every=3 then status=2/0x81 dnr",
        "queue=1 chance=0.1% then drop",
        "io opcode=write then corrupt=3 at=100",
        "io opcode=read then corrupt=9",
        "any opcode=0x02 nsid=2 skip=7 then delay=1us..2500us",
        "io opcode=write-zeroes dw12=0x2000000/0x2000000 dw13=0x0 then status=0/0x06 more executed",
        "io lba=7 then status=2/0x85 dnr more",
        "io opcode=0x7f nsid=0xffffffff then wrong-cid",
        "io then wrong-cid=0x7 duplicate=2",
        "io then duplicate wrong-phase wrong-sqid=9 wrong-sqhd=0",
        "io then delay=3s no-interrupt",
        "now then fatal",
        "now then stall",
        "after=250ms then hang=2s",
        "after=1s then remove=500ms",
        "io skip=99 times=1 then reset",
        "enable then stuck",
        "disable times=1 then delay=700ms",
        "shutdown then stuck",
        "register then delay=1ms",
        "register=0x1c chance=12.0000001% then delay=0ns..20ns",
        "now then event=1/0x00/0x02",
        "off any then drop",
        "seed=18446744073709551615\nany then drop\nany then fatal",
    };

    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        assert_string_equal(printed(plans[i]), plans[i]);
}

static void short_forms_are_printed_in_full(void **state)
{
    assert_string_equal(printed("opcode=read then drop"), "io opcode=read then drop");
    assert_string_equal(printed("opcode=identify then drop"), "admin opcode=identify then drop");
    assert_string_equal(printed("lba=0..0 then drop"), "io lba=0 then drop");
    assert_string_equal(printed("queue=0 opcode=6 then drop"), "admin opcode=identify then drop");
    assert_string_equal(printed("queue=3 opcode=read then drop"), "queue=3 opcode=read then drop");
    assert_string_equal(printed("then drop"), "any then drop");
    assert_string_equal(printed("io every=1 then delay=1000us..1ms"), "io then delay=1ms");
    assert_string_equal(printed("io then corrupt=1 duplicate=1"), "io then corrupt duplicate");
    assert_string_equal(printed("chance=100% then drop"), "any chance=100% then drop");
}

static void statements_are_separated_by_semicolons_and_lines(void **state)
{
    assert_int_equal(parse(""), 0);
    assert_int_equal(seed, 1);
    assert_int_equal(parse(" ; \n# nothing but remarks; and more\n"), 0);
    assert_int_equal(parse("seed=9; io then drop # lost\n\n  admin\tthen delay=1ms;"), 2);
    assert_int_equal(seed, 9);
    assert_int_equal(rules[0].queue, BELL_FAULT_QUEUE_IO);
    assert_int_equal(rules[1].queue, 0);
    assert_int_equal(rules[1].delay_max_ns, 1000000);
}

static void values_are_read(void **state)
{
    parse("io opcode=read nsid=2 dw10=0x10/0xf0 lba=5..9 skip=1 every=2 times=3 chance=0.5% then status=2/0x81 dnr");
    assert_int_equal(rules[0].enabled, 1);
    assert_int_equal(rules[0].opcode, 2);
    assert_int_equal(rules[0].nsid, 2);
    assert_int_equal(rules[0].dword_index[0], 10);
    assert_int_equal(rules[0].dword_value[0], 0x10);
    assert_int_equal(rules[0].dword_mask[0], 0xf0);
    assert_int_equal(rules[0].lba_first, 5);
    assert_int_equal(rules[0].lba_last, 9);
    assert_int_equal(rules[0].skip, 1);
    assert_int_equal(rules[0].every, 2);
    assert_int_equal(rules[0].times, 3);
    assert_int_equal(rules[0].chance_ppb, 5000000);
    assert_int_equal(rules[0].status, 0x4281);
}

static void refusals_name_the_rule_and_the_word(void **state)
{
    static const struct {
        const char *text;
        const char *says;
    } wrong[] = {
        {"io opcode=reed then drop", "rule 1, 'opcode=reed'"},
        {"io then drop; admin thn drop", "rule 2, 'thn'"},
        {"io drop", "rule 1, 'drop'"},
        {"io", "has no 'then'"},
        {"io then", "does nothing"},
        {"io then explode", "rule 1, 'explode'"},
        {"io then delay=5", "'delay=5'"},
        {"io then delay=5ms..1ms", "'delay=5ms..1ms'"},
        {"io then delay", "'delay'"},
        {"io then status=8/0x00", "'status=8/0x00'"},
        {"io then status=2", "'status=2'"},
        {"io then status=0/0", "completes a command as successful"},
        {"io then drop delay=1ms", "'drop' beside something else"},
        {"io then dnr", "'dnr'"},
        {"io then at=3", "'at=3'"},
        {"io then drop drop", "is there twice"},
        {"io then stuck", "'stuck'"},
        {"enable then drop", "'drop'"},
        {"enable disable then stuck", "'disable'"},
        {"enable opcode=read then stuck", "mixes conditions"},
        {"now times=2 then hang", "happens once"},
        {"admin io then drop", "'io'"},
        {"admin opcode=read then drop", "'opcode=read'"},
        {"admin lba=3 then drop", "'lba=3'"},
        {"io opcode=256 then drop", "'opcode=256'"},
        {"queue=65536 then drop", "'queue=65536'"},
        {"io lba=9..3 then drop", "'lba=9..3'"},
        {"io dw16=1 then drop", "'dw16=1'"},
        {"io dw10=0x10/0x0f then drop", "outside the mask"},
        {"io dw1=1 dw2=1 dw3=1 dw4=1 dw5=1 then drop", "takes 4"},
        {"io chance=0% then drop", "'chance=0%'"},
        {"io chance=101% then drop", "'chance=101%'"},
        {"io chance=1 then drop", "'chance=1'"},
        {"io times=0 then drop", "'times=0'"},
        {"io skip=99999999999999999999 then drop", "'skip=99999999999999999999'"},
        {"register=0x1d then delay=1ms", "'register=0x1d'"},
        {"io then stall hang", "stalls and hangs"},
        {"io then corrupt status=2/0x81", "not executed"},
        {"io then corrupt=0", "'corrupt=0'"},
        {"io then event=8/0/0", "'event=8/0/0'"},
        {"io then event=1/0", "'event=1/0'"},
        {"io then hang=0s", "'hang=0s'"},
        {"io=1 then drop", "'io=1'"},
        {"seed=x", "'seed=x'"},
        {"off", "has no 'then'"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(bell_faults_parse(wrong[i].text, &seed, rules, BELL_FAULT_MAX_RULES), -EINVAL);
        if (strstr(bell_last_error(), wrong[i].says) == NULL)
            fail_msg("%s: \"%s\" does not say %s", wrong[i].text, bell_last_error(), wrong[i].says);
    }
}

static void limits_hold(void **state)
{
    char text[80 * 20] = "";
    char out[8];

    for (int i = 0; i < 65; i++)
        strcat(text, "io then drop\n");
    assert_int_equal(bell_faults_parse(text, &seed, rules, 100), -E2BIG);
    assert_int_equal(bell_faults_parse("io then drop;io then drop", &seed, rules, 1), -E2BIG);
    assert_int_equal(parse("io then drop"), 1);
    assert_int_equal(bell_faults_print(1, rules, 1, out, sizeof out), -ENOSPC);
    rules[0].effects = 0;
    assert_int_equal(bell_faults_print(1, rules, 1, text, sizeof text), -EINVAL);
    assert_int_equal(bell_faults_print(1, rules, 0, text, sizeof text), 0);
    assert_string_equal(text, "");
}

/* Whatever is thrown at it, it answers; what it reads, it prints and reads back the same. */
static void noise_is_refused_or_survives_the_round_trip(void **state)
{
    static const char *const words[] = {"io",        "admin",      "then",    "drop",      "delay=1ms", "opcode=read",
                                        "lba=1..2",  "times=3",    "status=", "=",         ";",         "\n",
                                        "chance=1%", "dw10=1",     "off",     "corrupt=2", "at=1",      "queue=2",
                                        "now",       "hang",       "enable",  "stuck",     "register",  "event=1/0/2",
                                        "wrong-cid", "0..0",       "..",      "/",         "#",         "seed=3",
                                        "executed",  "status=1/2", "dw",      "dw99=",     "after=1s",  "nsid=1"};
    uint64_t random = 1;
    int good = 0;

    for (int i = 0; i < 100000; i++) {
        char text[256] = "";
        char once[1024], again[1024];
        int words_left = 1 + i % 8;

        while (words_left-- > 0) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            strcat(text, words[(random >> 33) % (sizeof words / sizeof words[0])]);
            strcat(text, " ");
        }
        int count = bell_faults_parse(text, &seed, rules, BELL_FAULT_MAX_RULES);
        if (count <= 0)
            continue;
        good++;
        assert_true(bell_faults_print(seed, rules, (uint32_t)count, once, sizeof once) >= 0);
        assert_int_equal(parse(once), count);
        assert_true(bell_faults_print(seed, rules, (uint32_t)count, again, sizeof again) >= 0);
        assert_string_equal(once, again);
    }
    assert_true(good > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_comes_back),
        cmocka_unit_test(short_forms_are_printed_in_full),
        cmocka_unit_test(statements_are_separated_by_semicolons_and_lines),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(refusals_name_the_rule_and_the_word),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(noise_is_refused_or_survives_the_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
