/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/options.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "integrity/protection.h"
#include "sim/quantity.h"
#include "support/error.h"

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (MIB * KIB)
#define TIB (GIB * KIB)

enum kind { KIND_U32, KIND_U64, KIND_TEXT, KIND_WORD };

struct option {
    const char *name;
    enum kind kind;
    size_t offset;
    const struct sim_unit *units;
    uint64_t low;
    uint64_t high; /* of a text: the longest length */
    bool (*check)(uint64_t value);
    const char *allowed; /* of a word: "0 or 1", as they are spelt */
};

#define UNSET UINT32_MAX

static bool lba_check(uint64_t value)
{
    return value == 512 || value == 4096;
}

static bool ms_check(uint64_t value)
{
    return value == 0 || value == 8 || value == 16 || value == 64;
}

static bool guard_check(uint64_t value)
{
    return value == 16 || value == 32 || value == 64;
}

static bool ready_check(uint64_t value)
{
    return value != 0 && value % 500000000 == 0;
}

static bool size_check(uint64_t value)
{
    return value % MIB == 0;
}

static bool cmb_check(uint64_t value)
{
    return value == 0 || (value >= 64 * KIB && (value & (value - 1)) == 0);
}

static bool hmb_check(uint64_t value)
{
    return value % (4 * KIB) == 0;
}

static bool mdts_check(uint64_t value)
{
    return value == 0 || (value >= 4 * KIB && (value & (value - 1)) == 0);
}

#define FIELD(name) offsetof(struct sim_options, name)

static const char time_allowed[] = "a time of at most 10 s with its unit, as 80us, 1500ns or 2ms";

static const struct option options[] = {
    {"size", KIND_U64, FIELD(size), sim_size_units, 8 * MIB, 16 * TIB, size_check,
     "whole MiB from 8MiB to 16TiB, as 512MiB or 4GiB"},
    {"ns", KIND_U32, FIELD(ns), sim_plain_units, 1, SIM_MAX_NAMESPACES, NULL, "1 to 8"},
    {"lba", KIND_U32, FIELD(lba), sim_plain_units, 512, 4096, lba_check, "512 or 4096"},
    {"ms", KIND_U32, FIELD(ms), sim_plain_units, 0, 64, ms_check, "0, 8, 16 or 64 bytes"},
    {"pi", KIND_U32, FIELD(pi), sim_plain_units, 0, 3, NULL, "type 1 to 3, or 0 for none"},
    {"pil", KIND_WORD, FIELD(pi_first), NULL, 0, 0, NULL, "last or first"},
    {"guard", KIND_U32, FIELD(guard), sim_plain_units, 16, 64, guard_check, "16, 32 or 64 bits"},
    {"storage-tag", KIND_U32, FIELD(storage_tag), sim_plain_units, 0, 64, NULL,
     "bits: 0 to 32 with a 16-bit guard, 16 to 64 with a 32-bit guard, 0 to 48 with a 64-bit guard"},
    {"extended", KIND_WORD, FIELD(extended), NULL, 0, 0, NULL, "off or on"},
    {"mdts", KIND_U64, FIELD(mdts), sim_size_units, 0, 64 * MIB, mdts_check,
     "a power of two from 4KiB to 64MiB, or 0 for no limit"},
    {"queues", KIND_U32, FIELD(queues), sim_plain_units, 1, SIM_MAX_IO_QUEUES, NULL, "1 to 128"},
    {"mqes", KIND_U32, FIELD(mqes), sim_plain_units, 2, 65536, NULL, "2 to 65536 entries"},
    {"serial", KIND_TEXT, FIELD(serial), NULL, 1, 20, NULL, "1 to 20 ASCII characters"},
    {"model", KIND_TEXT, FIELD(model), NULL, 1, 40, NULL, "1 to 40 ASCII characters"},
    {"fw", KIND_TEXT, FIELD(fw), NULL, 1, 8, NULL, "1 to 8 ASCII characters"},
    {"file", KIND_TEXT, FIELD(file), NULL, 1, 255, NULL, "the path of a file, at most 255 characters"},
    {"read-latency", KIND_U64, FIELD(read_latency_ns), sim_time_units, 0, 10000000000, NULL, time_allowed},
    {"write-latency", KIND_U64, FIELD(write_latency_ns), sim_time_units, 0, 10000000000, NULL, time_allowed},
    {"flush-latency", KIND_U64, FIELD(flush_latency_ns), sim_time_units, 0, 10000000000, NULL, time_allowed},
    {"other-latency", KIND_U64, FIELD(other_latency_ns), sim_time_units, 0, 10000000000, NULL, time_allowed},
    {"admin-latency", KIND_U64, FIELD(admin_latency_ns), sim_time_units, 0, 10000000000, NULL, time_allowed},
    {"jitter", KIND_U64, FIELD(jitter_ns), sim_time_units, 0, 10000000000, NULL, time_allowed},
    {"temp", KIND_U32, FIELD(temperature), sim_plain_units, 0, 120, NULL, "degrees Celsius, 0 to 120"},
    {"time-scale", KIND_U32, FIELD(time_scale), sim_plain_units, 1, 1000000, NULL, "1 to 1000000"},
    {"ready-timeout", KIND_U64, FIELD(ready_timeout_ns), sim_time_units, 0, 127500000000, ready_check,
     "a multiple of 500ms up to 127500ms"},
    {"faults", KIND_TEXT, FIELD(faults), NULL, 0, 255, NULL,
     "a fault plan of at most 255 ASCII characters, without commas"},
    {"cmb", KIND_U64, FIELD(cmb), sim_size_units, 0, 256 * MIB, cmb_check,
     "a power of two from 64KiB to 256MiB, or 0 for none"},
    {"hmb", KIND_U64, FIELD(hmb), sim_size_units, SIM_HMB_MINIMUM, 64 * MIB, hmb_check,
     "whole 4KiB from 64KiB to 64MiB"},
    {"streams", KIND_U32, FIELD(streams), sim_plain_units, 0, SIM_MAX_STREAMS, NULL, "0 to 64 streams"},
    {"null", KIND_U32, FIELD(null_io), sim_plain_units, 0, 1, NULL, "0 or 1"},
    {"seed", KIND_U64, FIELD(seed), sim_plain_units, 0, UINT64_MAX, NULL, "a 64-bit number"},
};

