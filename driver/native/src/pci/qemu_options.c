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

static int size_parse(const char *value, struct bell_qemu_options *options)
{
    static const struct {
        const char *name;
        unsigned shift;
    } units[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
    uint64_t number;
    char *unit;

    if (number_parse(value, &unit, &number) == 0) {
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
            /* QEMU and file systems count in signed 64 bits. */
            if (strcasecmp(unit, units[i].name) == 0 && number <= (uint64_t)INT64_MAX >> units[i].shift) {
                options->size = number << units[i].shift;
                if (options->size != 0 && options->size % 4096 == 0)
                    return 0;
            }
        }
    }
    return bell_error_set(-EINVAL, "qemu: size=%s: must be a multiple of 4096 bytes, like 64MiB or 4GiB", value);
}

static int lba_parse(const char *value, struct bell_qemu_options *options)
{
    char *end;
    uint64_t number;

    if (number_parse(value, &end, &number) != 0 || *end != '\0' || (number != 512 && number != 4096))
        return bell_error_set(-EINVAL, "qemu: lba=%s: must be 512 or 4096", value);
    options->lba = (uint32_t)number;
    return 0;
}

static int mdts_parse(const char *value, struct bell_qemu_options *options)
{
    char *end;
    uint64_t number;

    if (number_parse(value, &end, &number) != 0 || *end != '\0' || number > 15)
        return bell_error_set(-EINVAL, "qemu: mdts=%s: must be 0 (no limit) to 15, for 2^mdts pages", value);
    options->mdts = (uint32_t)number;
    return 0;
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
        {"size", size_parse}, {"lba", lba_parse}, {"mdts", mdts_parse}, {"serial", serial_parse}, {"file", file_parse},
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
                          "qemu: unknown option \"%.100s\"; known are size=, lba=, mdts=, serial=, file=", option);
}

int bell_qemu_options_parse(const char *text, struct bell_qemu_options *options)
{
    char *copy = strdup(text == NULL ? "" : text);
    char *rest = copy;
    int err = 0;

    *options = (struct bell_qemu_options){.lba = 512, .mdts = 7, .serial = "DOORBELL-QEMU"};
    if (copy == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    while (err == 0 && rest != NULL && *copy != '\0')
        err = option_parse(strsep(&rest, ","), options);
    free(copy);
    return err;
}
