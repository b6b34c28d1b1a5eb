/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an NVMe/TCP controller says, to the host's parser: the first byte chooses digests and the alignment of data, the
 * rest comes on a connection with commands outstanding of every kind. Each that ends is sent again.
 */
#include <errno.h>

#include "nvme/transport.h"
#include "stream.h"
#include "tcp/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { SLOTS = 8, DATA = 65536 };

static int no_fd(uint16_t command)
{
    return -1;
}

static void command_start(struct host_queue *queue, uint16_t number)
{
    static const uint32_t sizes[SLOTS + 1] = {4096, 512, DATA, 4, 0, 20000, 4096, 8, 4096};
    struct host_request *request = &queue->requests[number];
    uint8_t *memory = request->data;
    *request = (struct host_request){.data = memory,
                                     .bytes = sizes[number],
                                     .cid = number,
                                     .sequence = queue->sequence++,
                                     .active = true,
                                     .sent = true,
                                     .in_capsule = number == 6};
    queue->owed += number < SLOTS && memory != NULL;
}

static void use(struct host_queue *queue)
{
    uint64_t cqe[2];
    for (uint16_t i = 0; i <= SLOTS; i++) {
        if (i != 4)
            queue->requests[i].data = malloc(DATA);
        command_start(queue, i);
    }
    while (!queue->dead) {
        if (!host_queue_pump(queue, cqe) && !queue->dead)
            tcp_wait(queue->socket, false, bell_now() + BELL_NS_PER_S);
        for (uint16_t i = 0; i <= SLOTS; i++)
            if (!queue->requests[i].active)
                command_start(queue, i);
    }
    for (uint16_t i = 0; i <= SLOTS; i++)
        free(queue->requests[i].data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct tcp_host host = {.options = {.r2ts = 4}};
    struct host_queue queue;
    struct stream stream;
    if (bytes < 1 || !stream_open(&stream, data + 1, bytes - 1, no_fd))
        return 0;
    pthread_mutex_init(&host.reason_lock, NULL);
    if (host_queue_init(&queue, &host, 1, SLOTS) != 0)
        abort();
    queue.socket = stream.ours;
    queue.dead = 0;
    queue.h2c_most = 8192;
    queue.rules = (struct bell_pdu_rules){.hdgst = data[0] & 1, .ddgst = data[0] >> 1 & 1, .pda = data[0] >> 2 & 31};
    use(&queue);
    host_queue_free(&queue);
    pthread_mutex_destroy(&host.reason_lock);
    stream_close(&stream);
    return 0;
}
