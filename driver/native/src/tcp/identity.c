/* SPDX-License-Identifier: Apache-2.0 */
/* Who this host is towards targets. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/clock.h"
#include "support/error.h"
#include "tcp/options.h"
#include "tcp/uuid.h"

#define UUID_NQN "nqn.2014-08.org.nvmexpress:uuid:"

bool tcp_uuid_parse(const char *text, uint8_t out[16])
{
    uint32_t digits = 0, sum = 0;
    for (; *text; text++) {
        if (*text == '-')
            continue;
        if (!isxdigit((unsigned char)*text) || digits == 32)
            return false;
        uint8_t value = (uint8_t)(isdigit((unsigned char)*text) ? *text - '0' : (*text | 0x20) - 'a' + 10);
        out[digits / 2] = (uint8_t)(digits % 2 ? out[digits / 2] << 4 | value : value);
        sum |= value;
        digits++;
    }
    return digits == 32 && sum != 0;
}

void tcp_uuid_print(const uint8_t uuid[16], char text[TCP_UUID_TEXT])
{
    for (uint32_t i = 0; i < 16; i++) {
        snprintf(text, 3, "%02x", uuid[i]);
        text += 2;
        if (i == 3 || i == 5 || i == 7 || i == 9)
            *text++ = '-';
    }
    *text = '\0';
}

void tcp_uuid_random(uint8_t out[16])
{
    if (getrandom(out, 16, 0) != 16) {
        /* No entropy this early: a clock and an address still differ between hosts. */
        uint64_t words[2] = {bell_now(), (uint64_t)(uintptr_t)out ^ (uint64_t)getpid() << 32};
        memcpy(out, words, sizeof words);
    }
    out[6] = (uint8_t)((out[6] & 0x0f) | 0x40);
    out[8] = (uint8_t)((out[8] & 0x3f) | 0x80);
}

/* The folder that keeps it, made if need be. False: there is none. */
static bool folder_find(char *path, size_t room)
{
    const char *own = getenv("DOORBELL_HOME");
    const char *home = getenv("HOME");
    int length = own && *own     ? snprintf(path, room, "%s", own)
                 : home && *home ? snprintf(path, room, "%s/.doorbell", home)
                                 : -1;
    if (length < 0 || (size_t)length >= room)
        return false;
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* The file's first line. False: there is no such file. */
static bool line_read(const char *path, char *line, size_t room)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool read = fgets(line, (int)room, file) != NULL;
    fclose(file);
    if (read)
        line[strcspn(line, " \t\r\n")] = '\0';
    return read;
}

/*
 * A file that says `line` unless it was there before; then *line becomes what it says. Several programs may do this at
 * once: the whole file appears at once under its name, and the first one wins.
 */
static void line_keep(const char *folder, const char *name, char *line, size_t room)
{
    char path[1100], draft[1160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (line_read(path, line, room))
        return;
    snprintf(draft, sizeof draft, "%s/.%s.XXXXXX", folder, name);
    int fd = mkstemp(draft);
    if (fd < 0)
        return;
    bool written = dprintf(fd, "%s\n", line) > 0 && fsync(fd) == 0;
    close(fd);
    if (written && link(draft, path) != 0)
        line_read(path, line, room);
    unlink(draft);
}

static int identity_error(const char *folder, const char *file, const char *line, const char *what)
{
    return bell_error_set(-EINVAL, "%s/%s says \"%s\", which is no %s; correct it, or delete it to get a new one.",
                          folder, file, line, what);
}

int tcp_identity_fill(struct tcp_options *options)
{
    char folder[1024];
    char nqn[NVMF_NQN_BYTES + 64], id[NVMF_NQN_BYTES];
    uint8_t uuid[16];
    if (options->hostnqn[0] && options->hostid_given)
        return 0;
    tcp_uuid_random(uuid);
    tcp_uuid_print(uuid, id);
    snprintf(nqn, sizeof nqn, UUID_NQN "%.36s", id);
    bool kept = folder_find(folder, sizeof folder);

    if (!options->hostnqn[0]) {
        if (kept)
            line_keep(folder, "hostnqn", nqn, sizeof nqn);
        if (strncmp(nqn, "nqn.", 4) != 0 || strlen(nqn) > NVMF_NQN_MAX)
            return identity_error(folder, "hostnqn", nqn, "NQN");
        snprintf(options->hostnqn, sizeof options->hostnqn, "%.223s", nqn);
    }
    if (!options->hostid_given) {
        /* The same UUID in both, where there is one in the NQN. */
        if (strncmp(options->hostnqn, UUID_NQN, sizeof UUID_NQN - 1) == 0 &&
            tcp_uuid_parse(options->hostnqn + sizeof UUID_NQN - 1, uuid))
            tcp_uuid_print(uuid, id);
        if (kept)
            line_keep(folder, "hostid", id, sizeof id);
        if (!tcp_uuid_parse(id, options->hostid))
            return identity_error(folder, "hostid", id, "UUID");
        options->hostid_given = true;
    }
    return 0;
}
