/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's side of NVMe/TCP: one connection a queue. How it is put together:
 *
 *   initiator.c      the transport: opening, registers, reset, keep alive
 *   host_fabrics.c   ICReq, Connect, properties: what is done on a queue before and beside its commands
 *   host_queue.c     commands in, completions out, ends of connections
 *   host_send.c      capsules and H2CData, many to a system call
 *   host_receive.c   the parser of all that the controller sends
 *   host_memory.c    buffers, which stay mapped as long as a command may still move data into them
 *
 * Threads: an I/O queue's connection belongs to the qpair's owner. The admin connection is shared: the owner of the
 * admin qpair, whoever accesses a register, and the keep alive thread use it under its lock, and whoever waits there
 * receives for all.
 */
#ifndef BELL_TCP_HOST_H
#define BELL_TCP_HOST_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "nvme/transport.h"
#include "tcp/dial.h"
#include "tcp/options.h"
#include "tcp/pdu.h"
#include "tcp/trace.h"

enum {
    HOST_STAGE = 65536,    /* bytes that are received before it is known what they are */
    HOST_STAGE_SMALL = 64, /* the same while large data come: headers, so that data go where they belong at once */
    HOST_LARGE = 16384,    /* data of a PDU that count as large */
    HOST_BATCH = 32,       /* PDUs of one system call */
    HOST_REASON = 300,
    HOST_INTERNAL_CID = 0xfff0,
};

/* Data that the controller has asked for. */
struct host_r2t {
    uint32_t offset;
    uint32_t length; /* what has not been sent yet */
    uint16_t ttag;
};

/* A command from queue_post until its completion, by slot; one more for commands of the transport's own. */
struct host_request {
    uint64_t sqe[8]; /* as on the wire */
    uint8_t *data;   /* NULL: none */
    uint32_t bytes;
    uint32_t received; /* C2HData so far */
    uint32_t asked;    /* R2Ts so far */
    uint64_t sequence;
    uint16_t cid;
    uint16_t sending; /* PDUs that are waiting or under way */
    bool active;
    bool raw_cid;    /* its CID may not be its number */
    bool sent;       /* the capsule has left */
    bool in_capsule; /* its data are in the capsule */
    bool last_seen;  /* C2HData with LAST came */
    bool damaged;    /* a data digest did not match */
    uint8_t r2t_count;
    uint8_t r2t_first;
    struct host_r2t r2ts[TCP_R2T_MOST];
};

/* Where the data of a slot are, from data_map to queue_post. */
struct host_mapped {
    uint8_t *data;
    uint32_t bytes;
};

/* A ring of what is to be sent: request numbers. Running counters. */
struct host_ring {
    uint16_t *entries;
    uint32_t mask;
    uint32_t head;
    uint32_t tail;
};

enum host_receive_state {
    HOST_HEADER,
    HOST_PAD,
    HOST_DATA,
    HOST_DIGEST,
    HOST_TERM, /* the PDU in error that a C2HTermReq repeats */
};

struct host_receiver {
    uint8_t *stage;
    uint32_t first, end; /* what stands in stage */
    enum host_receive_state state;
    union nvme_tcp_pdu pdu;
    uint32_t have; /* bytes of pdu */
    struct bell_pdu_parts parts;
    uint32_t left;       /* of pad or data */
    uint8_t *to;         /* where the rest of the data goes */
    uint16_t request;    /* whose data they are */
    uint8_t digest[4];   /* as it comes */
    uint32_t stage_most; /* how much to read ahead */
};

struct host_sender {
    struct host_ring capsules; /* posted by the qpair's owner; up to `rung` may go */
    uint32_t rung;
    struct host_ring urgent; /* R2Ts to be answered, and capsules of the transport's own */
    /* The batch that is being sent. */
    union nvme_tcp_pdu headers[HOST_BATCH];
    uint32_t digests[HOST_BATCH];
    uint16_t requests[HOST_BATCH];
    uint32_t count;
    struct iovec parts[HOST_BATCH * 4];
    uint32_t part, part_count;
};

