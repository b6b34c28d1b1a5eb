/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What NVMe/TCP hosts say to our target. The input is a list of pieces, each with a head of three bytes: which of four
 * connections says it, and how long it is, little endian.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcp/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { CONNECTIONS = 4 };

static void drain(int socket)
{
    static char bytes[65536];
    while (socket >= 0 && recv(socket, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        ;
}

static int host_open(struct target *target)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0 ||
        target_adopt(target, ends[0]) != 0)
        abort();
    return ends[1];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static bell_target *handle;
    int host[CONNECTIONS] = {-1, -1, -1, -1};
    if (handle == NULL &&
        bell_target_open("device sim:size=16MiB,ns=1,lba=512,mqes=64,mdts=64KiB\nlisten 127.0.0.1:0", &handle) != 0)
        abort();
    struct target *target = (struct target *)handle;
    while (bytes >= 3) {
        const unsigned who = data[0] % CONNECTIONS;
        size_t length = data[1] | (size_t)data[2] << 8;
        data += 3;
        bytes -= 3;
        if (length > bytes)
            length = bytes;
        if (host[who] < 0)
            host[who] = host_open(target);
        while (length > 0) {
            const ssize_t sent = send(host[who], data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (target_run_once(target, 0) != 0)
                abort();
            drain(host[who]);
            if (sent < 0)
                break; /* it has hung up */
            data += sent;
            bytes -= (size_t)sent;
            length -= (size_t)sent;
        }
        data += length;
        bytes -= length;
    }
    for (int i = 0; i < CONNECTIONS; i++)
        if (host[i] >= 0)
            close(host[i]);
    while (target->connection_count != 0)
        if (target_run_once(target, 0) != 0)
            abort();
    return 0;
}
