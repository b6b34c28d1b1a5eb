/* SPDX-License-Identifier: Apache-2.0 */
/* What bell_target_open is told: one thing a line. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"
#include "tcp/target.h"

static bool port_parse(const char *text, uint16_t *out)
{
    char *end;
    unsigned long port;

    if (text[0] < '0' || text[0] > '9')
        return false;
    port = strtoul(text, &end, 10);
    *out = (uint16_t)port;
    return *end == '\0' && port <= UINT16_MAX;
}

int target_address_parse(const char *text, struct sockaddr_storage *out)
{
    char host[64] = "";
    uint16_t port = NVME_TCP_PORT;
    const char *end;
    const char *rest = NULL;

    if (text[0] == '[') {
        end = strchr(text, ']');
        rest = end != NULL ? end + 1 : NULL;
        text++;
    } else {
        end = strchr(text, ':');
        if (end != NULL && strchr(end + 1, ':') != NULL) /* an IPv6 address without a port */
            end = NULL;
        if (end == NULL)
            end = text + strlen(text);
        rest = end;
    }
    if (end != NULL && (size_t)(end - text) < sizeof host)
        memcpy(host, text, (size_t)(end - text));
    if (rest == NULL || host[0] == '\0' || (rest[0] != '\0' && (rest[0] != ':' || !port_parse(rest + 1, &port))))
        return bell_error_set(-EINVAL, "\"%s\" is no address to listen at; write it as 127.0.0.1:4420 or [::1]:4420",
                              text);
    memset(out, 0, sizeof *out);
    struct sockaddr_in *in = (struct sockaddr_in *)out;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

    if (strcmp(host, "localhost") == 0)
        strcpy(host, "127.0.0.1");
    if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        return 0;
    }
    if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        return 0;
    }
    return bell_error_set(-EINVAL, "\"%s\" is no IPv4 or IPv6 address; write it as 127.0.0.1:4420 or [::1]:4420", host);
}

void target_address_text(const struct sockaddr_storage *address, char *host, size_t host_bytes, char *port,
                         size_t port_bytes)
{
    host[0] = '\0';
    port[0] = '\0';
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;

        inet_ntop(AF_INET, &in->sin_addr, host, (socklen_t)host_bytes);
        snprintf(port, port_bytes, "%u", ntohs(in->sin_port));
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

        inet_ntop(AF_INET6, &in6->sin6_addr, host, (socklen_t)host_bytes);
        snprintf(port, port_bytes, "%u", ntohs(in6->sin6_port));
    }
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static int device_add(struct target *target, const char *value)
{
    struct target_subsystem *subsystem = &target->subsystem[target->subsystem_count];

    if (strncmp(value, "sim:", 4) != 0)
        return bell_error_set(-ENOTSUP, "%s cannot be served: only simulated devices can, such as sim:size=4GiB",
                              value);
    if (target->subsystem_count == TARGET_SUBSYSTEMS_MAX)
        return bell_error_set(-EINVAL, "%u devices can be served at a time, %s is one more", TARGET_SUBSYSTEMS_MAX,
                              value);
    if (strlen(value) >= sizeof subsystem->address)
        return bell_error_set(-EINVAL, "the address of device %u is longer than %zu characters",
                              target->subsystem_count + 1, sizeof subsystem->address - 1);
    memcpy(subsystem->address, value, strlen(value) + 1);
    target->subsystem_count++;
    return 0;
}

static int nqn_set(struct target *target, const char *value)
{
    const size_t length = strlen(value);

    if (target->subsystem_count == 0)
        return bell_error_set(-EINVAL, "the name %s comes before its device", value);
    if (length < 11 || length > NVMF_NQN_MAX || strncmp(value, "nqn.", 4) != 0 ||
        strcmp(value, NVMF_DISCOVERY_NQN) == 0)
        return bell_error_set(-EINVAL,
                              "\"%s\" is no name for a subsystem: NQNs begin with nqn., as "
                              "nqn.2026-01.org.example:disk1, and have at most %u characters",
                              value, NVMF_NQN_MAX);
    memcpy(target->subsystem[target->subsystem_count - 1].fabric.subnqn, value, length + 1);
    return 0;
}

static int listener_add(struct target *target, const char *value)
{
    if (target->listener_count == TARGET_LISTENERS_MAX)
        return bell_error_set(-EINVAL, "%u addresses can be listened at, %s is one more", TARGET_LISTENERS_MAX, value);
    int err = target_address_parse(value, &target->listener[target->listener_count].address);

    if (err == 0)
        target->listener_count++;
    return err;
}

static int referral_add(struct target *target, const char *value)
{
    struct target_referral *referral = &target->referral[target->referral_count];
    struct sockaddr_storage address;

    if (target->referral_count == TARGET_REFERRALS_MAX)
        return bell_error_set(-EINVAL, "%u referrals fit, %s is one more", TARGET_REFERRALS_MAX, value);
    int err = target_address_parse(value, &address);
    if (err != 0)
        return err;
    referral->adrfam = address.ss_family == AF_INET6 ? NVMF_ADRFAM_IPV6 : NVMF_ADRFAM_IPV4;
    target_address_text(&address, referral->traddr, sizeof referral->traddr, referral->trsvcid,
                        sizeof referral->trsvcid);
    target->referral_count++;
    return 0;
}

static int trace_set(struct target *target, const char *value)
{
    if (strlen(value) >= sizeof target->trace_path)
        return bell_error_set(-EINVAL, "the trace's path is longer than %zu characters", sizeof target->trace_path - 1);
    memcpy(target->trace_path, value, strlen(value) + 1);
    return 0;
}

static int line_read(struct target *target, char *line)
{
    static const struct {
        const char *word;
        int (*read)(struct target *target, const char *value);
    } words[] = {{"device", device_add},
                 {"nqn", nqn_set},
                 {"listen", listener_add},
                 {"referral", referral_add},
                 {"trace", trace_set}};
    char *value = strchr(line, ' ');

    if (value != NULL)
        *value++ = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(line, words[i].word) == 0)
            return value != NULL && value[0] != '\0' ? words[i].read(target, value)
                                                     : bell_error_set(-EINVAL, "\"%s\" says no value", line);
    return bell_error_set(-EINVAL, "\"%s\" is unknown; a target is told device, nqn, listen, referral and trace", line);
}

int target_options_read(struct target *target, const char *text)
{
    char *copy = strdup(text);
    char *rest = NULL;
    int err = 0;

    if (copy == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL && err == 0; line = strtok_r(NULL, "\n", &rest))
        err = line_read(target, line);
    free(copy);
    if (err == 0 && target->subsystem_count == 0)
        err = bell_error_set(-EINVAL, "A target needs a device to serve, such as sim:size=4GiB.");
    if (err == 0 && target->listener_count == 0)
        err = listener_add(target, "127.0.0.1");
    return err;
}