/* host_memory.c */
struct host_region;
struct host_memory {
    pthread_mutex_t lock;
    struct host_region *live;
    struct host_region *freed; /* given back, but a command may still move data there */
    uint64_t generation;       /* of `live`: raised when a buffer is freed */
};

/* What a queue's owner remembers of the last buffer it was given. */
struct host_memory_hint {
    uint64_t first, end;
    uint64_t generation; /* 0: nothing */
};

struct tcp_host;

struct host_queue {
    struct tcp_host *host;
    bell_qpair *qpair; /* NULL: the admin connection while no admin qpair uses it */
    struct host_queue *next;
    int socket;
    struct tcp_trace_flow *flow; /* NULL: what goes over it is not traced */
    uint16_t qid;
    uint32_t entries; /* of the queue, as Connect said */
    uint32_t slots;   /* requests but for the internal one, which has this number */
    bool shared;      /* the admin connection: `lock` is needed */
    pthread_mutex_t lock;
    uint32_t dead;     /* 1: the connection has ended; any thread may look */
    uint32_t owed;     /* commands that may move data; its owner writes, any thread may look */
    bool said_term;    /* an H2CTermReq is on its way */
    bool used;         /* admin: commands or CC.EN have gone over this association */
    uint32_t in_most;  /* bytes that fit in a capsule */
    uint32_t h2c_most; /* MAXH2CDATA */
    uint8_t cpda;
    struct bell_pdu_rules rules;
    uint64_t sequence;
    uint32_t raw_cids; /* outstanding with a CID that the caller chose */
    uint16_t sq_head;  /* as last reported */

    struct host_request *requests;
    struct host_mapped *mapped;
    struct host_memory_hint hint;
    struct host_sender sender;
    struct host_receiver receiver;

    /* Completions of commands that somebody else has received for the admin qpair. */
    uint64_t (*taken)[2];
    uint32_t taken_first, taken_count;
    /* The transport's own command. */
    bool internal_done;
    uint64_t internal_cqe[2];
};

struct tcp_host {
    struct bell_transport transport; /* first: the operations cast back */
    struct tcp_options options;
    char name[TCP_HOST_NAME + 16]; /* "host:port", for texts */
    bell_device *device;           /* NULL until a qpair is opened */
    struct tcp_place places[TCP_PLACES];
    int place_count;
    uint16_t cntlid;
    struct tcp_trace *trace; /* NULL: none */

    struct host_queue admin;
    pthread_mutex_t internal; /* taken before admin.lock: one property access or keep alive at a time */

    pthread_mutex_t queues_lock;
    struct host_queue *queues; /* I/O queues */
    struct host_memory memory;

    uint32_t io_capsule; /* bytes of data in an I/O capsule by IOCCSZ; HOST_UNKNOWN  */

    bool disconnects; /* the controller takes Disconnect on I/O queues */

    pthread_mutex_t reason_lock;
    char reason[HOST_REASON];    /* why the admin connection ended */
    char io_reason[HOST_REASON]; /* the last I/O connection that ended by itself */
    uint16_t io_reason_qid;

    pthread_t alive_thread;
    pthread_mutex_t alive_lock;
    pthread_cond_t alive_wake;
    bool alive_started, alive_stop;
};

#define HOST_UNKNOWN UINT32_MAX

static inline struct tcp_host *tcp_host_of(struct bell_transport *transport)
{
    return (struct tcp_host *)transport;
}

/* ---- host_queue.c ------------------------------------------------------------------------------------------------ */

/** host_queue_init - a queue of `slots` command slots without a connection. -ENOMEM. */
int host_queue_init(struct host_queue *queue, struct tcp_host *host, uint16_t qid, uint32_t slots);

/** host_queue_slots - another number of command slots; nothing is outstanding afterwards. -ENOMEM. */
int host_queue_slots(struct host_queue *queue, uint32_t slots);
void host_queue_free(struct host_queue *queue);

/** host_queue_fail - the connection ends here, for a reason in words. The qpair, or with the admin connection the whole
 * device, is lost. */