#define OPTION_COUNT (sizeof options / sizeof options[0])

static int value_refuse(const char *name, const char *value, const char *allowed)
{
    return bell_error_set(-EINVAL, "sim: option '%s=%s': must be %s", name, value, allowed);
}

static bool text_is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

static int text_set(const struct option *option, const char *value, struct sim_options *out)
{
    size_t length = strlen(value);

    /* A path may be in any encoding; what goes into identify data is ASCII. */
    if (length < option->low || length > option->high || (strcmp(option->name, "file") != 0 && !text_is_ascii(value)))
        return value_refuse(option->name, value, option->allowed);
    memcpy((char *)out + option->offset, value, length + 1);
    return 0;
}

static int number_set(const struct option *option, const char *value, struct sim_options *out)
{
    uint64_t number;

    if (!sim_quantity_parse(value, option->units, &number) || number < option->low || number > option->high ||
        (option->check != NULL && !option->check(number)))
        return value_refuse(option->name, value, option->allowed);
    if (option->kind == KIND_U32)
        *(uint32_t *)((char *)out + option->offset) = (uint32_t)number;
    else
        *(uint64_t *)((char *)out + option->offset) = number;
    return 0;
}

static int word_set(const struct option *option, const char *value, struct sim_options *out)
{
    const char *one = strstr(option->allowed, " or ") + strlen(" or ");
    const size_t zero_length = (size_t)(one - option->allowed) - strlen(" or ");
    const bool is_one = strcmp(value, one) == 0;

    if (is_one || (strlen(value) == zero_length && memcmp(value, option->allowed, zero_length) == 0)) {
        *(uint32_t *)((char *)out + option->offset) = is_one;
        return 0;
    }
    return value_refuse(option->name, value, option->allowed);
}

static int unknown_refuse(const char *name)
{
    char known[1000] = "";
    size_t length = 0;

    for (size_t i = 0; i < OPTION_COUNT; i++)
        length += (size_t)snprintf(known + length, sizeof known - length, "%s, ", options[i].name);
    return bell_error_set(-EINVAL, "sim: there is no option '%s'; known are %slatency", name, known);
}

