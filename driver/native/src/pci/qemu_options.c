/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_options.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"

#define MIB           (UINT64_C(1) << 20)
#define DEFAULT_BYTES (1024 * MIB)
#define DEFAULT_ZONE  (4 * MIB)

/* What is being parsed. An option that may differ among namespaces lists its values, "512/4096": they are remembered to
 * be held against the number of namespaces when all options are known. */
struct parse {
    struct bell_qemu_options *options;
    const char *longest; /* key of the longest such list */
    uint32_t listed;     /* its length */
    bool zoning[3];      /* zone-cap, max-open, max-active were given */
};

/* ---- values --------------------------------------------------------------------------------------------------------
 */

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
    return bell_error_set(-EINVAL, "qemu: %s=%.100s: must be a multiple of 4096 bytes, like 64MiB or 4GiB", key, value);
}

static int range_parse(const char *key, const char *value, uint32_t least, uint32_t most, uint32_t *out)
{
    char *end;
    uint64_t number;

    if (number_parse(value, &end, &number) != 0 || *end != '\0' || number < least || number > most)
        return bell_error_set(-EINVAL, "qemu: %s=%.100s: must be %u to %u", key, value, least, most);
    *out = (uint32_t)number;
    return 0;
}

static int switch_parse(const char *key, const char *value, bool *on)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return bell_error_set(-EINVAL, "qemu: %s=%.100s: must be on or off", key, value);
    *on = strcmp(value, "on") == 0;
    return 0;
}

/* ---- what may differ among namespaces ------------------------------------------------------------------------------
 */

typedef int (*format_parse)(const char *value, struct bell_qemu_format *format);

/* The n-th value is for namespace n, the last one for all that follow too. */
static int list_parse(struct parse *parse, const char *key, const char *value, format_parse one)
{
    char copy[256];
    char *rest = copy;
    uint32_t count = 0;

    if (strlen(value) >= sizeof copy)
        return bell_error_set(-EINVAL, "qemu: %s=%.100s...: is too long", key, value);
    memcpy(copy, value, strlen(value) + 1);
    while (rest != NULL) {
        const char *item = strsep(&rest, "/");
        uint32_t most = rest == NULL ? BELL_QEMU_NAMESPACES_MAX : count + 1;

        if (count == BELL_QEMU_NAMESPACES_MAX)
            return bell_error_set(-EINVAL, "qemu: %s: lists more than %d values", key, BELL_QEMU_NAMESPACES_MAX);
        for (uint32_t i = count; i < most; i++) {
            int err = one(item, &parse->options->format[i]);

            if (err != 0)
                return err;
        }
        count++;
    }
    if (count > parse->listed) {
        parse->listed = count;
        parse->longest = key;
    }
    return 0;
}

static int lba_one(const char *value, struct bell_qemu_format *format)
{
    if (strcmp(value, "512") != 0 && strcmp(value, "4096") != 0)
        return bell_error_set(-EINVAL, "qemu: lba=%.100s: must be 512 or 4096", value);
    format->lba = (uint32_t)strtoul(value, NULL, 10);
    return 0;
}

static int ms_one(const char *value, struct bell_qemu_format *format)
{
    int err = range_parse("ms", value, 0, 4096, &format->ms);

    if (err == 0 && format->ms % 8 != 0)
        err = bell_error_set(-EINVAL, "qemu: ms=%s: must be a multiple of 8", value);
    return err;
}

static int pi_one(const char *value, struct bell_qemu_format *format)
{
    return range_parse("pi", value, 0, 3, &format->pi);
}

static int guard_one(const char *value, struct bell_qemu_format *format)
{
    if (strcmp(value, "16") != 0 && strcmp(value, "64") != 0)
        return bell_error_set(-EINVAL, "qemu: guard=%.100s: must be 16 or 64", value);
    format->guard = strcmp(value, "64") == 0 ? 64 : 0;
    return 0;
}

static int zoned_one(const char *value, struct bell_qemu_format *format)
{
    return switch_parse("zoned", value, &format->zoned);
}

static int shared_one(const char *value, struct bell_qemu_format *format)
{
    return switch_parse("shared", value, &format->shared);
}

static int lba_parse(const char *value, struct parse *parse)
{
    return list_parse(parse, "lba", value, lba_one);
}

static int ms_parse(const char *value, struct parse *parse)
{
    return list_parse(parse, "ms", value, ms_one);
}

static int pi_parse(const char *value, struct parse *parse)
{
    return list_parse(parse, "pi", value, pi_one);
}

static int guard_parse(const char *value, struct parse *parse)
{
    return list_parse(parse, "guard", value, guard_one);
}

