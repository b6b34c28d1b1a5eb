/* SPDX-License-Identifier: Apache-2.0 */
/* What a user reads who mistypes an address. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"

static void refused(const char *address, int error, const char *words)
{
    bell_device *device = NULL;
    assert_int_equal(bell_device_open(address, &device), error);
    assert_null(device);
    if (!strstr(bell_last_error(), words))
        fail_msg("%s: \"%s\" does not speak of \"%s\"", address, bell_last_error(), words);
}

static void test_unknown_scheme_names_examples(void **state)
{
    refused("simm:", -EINVAL, "sim:size=4GiB");
    refused("", -EINVAL, "no device address");
}

static void test_fabrics_addresses_name_a_host(void **state)
{
    refused("tcp://", -EINVAL, "no host");
    refused("tcp:127.0.0.1", -EINVAL, "tcp://host:port");
}

static void test_nodes_of_the_kernel_that_are_no_controllers(void **state)
{
    refused("/dev/sda", -EINVAL, "/dev/nvme0");
    refused("/dev/nvme", -EINVAL, "/dev/nvme0");
    refused("/dev/nvme0n1", -EINVAL, "open the controller /dev/nvme0");
    refused("/dev/nvme0?write=yes", -EINVAL, "/dev/nvme0?write=on");
    refused("/dev/nvme987654", -ENOENT, "There is no /dev/nvme987654");
}

static void test_functions_that_are_not_there_are_said_so(void **state)
{
    refused("ffff:ff:1f.7", -ENOENT, "ffff:ff:1f.7: there is no such PCI function");
    refused("pcie:ffff:ff:1f.7", -ENOENT, "lspci");
    refused("pcie:nonsense", -EINVAL, "0000:01:00.0");
    refused("0000:01:32.0", -EINVAL, "no device address");
}

static void test_overlong_address_is_refused(void **state)
{
    char address[400];
    memset(address, 'x', sizeof address);
    memcpy(address, "sim:", 4);
    address[sizeof address - 1] = '\0';
    refused(address, -EINVAL, "longer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_scheme_names_examples),
        cmocka_unit_test(test_fabrics_addresses_name_a_host),
        cmocka_unit_test(test_functions_that_are_not_there_are_said_so),
        cmocka_unit_test(test_nodes_of_the_kernel_that_are_no_controllers),
        cmocka_unit_test(test_overlong_address_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
