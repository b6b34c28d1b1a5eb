/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand behind "qemu:". */
#include "admin_by_hand.h"
#include "qemu_fixture.h"

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
        {"guard=32", "guard=32"},
        {"pi=1,ms=8,guard=64", "ms=16"},
        {"zoned=1", "zoned=1"},
        {"zone=4MiB", "zoned=on"},
        {"serial=", "serial="},
        {"speed=9", "speed"},
        {"size=1GiB,,lba=512", "\"\""},
        {"zoned", "zoned"},
        {"serial=123456789012345678901", "20"},
        {"ns=2,lba=512/4096/512", "lba: lists 3 values, and there are 2 namespaces"},
        {"lba=512/4096", "ns="},
        {"ns=2,lba=512/", "lba="},
        {"ns=2,ms=8/0,pi=1", "ms=8"},
        {"zone-cap=4MiB", "zone-cap: only with zoned=on"},
        {"max-open=0", "max-open: only with zoned=on"},
        {"zoned=on,zone-cap=8MiB", "zone-cap=8388608: must be at most a zone"},
        {"zoned=on,max-open=5,max-active=4", "max-open=5"},
        {"zoned=on,size=64MiB,max-active=17", "max-active=17: a namespace has only 16 zones"},
        {"zoned=on,size=64MiB,zone=128MiB", "zone=134217728: is larger than a namespace"},
        {"cmb=3MiB", "cmb=3MiB"},
        {"cmb=128MiB", "cmb=128MiB"},
        {"cmb=4096", "cmb=4096"},
        {"controllers=5", "controllers=5: must be 1 to 4"},
        {"controllers=2,controller=2", "controller=2: there are 2"},
        {"controller=1", "controller=1: there are 1"},
        {"shared=yes", "shared=yes"},
        {"vfs=8", "vfs=8: must be 0 to 7"},
        {"vfs=2,controllers=2", "vfs=2: only with one controller"},
        {"vfs=2,vf=1", "machine=NAME,vfs=1"},
        {"machine=a,vfs=2,vf=3", "vf=3: there are 2"},
        {"machine=", "machine="},
        {"machine=123456789012345678901234567890123", "1 to 32 characters"},
        {"iops=-1", "iops=-1"},
        {"bandwidth=100", "bandwidth=100"},
        {"bandwidth=2TiB", "bandwidth=2TiB"},
        {"read-error=", "read-error="},
        {"read-error=1/", "read-error=1/"},
        {"read-error=1/2/3/4/5/6/7/8/9", "one to 8 LBAs"},
        {"write-error=all", "write-error=all"},
        {"write-error=18446744073709551615", "write-error="},
        {"flush-error=1", "flush-error=1"},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct bell_pci_function *fn = NULL;

        assert_int_equal(bell_qemu_open(wrong[i].options, &fn), -EINVAL);
        assert_null(fn);
        if (strstr(bell_error_text(), wrong[i].names) == NULL)
            fail_msg("\"%s\" gives \"%s\"", wrong[i].options, bell_error_text());
    }
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

int main(void)
{
    const struct CMUnitTest always[] = {
        cmocka_unit_test(wrong_options_are_named),
        cmocka_unit_test(without_qemu_the_error_says_what_to_install),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(namespaces_are_as_asked),
        cmocka_unit_test(an_image_keeps_its_data_and_its_size),
    };

    return cmocka_run_group_tests(always, NULL, NULL) + run_with_qemu(tests);
}
