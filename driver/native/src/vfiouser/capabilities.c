/* SPDX-License-Identifier: Apache-2.0 */
#include "vfiouser/capabilities.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "spec/vfio_user.h"
#include "support/error.h"
#include "vfiouser/message.h"

#define TEXT(number)    TEXT_OF(number)
#define TEXT_OF(number) #number
#define FDS_STATED      16 /* the most that QEMU 11.1 lets a server state */
#define XFER_STATED     1048576
#define MAPS_STATED     65535
static_assert(FDS_STATED == BELL_VU_FDS && XFER_STATED == BELL_VU_XFER_BYTES, "the text says what the code takes");

enum { DEPTH_MAX = 16 }; /* of objects and arrays in each other */

const char *bell_vu_capabilities_text(void)
{
    return "{\"capabilities\":{\"max_msg_fds\":" TEXT(FDS_STATED) ",\"max_data_xfer_size\":" TEXT(
        XFER_STATED) ",\"max_dma_maps\":" TEXT(MAPS_STATED) ",\"pgsizes\":4096}}";
}

struct reader {
    const char *at;
    const char *end;
};

static int malformed(void)
{
    return bell_error_set(-EPROTO, "the peer's capabilities are no JSON object");
}

static void space_skip(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) != NULL && *reader->at != '\0')
        reader->at++;
}

/* Take `wanted` if it comes next. */
static bool sign_take(struct reader *reader, char wanted)
{
    space_skip(reader);
    if (reader->at == reader->end || *reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

/* A string without its quotes; escapes stay as they are, for no name that is looked for has any. */
static bool string_take(struct reader *reader, const char **start, size_t *length)
{
    if (!sign_take(reader, '"'))
        return false;
    *start = reader->at;
    while (reader->at < reader->end && *reader->at != '"') {
        if (*reader->at == '\\')
            reader->at++;
        if (reader->at < reader->end)
            reader->at++;
    }
    *length = (size_t)(reader->at - *start);
    return sign_take(reader, '"');
}

static bool word_skip(struct reader *reader)
{
    const char *start = reader->at;

    while (reader->at < reader->end && (isalnum((unsigned char)*reader->at) || strchr("+-.", *reader->at) != NULL) &&
           *reader->at != '\0')
        reader->at++;
    return reader->at != start;
}

static bool value_skip(struct reader *reader, int depth);

static bool members_skip(struct reader *reader, char close, int depth)
{
    const char *name;
    size_t length;

    if (sign_take(reader, close))
        return true;
    do {
        if (close == '}' && !(string_take(reader, &name, &length) && sign_take(reader, ':')))
            return false;
        if (!value_skip(reader, depth + 1))
            return false;
    } while (sign_take(reader, ','));
    return sign_take(reader, close);
}

static bool value_skip(struct reader *reader, int depth)
{
    const char *start;
    size_t length;

    if (depth > DEPTH_MAX)
        return false;
    if (sign_take(reader, '{'))
        return members_skip(reader, '}', depth);
    if (sign_take(reader, '['))
        return members_skip(reader, ']', depth);
    if (reader->at < reader->end && *reader->at == '"')
        return string_take(reader, &start, &length);
    return word_skip(reader);
}

static int number_take(struct reader *reader, const char *name, uint64_t least, uint64_t *out)
{
    uint64_t value = 0;

    space_skip(reader);
    if (reader->at == reader->end || !isdigit((unsigned char)*reader->at))
        return bell_error_set(-EPROTO, "the peer's capability %s is no whole number", name);
    for (; reader->at < reader->end && isdigit((unsigned char)*reader->at); reader->at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*reader->at - '0'), &value))
            return bell_error_set(-EPROTO, "the peer's capability %s is too large", name);
    if (reader->at < reader->end && strchr(".eE", *reader->at) != NULL && *reader->at != '\0')
        return bell_error_set(-EPROTO, "the peer's capability %s is no whole number", name);
    if (value < least)
        return bell_error_set(-EPROTO, "the peer's capability %s is %llu, at least %llu is needed", name,
                              (unsigned long long)value, (unsigned long long)least);
    *out = value;
    return 0;
}

static bool is_name(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && memcmp(name, wanted, length) == 0;
}

static int capability_take(struct reader *reader, const char *name, size_t length, struct bell_vu_capabilities *out)
{
    if (is_name(name, length, "max_msg_fds"))
        return number_take(reader, "max_msg_fds", 0, &out->max_msg_fds);
    if (is_name(name, length, "max_data_xfer_size"))
        return number_take(reader, "max_data_xfer_size", 8, &out->max_data_xfer_size);
    if (is_name(name, length, "pgsizes"))
        return number_take(reader, "pgsizes", 1, &out->pgsizes);
    if (is_name(name, length, "max_dma_maps")) {
        out->max_dma_maps_stated = true;
        return number_take(reader, "max_dma_maps", 1, &out->max_dma_maps);
    }
    return value_skip(reader, 0) ? 0 : malformed();
}

/* Members of an object whose brace has been taken: those of the top (inside false), or of "capabilities". */
static int object_take(struct reader *reader, bool inside, struct bell_vu_capabilities *out)
{
    const char *name;
    size_t length;
    int err = 0;

    if (sign_take(reader, '}'))
        return 0;
    do {
        if (!string_take(reader, &name, &length) || !sign_take(reader, ':'))
            return malformed();
        if (inside)
            err = capability_take(reader, name, length, out);
        else if (!is_name(name, length, "capabilities"))
            err = value_skip(reader, 0) ? 0 : malformed();
        else
            err = sign_take(reader, '{') ? object_take(reader, true, out) : malformed();
    } while (err == 0 && sign_take(reader, ','));
    if (err == 0 && !sign_take(reader, '}'))
        err = malformed();
    return err;
}

int bell_vu_capabilities_parse(const char *text, size_t bytes, struct bell_vu_capabilities *out)
{
    const struct bell_vu_capabilities defaults = {
        .max_msg_fds = VFIO_USER_DEFAULT_FDS,
        .max_data_xfer_size = VFIO_USER_DEFAULT_XFER_BYTES,
        .max_dma_maps = VFIO_USER_DEFAULT_DMA_MAPS,
        .pgsizes = VFIO_USER_DEFAULT_PGSIZES,
    };
    struct reader reader = {text, text + strnlen(text, bytes)};
    int err = 0;

    *out = defaults;
    if (reader.at == reader.end)
        return 0;
    if (!sign_take(&reader, '{'))
        err = malformed();
    else
        err = object_take(&reader, false, out);
    space_skip(&reader);
    if (err == 0 && reader.at != reader.end)
        err = malformed();
    if (err != 0)
        *out = defaults;
    return err;
}
