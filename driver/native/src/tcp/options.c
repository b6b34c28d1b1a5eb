/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"
#include "tcp/uuid.h"

static const char form[] = "write tcp://host:port/NQN, or tcp://host:port for its discovery service";

static int hex_of(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* A piece of the address, with %xx resolved, into a text of `room` bytes. False: too long, or %00. */
static bool piece_copy(const char *from, size_t length, char *out, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = from[i];
        if (c == '%' && i + 2 < length && hex_of(from[i + 1]) >= 0 && hex_of(from[i + 2]) >= 0) {
            c = (char)(hex_of(from[i + 1]) << 4 | hex_of(from[i + 2]));
            i += 2;
        }
        if (c == '\0' || used + 1 >= room)
            return false;
        out[used++] = c;
    }
    out[used] = '\0';
    return true;
}

static int number_of(const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 0);
    if (!isdigit((unsigned char)*text) || *end || errno || value < least || value > most)
        return -EINVAL;
    *out = (uint32_t)value;
    return 0;
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

static int switch_set(const char *name, const char *value, bool *out)
{
    *out = strcmp(value, "on") == 0;
    if (*out || strcmp(value, "off") == 0)
        return 0;
    return bell_error_set(-EINVAL, "%s=%s: must be on or off.", name, value);
}

static int number_set(const char *name, const char *value, uint32_t least, uint32_t most, uint32_t *out)
{
    if (number_of(value, least, most, out) == 0)
        return 0;
    return bell_error_set(-EINVAL, "%s=%s: must be %u to %u.", name, value, least, most);
}

static int cntlid_set(const char *value, uint16_t *out)
{
    uint32_t number = NVMF_CNTLID_DYNAMIC;
    if (strcmp(value, "static") == 0)
        number = NVMF_CNTLID_STATIC;
    else if (strcmp(value, "dynamic") != 0 && number_of(value, 0, 0xffef, &number) != 0)
        return bell_error_set(-EINVAL, "cntlid=%s: must be dynamic, static or 0 to 65519.", value);
    *out = (uint16_t)number;
    return 0;
}

static int hostnqn_set(const char *value, char *out)
{
    if (strncmp(value, "nqn.", 4) != 0 || strlen(value) > NVMF_NQN_MAX)
        return bell_error_set(-EINVAL, "hostnqn=%s: must begin with \"nqn.\" and have at most %u characters.", value,
                              NVMF_NQN_MAX);
    snprintf(out, NVMF_NQN_BYTES, "%s", value);
    return 0;
}

static int option_set(struct tcp_options *options, const char *name, const char *value)
{
    uint32_t number = 0;
    int rc;
    if (strcmp(name, "hdgst") == 0)
        return switch_set(name, value, &options->hdgst);
    if (strcmp(name, "ddgst") == 0)
        return switch_set(name, value, &options->ddgst);
    if (strcmp(name, "incapsule") == 0)
        return switch_set(name, value, &options->in_capsule);
    if (strcmp(name, "kato") == 0)
        return number_set(name, value, 0, 3600000, &options->kato_ms);
    if (strcmp(name, "timeout") == 0)
        return number_set(name, value, 100, 600000, &options->timeout_ms);
    if (strcmp(name, "r2ts") == 0)
        return number_set(name, value, 1, TCP_R2T_MOST, &options->r2ts);
    if (strcmp(name, "cntlid") == 0)
        return cntlid_set(value, &options->cntlid);
    if (strcmp(name, "hostnqn") == 0)
        return hostnqn_set(value, options->hostnqn);
    if (strcmp(name, "hpda") == 0) {
        rc = number_set(name, value, 0, NVME_TCP_PDA_MAX, &number);
        options->hpda = (uint8_t)number;
        return rc;
    }
    if (strcmp(name, "hostid") == 0) {
        options->hostid_given = tcp_uuid_parse(value, options->hostid);
        return options->hostid_given ? 0 : bell_error_set(-EINVAL, "hostid=%s: must be a UUID.", value);
    }
    if (strcmp(name, "trace") == 0) {
        if (*value == '\0' || strlen(value) >= sizeof options->trace)
            return bell_error_set(-EINVAL, "trace: must be a file name of 1 to %zu characters.",
                                  sizeof options->trace - 1);
        snprintf(options->trace, sizeof options->trace, "%s", value);
        return 0;
    }
    /* The shield of programs above the driver; nothing here is read-only by itself. */
    if (strcmp(name, "write") == 0) {
        bool ignored;
        return switch_set(name, value, &ignored);
    }
    return bell_error_set(
        -EINVAL,
        "\"%s\" is no option of a tcp:// address; there are hdgst, ddgst, hpda, r2ts, incapsule, kato, "
        "timeout, hostnqn, hostid, cntlid, trace and write.",
        name);
}

