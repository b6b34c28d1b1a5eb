/* SPDX-License-Identifier: Apache-2.0 */
/* What tcp:// addresses mean, what is wrong with those that mean nothing, and who this host is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "doorbell.h"
#include "tcp/options.h"

static void test_parts_of_an_address(void **state)
{
    struct tcp_options options;
    assert_int_equal(tcp_options_parse("tcp://127.0.0.1:4421/nqn.2014-08.org.x:a", &options), 0);
    assert_string_equal(options.host, "127.0.0.1");
    assert_string_equal(options.port, "4421");
    assert_string_equal(options.subnqn, "nqn.2014-08.org.x:a");
    assert_false(tcp_options_discovery(&options));
    assert_int_equal(options.kato_ms, TCP_KATO_MS);
    assert_false(options.hdgst || options.ddgst);

    assert_int_equal(tcp_options_parse("tcp://[fe80::1%25eth0]:1/nqn.x?hdgst=on&ddgst=on&kato=0&hpda=31&r2ts=16&"
                                       "cntlid=static&incapsule=off&timeout=500&trace=/tmp/a%26b",
                                       &options),
                     0);
    assert_string_equal(options.host, "fe80::1%eth0");
    assert_true(options.hdgst && options.ddgst && !options.in_capsule);
    assert_int_equal(options.kato_ms, 0);
    assert_int_equal(options.hpda, 31);
    assert_int_equal(options.r2ts, 16);
    assert_int_equal(options.cntlid, NVMF_CNTLID_STATIC);
    assert_int_equal(options.timeout_ms, 500);
    assert_string_equal(options.trace, "/tmp/a&b");

    assert_int_equal(tcp_options_parse("tcp://host/nqn.x%3Fy", &options), 0);
    assert_string_equal(options.port, "4420");
    assert_string_equal(options.subnqn, "nqn.x?y");
}

static void test_without_nqn_it_is_discovery(void **state)
{
    static const char *const addresses[] = {"tcp://host", "tcp://host/", "tcp://host?kato=0",
                                            "tcp://host/" NVMF_DISCOVERY_NQN};
    struct tcp_options options;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        assert_int_equal(tcp_options_parse(addresses[i], &options), 0);
        assert_true(tcp_options_discovery(&options));
        assert_string_equal(options.port, "8009");
        assert_int_equal(options.kato_ms, 0);
    }
}

static void test_what_is_no_address(void **state)
{
    static const struct {
        const char *address, *names;
    } wrong[] = {
        {"tcp://", "no host"},
        {"tcp://:4420/nqn.x", "no host"},
        {"tcp://host:0/nqn.x", ":0"},
        {"tcp://host:65536/nqn.x", "65536"},
        {"tcp://host:http/nqn.x", "http"},
        {"tcp://host:/nqn.x", "no port"},
        {"tcp://::1/nqn.x", "brackets"},
        {"tcp://[::1/nqn.x", "bracket"},
        {"tcp://[::1]4420/nqn.x", "no port"},
        {"tcp://host/disk", "no NQN"},
        {"tcp://host/nqn.x%00y", "no NQN"},
        {"tcp://host/nqn.x?", NULL},
        {"tcp://host/nqn.x?speed=9", "speed"},
        {"tcp://host/nqn.x?hdgst", "hdgst"},
        {"tcp://host/nqn.x?hdgst=yes", "on or off"},
        {"tcp://host/nqn.x?hpda=32", "0 to 31"},
        {"tcp://host/nqn.x?r2ts=0", "1 to 16"},
        {"tcp://host/nqn.x?r2ts=-1", "1 to 16"},
        {"tcp://host/nqn.x?kato=99999999999999999999", "kato"},
        {"tcp://host/nqn.x?cntlid=65520", "cntlid"},
        {"tcp://host/nqn.x?hostid=0", "UUID"},
        {"tcp://host/nqn.x?hostid=00000000-0000-0000-0000-000000000000", "UUID"},
        {"tcp://host/nqn.x?hostnqn=me", "nqn."},
        {"tcp://host/nqn.x?trace=", "trace"},
        {"tcp://host/nqn.x?=1", "no option"},
        {"tcp://host/nqn.x?a=1&&b=2", "option"},
    };
    struct tcp_options options;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int rc = tcp_options_parse(wrong[i].address, &options);
        if (!wrong[i].names) {
            assert_int_equal(rc, 0);
            continue;
        }
        if (rc != -EINVAL || !strstr(bell_last_error(), wrong[i].names))
            fail_msg("%s: %d, %s", wrong[i].address, rc, bell_last_error());
    }
    char nqn[300] = "tcp://host/nqn.";
    memset(nqn + strlen(nqn), 'x', 220);
    assert_int_equal(tcp_options_parse(nqn, &options), -EINVAL);
}

/* ---- the host's own names ---------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/doorbell-identity-XXXXXX";

static int folder_make(void **state)
{
    strcpy(folder, "/tmp/doorbell-identity-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    return setenv("DOORBELL_HOME", folder, 1);
}

static int folder_remove(void **state)
{
    static const char *const files[] = {"hostnqn", "hostid"};
    char path[128];
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    return rmdir(folder); /* nothing else was left there */
}

static void file_write(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_an_installation_keeps_its_names(void **state)
{
    struct tcp_options first = {0}, second = {0};
    assert_int_equal(tcp_identity_fill(&first), 0);
    assert_int_equal(tcp_identity_fill(&second), 0);
    assert_int_equal(strncmp(first.hostnqn, "nqn.2014-08.org.nvmexpress:uuid:", 32), 0);
    assert_string_equal(first.hostnqn, second.hostnqn);
    assert_memory_equal(first.hostid, second.hostid, 16);
    assert_true(first.hostid_given);
}

static void test_names_that_were_written_by_hand(void **state)
{
    struct tcp_options options = {0};
    file_write("hostnqn", "nqn.2020-01.example:lab\n");
    file_write("hostid", "12345678-1234-4234-8234-123456789abc\n");
    assert_int_equal(tcp_identity_fill(&options), 0);
    assert_string_equal(options.hostnqn, "nqn.2020-01.example:lab");
    assert_int_equal(options.hostid[0], 0x12);
    assert_int_equal(options.hostid[15], 0xbc);

    struct tcp_options other = {0};
    file_write("hostid", "nonsense\n");
    assert_int_equal(tcp_identity_fill(&other), -EINVAL);
    assert_non_null(strstr(bell_last_error(), "nonsense"));
}

static void test_without_a_folder_names_are_made_up(void **state)
{
    struct tcp_options options = {0};
    setenv("DOORBELL_HOME", "/proc/no-such-folder", 1);
    assert_int_equal(tcp_identity_fill(&options), 0);
    assert_int_equal(strncmp(options.hostnqn, "nqn.", 4), 0);
    assert_true(options.hostid_given);
    setenv("DOORBELL_HOME", folder, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_of_an_address),
        cmocka_unit_test(test_without_nqn_it_is_discovery),
        cmocka_unit_test(test_what_is_no_address),
        cmocka_unit_test_setup_teardown(test_an_installation_keeps_its_names, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_names_that_were_written_by_hand, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(test_without_a_folder_names_are_made_up, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