static int zoned_parse(const char *value, struct parse *parse)
{
    return list_parse(parse, "zoned", value, zoned_one);
}

static int shared_parse(const char *value, struct parse *parse)
{
    return list_parse(parse, "shared", value, shared_one);
}

/* ---- options of the whole machine ----------------------------------------------------------------------------------
 */

static int size_parse(const char *value, struct parse *parse)
{
    return bytes_parse("size", value, &parse->options->size);
}

static int ns_parse(const char *value, struct parse *parse)
{
    return range_parse("ns", value, 1, BELL_QEMU_NAMESPACES_MAX, &parse->options->ns);
}

static int zone_parse(const char *value, struct parse *parse)
{
    return bytes_parse("zone", value, &parse->options->zone);
}

static int zone_cap_parse(const char *value, struct parse *parse)
{
    parse->zoning[0] = true;
    return bytes_parse("zone-cap", value, &parse->options->zone_cap);
}

static int max_open_parse(const char *value, struct parse *parse)
{
    parse->zoning[1] = true;
    return range_parse("max-open", value, 0, INT32_MAX, &parse->options->max_open);
}

static int max_active_parse(const char *value, struct parse *parse)
{
    parse->zoning[2] = true;
    return range_parse("max-active", value, 0, INT32_MAX, &parse->options->max_active);
}

static int mdts_parse(const char *value, struct parse *parse)
{
    struct bell_qemu_options *options = parse->options;
    uint64_t bytes;

    if (units_parse(value, &bytes) == 0) {
        options->mdts = 0;
        while (options->mdts < 15 && UINT64_C(4096) << options->mdts < bytes)
            options->mdts++;
        if (bytes == 0 || (options->mdts > 0 && bytes == UINT64_C(4096) << options->mdts))
            return 0;
    }
    return bell_error_set(-EINVAL, "qemu: mdts=%.100s: must be a power of two from 8KiB to 128MiB, or 0 for no limit",
                          value);
}

static int cmb_parse(const char *value, struct parse *parse)
{
    uint64_t *cmb = &parse->options->cmb;

    if (units_parse(value, cmb) == 0 && (*cmb == 0 || (*cmb >= MIB && *cmb <= 64 * MIB && (*cmb & (*cmb - 1)) == 0)))
        return 0;
    return bell_error_set(-EINVAL, "qemu: cmb=%.100s: must be a power of two from 1MiB to 64MiB, or 0 for none", value);
}

static int controllers_parse(const char *value, struct parse *parse)
{
    return range_parse("controllers", value, 1, BELL_QEMU_CONTROLLERS_MAX, &parse->options->controllers);
}

static int controller_parse(const char *value, struct parse *parse)
{
    return range_parse("controller", value, 0, BELL_QEMU_CONTROLLERS_MAX - 1, &parse->options->controller);
}

static int vfs_parse(const char *value, struct parse *parse)
{
    return range_parse("vfs", value, 0, BELL_QEMU_VFS_MAX, &parse->options->vfs);
}

static int vf_parse(const char *value, struct parse *parse)
{
    return range_parse("vf", value, 0, BELL_QEMU_VFS_MAX, &parse->options->vf);
}

static int machine_parse(const char *value, struct parse *parse)
{
    struct bell_qemu_options *options = parse->options;
    size_t length = strlen(value);

    if (length == 0 || length >= sizeof options->machine)
        return bell_error_set(-EINVAL, "qemu: machine=%.100s: must be a name of 1 to 32 characters", value);
    memcpy(options->machine, value, length + 1);
    return 0;
}

static int iops_parse(const char *value, struct parse *parse)
{
    uint32_t number = 0;
    int err = range_parse("iops", value, 0, 1000000000, &number);

    parse->options->iops = number;
    return err;
}

static int bandwidth_parse(const char *value, struct parse *parse)
{
    uint64_t *bandwidth = &parse->options->bandwidth;

    if (units_parse(value, bandwidth) == 0 && *bandwidth <= UINT64_C(1) << 40 &&
        (*bandwidth == 0 || *bandwidth >= 4096))
        return 0;
    return bell_error_set(-EINVAL, "qemu: bandwidth=%.100s: must be bytes a second, from 4KiB to 1TiB, or 0", value);
}

static int bad_parse(const char *key, const char *value, struct bell_qemu_bad *bad)
{
    const char *at = value;

    memset(bad, 0, sizeof *bad);
    bad->any = strcmp(value, "any") == 0;
    if (bad->any)
        return 0;
    for (;;) {
        char *end;

        if (bad->count == BELL_QEMU_BAD_MAX || number_parse(at, &end, &bad->lba[bad->count]) != 0 ||
            bad->lba[bad->count] > (uint64_t)INT64_MAX / 4096 || (*end != '\0' && *end != '/'))
            return bell_error_set(-EINVAL, "qemu: %s=%.100s: must be one to %d LBAs, like 100/2000, or any", key, value,
                                  BELL_QEMU_BAD_MAX);
        bad->count++;
        if (*end == '\0')
            return 0;
        at = end + 1;
    }
}