/* "latency" sets the latency of every I/O command; the options for one kind that come after it win. */
static int latency_set(const char *value, struct sim_options *out)
{
    uint64_t latency;

    if (!sim_quantity_parse(value, sim_time_units, &latency) || latency > 10000000000)
        return value_refuse("latency", value, time_allowed);
    out->read_latency_ns = out->write_latency_ns = out->flush_latency_ns = out->other_latency_ns = latency;
    return 0;
}

static int option_set(const char *name, const char *value, struct sim_options *out)
{
    if (strcmp(name, "latency") == 0)
        return latency_set(value, out);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(name, options[i].name) == 0)
            return options[i].kind == KIND_TEXT   ? text_set(&options[i], value, out)
                   : options[i].kind == KIND_WORD ? word_set(&options[i], value, out)
                                                  : number_set(&options[i], value, out);
    return unknown_refuse(name);
}

static void model_from_size(struct sim_options *out)
{
    static const struct sim_unit shown[] = {{"TiB", TIB}, {"GiB", GIB}, {"MiB", MIB}};
    const struct sim_unit *unit = shown;

    while (out->size % unit->factor != 0)
        unit++;
    snprintf(out->model, sizeof out->model, "Doorbell Sim %llu %s", (unsigned long long)(out->size / unit->factor),
             unit->suffix);
}

/* Fill in what follows from the others, and refuse what does not go together. */
static int metadata_settle(struct sim_options *out)
{
    const bool asked = out->pi != 0 || out->guard != UNSET || (out->storage_tag != UNSET && out->storage_tag != 0);

    if (out->guard == UNSET)
        out->guard = 16;
    const uint32_t needed = bell_protection_bytes(out->guard);

    if (out->ms == UNSET)
        out->ms = asked ? needed : 0;
    if (out->lba == 0 && out->guard != 16)
        out->lba = 4096;
    if (out->storage_tag == UNSET)
        out->storage_tag = out->guard == 32 ? 16 : 0;
    if (out->guard != 16 && out->lba != 4096)
        return bell_error_set(-EINVAL, "sim: option 'guard=%u': needs blocks of 4 KiB, lba=4096", out->guard);
    if (asked && out->ms < needed)
        return bell_error_set(-EINVAL,
                              "sim: option 'ms=%u': protection information with a %u-bit guard needs %u bytes or more",
                              out->ms, out->guard, needed);
    if (!bell_protection_storage_bits_fit(out->guard, out->storage_tag))
        return bell_error_set(-EINVAL, "sim: option 'storage-tag=%u': with a %u-bit guard must be %s", out->storage_tag,
                              out->guard,
                              out->guard == 16   ? "0 to 32 bits"
                              : out->guard == 32 ? "16 to 64 bits"
                                                 : "0 to 48 bits");
    return 0;
}

static void defaults(struct sim_options *out)
{
    *out = (struct sim_options){
        .size = GIB,
        .mdts = 512 * KIB,
        .queues = 32,
        .mqes = 1024,
        .serial = "SIM00000000000000001",
        .fw = "1.0.0",
        .temperature = 35,
        .time_scale = 20,
        .ms = UNSET,
        .guard = UNSET,
        .storage_tag = UNSET,
        .seed = 1,
        .hmb = 8 * MIB,
        .streams = 16,
        .ready_timeout_ns = 10000000000,
    };
}

int sim_options_parse(const char *text, struct sim_options *out)
{
    int err = 0;
    char *rest = NULL;
    char *copy = strdup(text != NULL ? text : "");

    if (copy == NULL)
        return bell_error_set(-ENOMEM, "sim: out of memory");
    defaults(out);
    for (char *item = strtok_r(copy, ",", &rest); item != NULL && err == 0; item = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(item, '=');

        if (equals == NULL) {
            err = bell_error_set(-EINVAL, "sim: option '%s' has no value; write '%s=VALUE'", item, item);
            break;
        }
        *equals = '\0';
        err = option_set(item, equals + 1, out);
    }
    free(copy);
    if (err == 0)
        err = metadata_settle(out);
    if (err == 0 && out->model[0] == '\0')
        model_from_size(out);
    return err;
}