void host_queue_fail(struct host_queue *queue, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** host_queue_fault - the same after a PDU that may not be; the controller is told. Return: -EPROTO. */
int host_queue_fault(struct host_queue *queue, const struct bell_pdu_fault *fault, const void *pdu, uint32_t bytes);

/** host_queue_hang_up - close the connection of our own accord, waiting up to `ms` for the other side. */
void host_queue_hang_up(struct host_queue *queue, uint32_t ms);

/** host_queue_pump - send what waits, then receive. Return: true with a completion for the qpair, or false: nothing
 * more now, or dead. With the lock, where there is one. */
bool host_queue_pump(struct host_queue *queue, uint64_t cqe[2]);

/** host_internal_run - send a command of the transport's own and wait for its completion. Not with the lock.
 * @bytes: of data; what goes to the controller is at most 8192 bytes and goes into the capsule
 * Return: 0 with *cqe whatever its status is, or -ENODEV, -ETIMEDOUT with the error text set, and the connection has
 * ended. */
int host_internal_run(struct host_queue *queue, const void *sqe, void *data, uint32_t bytes, const char *what,
                      uint64_t cqe[2]);

/* Operations of the transport. */
int host_command_check(struct bell_transport *transport, bell_qpair *qpair, const bell_command *command);
int host_data_map(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid, uint64_t iova, uint64_t bytes,
                  uint64_t sqe[8]);
int host_sgl_map(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid, const struct nvme_sgl *descriptors,
                 uint32_t count, uint32_t segment, uint64_t sqe[8]);
void host_post(bell_qpair *qpair, uint64_t sqe[8]);
bool host_take(bell_qpair *qpair, uint64_t cqe[2]);
void host_ring_tail(bell_qpair *qpair, uint32_t tail);

/* ---- host_send.c ------------------------------------------------------------------------------------------------- */

/** host_ring_put - note a request. Rings have room for all that can wait. */
void host_ring_put(struct host_ring *ring, uint16_t request);

/** host_send - send as much as the socket takes. -EPIPE, and the queue has failed; else 0. */
int host_send(struct host_queue *queue);
bool host_send_waits(const struct host_queue *queue);
void host_send_reset(struct host_queue *queue);

/* ---- host_receive.c ---------------------------------------------------------------------------------------------- */

/** host_receive_parse - go through what was received. Return: 1 a completion (it may be the internal one's), 0 more
 * bytes are needed, or -EPROTO and the queue has failed. */
int host_receive_parse(struct host_queue *queue, uint64_t cqe[2], bool *internal);

/** host_receive_read - one read of the socket. Return: true if bytes came. */
bool host_receive_read(struct host_queue *queue);
void host_receive_reset(struct host_queue *queue);

/* ---- host_fabrics.c ---------------------------------------------------------------------------------------------- */

/** host_queue_connect - dial, ICReq, ICResp, Connect; the queue is ready for commands then. */
int host_queue_connect(struct host_queue *queue, uint32_t entries);

int host_property_get(struct tcp_host *host, uint32_t offset, uint32_t width, uint64_t *value);
int host_property_set(struct tcp_host *host, uint32_t offset, uint32_t width, uint64_t value);
int host_keep_alive(struct tcp_host *host);

/** host_controller_learn - how much data an I/O capsule takes, and whether I/O queues can be deleted one by one:
 * Identify controller, once for each association. */
int host_controller_learn(struct tcp_host *host);

/** host_queue_disconnect - delete an I/O queue: Disconnect where the controller takes it, then the connection ends. */
void host_queue_disconnect(struct host_queue *queue);

/* ---- host_memory.c ----------------------------------------------------------------------------------------------- */

void host_memory_init(struct host_memory *memory);
int host_memory_alloc(struct tcp_host *host, uint64_t bytes, void **vaddr, uint64_t *iova);
void host_memory_free(struct tcp_host *host, void *vaddr);
void host_memory_drop(struct host_memory *memory);

/** host_memory_holds - whether a buffer holds [iova, iova + bytes). The caller has raised `owed` of its queue before,
 * so that a buffer that is freed from now on stays mapped. */
bool host_memory_holds(struct host_memory *memory, struct host_memory_hint *hint, uint64_t iova, uint64_t bytes);

#endif