static int read_error_parse(const char *value, struct parse *parse)
{
    return bad_parse("read-error", value, &parse->options->bad_reads);
}

static int write_error_parse(const char *value, struct parse *parse)
{
    return bad_parse("write-error", value, &parse->options->bad_writes);
}

static int flush_error_parse(const char *value, struct parse *parse)
{
    return switch_parse("flush-error", value, &parse->options->bad_flushes);
}

static int serial_parse(const char *value, struct parse *parse)
{
    struct bell_qemu_options *options = parse->options;
    size_t length = strlen(value);

    for (size_t i = 0; i < length; i++) {
        if (!isprint((unsigned char)value[i]))
            length = SIZE_MAX - 1;
    }
    if (length == 0 || length >= sizeof options->serial)
        return bell_error_set(-EINVAL, "qemu: serial=%.100s: must be 1 to 20 printable characters", value);
    memcpy(options->serial, value, length + 1);
    return 0;
}

static int file_parse(const char *value, struct parse *parse)
{
    struct bell_qemu_options *options = parse->options;
    size_t length = strlen(value);

    if (length == 0 || length >= sizeof options->file)
        return bell_error_set(-EINVAL, "qemu: file=%.100s: must be the path of a disk image", value);
    memcpy(options->file, value, length + 1);
    return 0;
}

static int option_parse(char *option, struct parse *parse)
{
    static const struct {
        const char *key;
        bool shapes; /* says what the machine is like, not which function of it is meant */
        int (*parse)(const char *value, struct parse *parse);
    } known[] = {
        {"size", true, size_parse},
        {"ns", true, ns_parse},
        {"lba", true, lba_parse},
        {"ms", true, ms_parse},
        {"pi", true, pi_parse},
        {"guard", true, guard_parse},
        {"zoned", true, zoned_parse},
        {"zone", true, zone_parse},
        {"zone-cap", true, zone_cap_parse},
        {"max-open", true, max_open_parse},
        {"max-active", true, max_active_parse},
        {"mdts", true, mdts_parse},
        {"serial", true, serial_parse},
        {"file", true, file_parse},
        {"cmb", true, cmb_parse},
        {"controllers", true, controllers_parse},
        {"controller", false, controller_parse},
        {"shared", true, shared_parse},
        {"vfs", true, vfs_parse},
        {"vf", false, vf_parse},
        {"machine", false, machine_parse},
        {"iops", true, iops_parse},
        {"bandwidth", true, bandwidth_parse},
        {"read-error", true, read_error_parse},
        {"write-error", true, write_error_parse},
        {"flush-error", true, flush_error_parse},
    };
    char *equals = strchr(option, '=');

    if (equals != NULL) {
        *equals = '\0';
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            if (strcmp(option, known[i].key) == 0) {
                parse->options->shaped |= known[i].shapes;
                return known[i].parse(equals + 1, parse);
            }
        }
    }
    return bell_error_set(
        -EINVAL,
        "qemu: unknown option \"%.100s\"; known are size=, ns=, lba=, ms=, pi=, guard=, zoned=, zone=, "
        "zone-cap=, max-open=, max-active=, mdts=, serial=, file=, cmb=, controllers=, controller=, "
        "shared=, vfs=, vf=, machine=, iops=, bandwidth=, read-error=, write-error=, flush-error=",
        option);
}

/* ---- what only makes sense together --------------------------------------------------------------------------------
 */

