/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"

static int number_parse(const char *value, char **end, uint64_t *out)
{
    errno = 0;
    *out = strtoull(value, end, 10);
    return isdigit((unsigned char)value[0]) && errno == 0 ? 0 : -EINVAL;
}

/* A number with or without a unit. QEMU and file systems count in signed 64 bits. */
static int units_parse(const char *value, uint64_t *bytes)
{
    static const struct {
        const char *name;
        unsigned shift;
    } units[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
    uint64_t number;
    char *unit;

    if (number_parse(value, &unit, &number) == 0) {
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
            if (strcasecmp(unit, units[i].name) == 0 && number <= (uint64_t)INT64_MAX >> units[i].shift) {
                *bytes = number << units[i].shift;
                return 0;
            }
        }
    }
    return -EINVAL;
}

static int bytes_parse(const char *key, const char *value, uint64_t *bytes)
{
    if (units_parse(value, bytes) == 0 && *bytes != 0 && *bytes % 4096 == 0)
        return 0;
    return bell_error_set(-EINVAL, "qemu: %s=%s: must be a multiple of 4096 bytes, like 64MiB or 4GiB", key, value);
}

static int range_parse(const char *key, const char *value, uint32_t least, uint32_t most, uint32_t *out)
{
    char *end;
    uint64_t number;

    if (number_parse(value, &end, &number) != 0 || *end != '\0' || number < least || number > most)
        return bell_error_set(-EINVAL, "qemu: %s=%s: must be %u to %u", key, value, least, most);
    *out = (uint32_t)number;
    return 0;
}

static int size_parse(const char *value, struct bell_qemu_options *options)
{
    return bytes_parse("size", value, &options->size);
}

static int ns_parse(const char *value, struct bell_qemu_options *options)
{
    return range_parse("ns", value, 1, BELL_QEMU_NAMESPACES_MAX, &options->ns);
}

static int lba_parse(const char *value, struct bell_qemu_options *options)
{
    int err = range_parse("lba", value, 512, 4096, &options->lba);

    if (err == 0 && options->lba != 512 && options->lba != 4096)
        err = -EINVAL;
    return err == 0 ? 0 : bell_error_set(err, "qemu: lba=%s: must be 512 or 4096", value);
}

static int ms_parse(const char *value, struct bell_qemu_options *options)
{
    int err = range_parse("ms", value, 0, 4096, &options->ms);

    if (err == 0 && options->ms % 8 != 0)
        err = bell_error_set(-EINVAL, "qemu: ms=%s: must be a multiple of 8", value);
    return err;
}

static int pi_parse(const char *value, struct bell_qemu_options *options)
{
    return range_parse("pi", value, 0, 3, &options->pi);
}

static int zoned_parse(const char *value, struct bell_qemu_options *options)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return bell_error_set(-EINVAL, "qemu: zoned=%s: must be on or off", value);
    options->zoned = strcmp(value, "on") == 0;
    return 0;
}

static int zone_parse(const char *value, struct bell_qemu_options *options)
{
    return bytes_parse("zone", value, &options->zone);
}

static int mdts_parse(const char *value, struct bell_qemu_options *options)
{
    uint64_t bytes;

    if (units_parse(value, &bytes) == 0) {
        options->mdts = 0;
        while (options->mdts < 15 && UINT64_C(4096) << options->mdts < bytes)
            options->mdts++;
        if (bytes == 0 || (options->mdts > 0 && bytes == UINT64_C(4096) << options->mdts))
            return 0;
    }
    return bell_error_set(-EINVAL, "qemu: mdts=%s: must be a power of two from 8KiB to 128MiB, or 0 for no limit",
                          value);
}

static int serial_parse(const char *value, struct bell_qemu_options *options)
{
    size_t length = strlen(value);

    for (size_t i = 0; i < length; i++) {
        if (!isprint((unsigned char)value[i]))
            length = SIZE_MAX - 1;
    }
    if (length == 0 || length >= sizeof options->serial)
        return bell_error_set(-EINVAL, "qemu: serial=%s: must be 1 to 20 printable characters", value);
    memcpy(options->serial, value, length + 1);
    return 0;
}

static int file_parse(const char *value, struct bell_qemu_options *options)
{
    size_t length = strlen(value);

    if (length == 0 || length >= sizeof options->file)
        return bell_error_set(-EINVAL, "qemu: file=%.100s: must be the path of a disk image", value);
    memcpy(options->file, value, length + 1);
    return 0;
}

static int option_parse(char *option, struct bell_qemu_options *options)
{
    static const struct {
        const char *key;
        int (*parse)(const char *value, struct bell_qemu_options *options);
    } known[] = {
        {"size", size_parse},     {"ns", ns_parse},       {"lba", lba_parse},   {"ms", ms_parse},
        {"pi", pi_parse},         {"zoned", zoned_parse}, {"zone", zone_parse}, {"mdts", mdts_parse},
        {"serial", serial_parse}, {"file", file_parse},
    };
    char *equals = strchr(option, '=');

    if (equals != NULL) {
        *equals = '\0';
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            if (strcmp(option, known[i].key) == 0)
                return known[i].parse(equals + 1, options);
        }
    }
    return bell_error_set(-EINVAL,
                          "qemu: unknown option \"%.100s\"; known are size=, ns=, lba=, ms=, pi=, "
                          "zoned=, zone=, mdts=, serial=, file=",
                          option);
}

/* What only makes sense together. */
static int options_check(const struct bell_qemu_options *options)
{
    if (options->file[0] != '\0' && options->ns > 1)
        return bell_error_set(-EINVAL, "qemu: ns=%u: a disk image of your own (file=) holds one namespace",
                              options->ns);
    if (options->size != 0 && options->size / options->ns < UINT64_C(1) << 20)
        return bell_error_set(-EINVAL, "qemu: size: each of the %u namespaces needs 1 MiB at least", options->ns);
    if (options->pi != 0 && options->ms < 8)
        return bell_error_set(-EINVAL, "qemu: pi=%u: needs ms=8 or more, which is where it is kept", options->pi);
    if (options->zone != 0 && !options->zoned)
        return bell_error_set(-EINVAL, "qemu: zone: only with zoned=on");
    return 0;
}

int bell_qemu_options_parse(const char *text, struct bell_qemu_options *options)
{
    char *copy = strdup(text == NULL ? "" : text);
    char *rest = copy;
    int err = 0;

    *options = (struct bell_qemu_options){.ns = 1, .lba = 512, .mdts = 7, .serial = "DOORBELL-QEMU"};
    if (copy == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    while (err == 0 && rest != NULL && *copy != '\0')
        err = option_parse(strsep(&rest, ","), options);
    free(copy);
    if (err != 0)
        return err;
    return options_check(options);
}