static int options_read(const char *text, struct tcp_options *options)
{
    while (*text) {
        size_t length = strcspn(text, "&");
        size_t name_length = strcspn(text, "=&");
        char name[32], value[600];
        if (name_length >= length || !piece_copy(text, name_length, name, sizeof name) ||
            !piece_copy(text + name_length + 1, length - name_length - 1, value, sizeof value))
            return bell_error_set(-EINVAL, "\"%.*s\" is no option; options are name=value, with & between them.",
                                  (int)length, text);
        int rc = option_set(options, name, value);
        if (rc < 0)
            return rc;
        text += length + (text[length] == '&');
    }
    return 0;
}

/* ---- host, port, NQN --------------------------------------------------------------------------------------------- */

/* "name", "name:port", "1.2.3.4:port", "[::1]:port" */
static int authority_read(const char *address, const char *text, size_t length, struct tcp_options *options)
{
    const char *host = text, *after;
    size_t host_length;
    if (*text == '[') {
        const char *bracket = memchr(text, ']', length);
        if (!bracket)
            return bell_error_set(-EINVAL, "%s: the IPv6 address has no closing bracket.", address);
        host = text + 1;
        host_length = (size_t)(bracket - host);
        after = bracket + 1;
    } else {
        const char *colon = memchr(text, ':', length);
        host_length = colon ? (size_t)(colon - text) : length;
        after = text + host_length;
        if (colon && memchr(colon + 1, ':', length - host_length - 1))
            return bell_error_set(-EINVAL, "%s: write an IPv6 address in brackets, as in tcp://[::1]:4420/NQN.",
                                  address);
    }
    if (host_length == 0 || !piece_copy(host, host_length, options->host, sizeof options->host))
        return bell_error_set(-EINVAL, "%s names no host; %s.", address, form);
    size_t left = length - (size_t)(after - text);
    if (left == 0)
        return 0;
    char digits[sizeof options->port];
    uint32_t port;
    if (*after != ':' || !piece_copy(after + 1, left - 1, digits, sizeof digits) ||
        number_of(digits, 1, 65535, &port) != 0)
        return bell_error_set(-EINVAL, "%s: \"%.*s\" is no port; it must be 1 to 65535 after a colon.", address,
                              (int)left, after);
    snprintf(options->port, sizeof options->port, "%u", port);
    return 0;
}

static int nqn_read(const char *address, const char *text, size_t length, struct tcp_options *options)
{
    char nqn[NVMF_NQN_BYTES];
    if (length == 0) {
        snprintf(options->subnqn, sizeof options->subnqn, "%s", NVMF_DISCOVERY_NQN);
        return 0;
    }
    if (!piece_copy(text, length, nqn, sizeof nqn) || strlen(nqn) > NVMF_NQN_MAX || strncmp(nqn, "nqn.", 4) != 0)
        return bell_error_set(-EINVAL, "%s: \"%.*s\" is no NQN; it begins with \"nqn.\" and has at most %u characters.",
                              address, (int)length, text, NVMF_NQN_MAX);
    snprintf(options->subnqn, sizeof options->subnqn, "%s", nqn);
    return 0;
}

bool tcp_options_discovery(const struct tcp_options *options)
{
    return strcmp(options->subnqn, NVMF_DISCOVERY_NQN) == 0;
}

int tcp_options_parse(const char *address, struct tcp_options *out)
{
    static const char scheme[] = "tcp://";
    *out = (struct tcp_options){.in_capsule = true,
                                .r2ts = 4,
                                .kato_ms = UINT32_MAX,
                                .timeout_ms = TCP_TIMEOUT_MS,
                                .cntlid = NVMF_CNTLID_DYNAMIC};
    if (strncmp(address, scheme, sizeof scheme - 1) != 0)
        return bell_error_set(-EINVAL, "%s: %s.", address, form);
    const char *text = address + sizeof scheme - 1;
    size_t length = strcspn(text, "/?");
    int rc = authority_read(address, text, length, out);
    if (rc < 0)
        return rc;
    text += length;
    length = strcspn(text, "?");
    rc = nqn_read(address, *text == '/' ? text + 1 : text, *text == '/' ? length - 1 : 0, out);
    if (rc == 0 && text[length] == '?')
        rc = options_read(text + length + 1, out);
    if (rc < 0)
        return rc;
    if (out->port[0] == '\0')
        snprintf(out->port, sizeof out->port, "%u",
                 tcp_options_discovery(out) ? NVME_TCP_DISCOVERY_PORT : NVME_TCP_PORT);
    /* A discovery controller keeps no connection that somebody does not ask for (5.2, explicit persistence). */
    if (out->kato_ms == UINT32_MAX)
        out->kato_ms = tcp_options_discovery(out) ? 0 : TCP_KATO_MS;
    return 0;
}