static int zones_check(const struct parse *parse)
{
    static const char *const keys[] = {"zone-cap", "max-open", "max-active"};
    struct bell_qemu_options *options = parse->options;
    uint64_t bytes = (options->size != 0 ? options->size : DEFAULT_BYTES) / options->ns;
    bool zoned = false;

    for (uint32_t i = 0; i < options->ns; i++)
        zoned |= options->format[i].zoned;
    for (size_t i = 0; i < 3; i++) {
        if (parse->zoning[i] && !zoned)
            return bell_error_set(-EINVAL, "qemu: %s: only with zoned=on", keys[i]);
    }
    if (options->zone != 0 && !zoned)
        return bell_error_set(-EINVAL, "qemu: zone: only with zoned=on");
    if (!zoned)
        return 0;
    if (options->zone == 0)
        options->zone = DEFAULT_ZONE;
    if (options->zone_cap > options->zone)
        return bell_error_set(-EINVAL, "qemu: zone-cap=%llu: must be at most a zone, %llu bytes",
                              (unsigned long long)options->zone_cap, (unsigned long long)options->zone);
    if (options->max_active != 0 && options->max_open > options->max_active)
        return bell_error_set(-EINVAL, "qemu: max-open=%u: must be at most max-active, %u, for open zones are active",
                              options->max_open, options->max_active);
    if (options->file[0] != '\0')
        return 0; /* its size is not known yet */
    if (bytes < options->zone)
        return bell_error_set(-EINVAL, "qemu: zone=%llu: is larger than a namespace, which has %llu bytes",
                              (unsigned long long)options->zone, (unsigned long long)bytes);
    if (options->max_open > bytes / options->zone || options->max_active > bytes / options->zone)
        return bell_error_set(-EINVAL, "qemu: %s=%u: a namespace has only %llu zones",
                              options->max_active > options->max_open ? "max-active" : "max-open",
                              options->max_active > options->max_open ? options->max_active : options->max_open,
                              (unsigned long long)(bytes / options->zone));
    return 0;
}

static int formats_check(const struct parse *parse)
{
    const struct bell_qemu_options *options = parse->options;

    if (parse->listed > 1 && parse->listed > options->ns)
        return bell_error_set(-EINVAL, "qemu: %s: lists %u values, and there are %u namespaces (ns=)", parse->longest,
                              parse->listed, options->ns);
    for (uint32_t i = 0; i < options->ns; i++) {
        if (options->format[i].pi != 0 && options->format[i].ms < 8)
            return bell_error_set(-EINVAL, "qemu: pi=%u: needs ms=8 or more, which is where it is kept",
                                  options->format[i].pi);
        if (options->format[i].guard == 64 && (options->format[i].pi != 0) && options->format[i].ms < 16)
            return bell_error_set(-EINVAL, "qemu: guard=64: needs ms=16 or more, which is where it is kept");
    }
    return zones_check(parse);
}

static int functions_check(const struct bell_qemu_options *options)
{
    bool joins = options->machine[0] != '\0' && !options->shaped;

    if (options->vf != 0 && options->machine[0] == '\0')
        return bell_error_set(-EINVAL,
                              "qemu: vf=%u: a virtual function is enabled through its physical one; open that first "
                              "with machine=NAME,vfs=%u, enable it there, and then open machine=NAME,vf=%u",
                              options->vf, options->vf, options->vf);
    if (options->vfs != 0 && options->controllers > 1)
        return bell_error_set(-EINVAL, "qemu: vfs=%u: only with one controller", options->vfs);
    if (!joins && options->controller >= options->controllers)
        return bell_error_set(-EINVAL, "qemu: controller=%u: there are %u, counted from 0 (controllers=)",
                              options->controller, options->controllers);
    if (!joins && options->vf > options->vfs)
        return bell_error_set(-EINVAL, "qemu: vf=%u: there are %u (vfs=)", options->vf, options->vfs);
    return 0;
}

static int options_check(const struct parse *parse)
{
    const struct bell_qemu_options *options = parse->options;
    int err;

    if (options->file[0] != '\0' && options->ns > 1)
        return bell_error_set(-EINVAL, "qemu: ns=%u: a disk image of your own (file=) holds one namespace",
                              options->ns);
    if (options->size != 0 && options->size / options->ns < MIB)
        return bell_error_set(-EINVAL, "qemu: size: each of the %u namespaces needs 1 MiB at least", options->ns);
    err = formats_check(parse);
    return err != 0 ? err : functions_check(options);
}

int bell_qemu_options_parse(const char *text, struct bell_qemu_options *options)
{
    struct parse parse = {.options = options};
    char *copy = strdup(text == NULL ? "" : text);
    char *rest = copy;
    int err = 0;

    memset(options, 0, sizeof *options); /* padding too: machines are compared as a whole */
    options->ns = 1;
    options->mdts = 7;
    options->controllers = 1;
    strcpy(options->serial, "DOORBELL-QEMU");
    for (uint32_t i = 0; i < BELL_QEMU_NAMESPACES_MAX; i++) {
        options->format[i].lba = 512;
        options->format[i].shared = true;
    }
    if (copy == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    while (err == 0 && rest != NULL && *copy != '\0')
        err = option_parse(strsep(&rest, ","), &parse);
    free(copy);
    if (err != 0)
        return err;
    return options_check(&parse);
}

bool bell_qemu_options_same_machine(const struct bell_qemu_options *a, const struct bell_qemu_options *b)
{
    const size_t from = offsetof(struct bell_qemu_options, size);

    return memcmp((const char *)a + from, (const char *)b + from, sizeof *a - from) == 0;
}
