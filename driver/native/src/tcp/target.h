/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An NVMe/TCP target that exports simulated devices: what its parts share. Everything happens in the thread that is in
 * bell_target_run: it takes what sockets have, lets the devices run (sim/fabric.h), and sends what comes of it.
 *
 *   target.c             listeners, the loop, bell_target_... of doorbell.h
 *   target_options.c     what is served, from its text
 *   target_receive.c     bytes to PDUs; protocol errors
 *   target_send.c        PDUs to bytes, rules of the fault plan for the wire included
 *   target_slots.c       commands outstanding, and the memory for their data
 *   target_commands.c    command capsules to the device and its completions to the host
 *   target_fabrics.c     Connect, properties, Disconnect; associations
 *   target_discovery.c   the discovery controller
 *
 * An association is a host and the controller that it got: one a subsystem at a time, for a simulated device has one
 * controller; another host is told that the controller is busy. Discovery controllers are there for everybody.
 */
#ifndef BELL_TCP_TARGET_H
#define BELL_TCP_TARGET_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "doorbell.h"
#include "sim/fabric.h"
#include "spec/tcp.h"
#include "support/clock.h"
#include "tcp/pdu.h"

#define TARGET_SUBSYSTEMS_MAX 16u
#define TARGET_LISTENERS_MAX  8u
#define TARGET_REFERRALS_MAX  16u
#define TARGET_QUEUES_MAX     129u
#define TARGET_ADMIN_ENTRIES  2048u /* the device's queue is twice as long, and may have 4096 */
#define TARGET_IO_ENTRIES     4096u
#define TARGET_CAPSULE_DATA   8192u
#define TARGET_H2C_DATA       131072u
#define TARGET_RECEIVE_BYTES  (2 * TARGET_H2C_DATA)
#define TARGET_LARGE_BYTES    (UINT64_C(16) << 20) /* of large buffers, a connection */
#define TARGET_TRANSFER_MAX   (UINT64_C(2) << 20)  /* of one command */
#define TARGET_CONNECTIONS    1024u
#define TARGET_HANDSHAKE_NS   (30 * BELL_NS_PER_S) /* until Connect has come */
#define TARGET_LINGER_NS      (5 * BELL_NS_PER_S)  /* after the last word, for the host to hang up */
#define TARGET_AERS_MAX       4u

struct target_connection;
struct tcp_trace;
struct tcp_trace_flow;

/* ---- commands outstanding ---------------------------------------------------------------------------------------- */

enum target_slot_state {
    TARGET_SLOT_FREE,
    TARGET_SLOT_MEMORY, /* waits for a large buffer */
    TARGET_SLOT_DATA,   /* waits for data */
    TARGET_SLOT_FUSED,  /* ready, and waits for the other one of its pair */
    TARGET_SLOT_DEVICE,
    TARGET_SLOT_SENDING, /* its data is on its way to the host */
};

#define TARGET_NO_SLOT UINT32_MAX

struct target_large {
    struct target_large *next;
    uint8_t *data;
    uint64_t iova;
    uint64_t list; /* iova of the PRP list of all pages but the first */
};

struct target_slot {
    struct nvme_sqe sqe;
    uint8_t *data;
    uint64_t iova;
    struct target_large *large;
    uint32_t length; /* data that goes over the wire */
    uint32_t received;
    uint32_t next;    /* in the list of free slots, or of those that wait for memory */
    uint32_t partner; /* of a fused pair */
    enum target_slot_state state;
    bool to_host;
    bool damaged;
};

struct target_slots {
    struct target_slot *slot;
    uint32_t count;
    uint32_t free;
    uint32_t wait_first; /* for memory, in order of arrival */
    uint32_t wait_last;
    uint16_t *by_cid; /* slot + 1 */
    uint8_t *small;   /* TARGET_CAPSULE_DATA each */
    uint64_t small_iova;
    uint64_t small_bytes;
    struct target_large *large; /* free ones */
    uint32_t large_made;
    uint32_t large_most;
    uint64_t large_bytes;
};

/* ---- what goes out ----------------------------------------------------------------------------------------------- */

struct target_pdu {
    struct target_pdu *next;
    uint64_t due_ns; /* 0: at once */
    const uint8_t *data;
    uint8_t *own;        /* data that is freed with it */
    uint32_t head_bytes; /* header, digest, padding */
    uint32_t data_bytes;
    uint32_t slot; /* given back when it is sent */
    uint32_t ddgst;
    uint8_t ddgst_bytes;
    _Alignas(8) uint8_t head[sizeof(union nvme_tcp_pdu) + NVME_TCP_PADDING_MAX];
};

/* ---- parties ----------------------------------------------------------------------------------------------------- */

struct target_subsystem {
    struct target *target;
    char address[1024]; /* of the device */
    struct sim_fabric fabric;
    struct sim *sim;
    struct target_association *association;
    uint64_t next_ns; /* when the device wants to run */
    bool gone;
};

/* The state of a discovery controller, which no device has. */
struct target_discovery {
    uint32_t cc;
    uint32_t csts;
    uint32_t events; /* feature 0Bh */
    uint32_t kato_ms;
    uint64_t expires_ns;
    uint64_t seen; /* generation of the log that the host has read or been told of */
    uint16_t aer[TARGET_AERS_MAX];
    uint32_t aers;
};

struct target_association {
    struct target_subsystem *subsystem; /* NULL: discovery */
    uint16_t cntlid;
    char hostnqn[NVMF_NQN_BYTES];
    uint8_t hostid[16];
    bool enabled;
    bool disabling; /* the host has cleared CC.EN */
    bool ending;
    struct target_discovery discovery;
    struct target_connection *queue[TARGET_QUEUES_MAX];
};

struct target_connection {
    struct target *target;
    struct target_connection *next;
    int socket;
    uint64_t deadline_ns; /* of the handshake, or of a connection that is ending */
    bool greeted;         /* ICReq and ICResp are through */
    bool ending;          /* what is queued is sent, what comes is thrown away */
    bool hung_up;         /* our side is shut down */
    bool dead;
    bool writable_wanted;
    uint32_t interest; /* in its socket, as epoll knows it */

    struct bell_pdu_rules rules; /* of what it sends */
    uint8_t hpda;
    uint8_t *in;
    uint32_t in_bytes;

    struct target_association *association; /* NULL: not connected */
    uint32_t qid;
    uint32_t entries; /* of the queue as its host knows it */
    bool no_flow;     /* SQ flow control is off */
    bool deleted;     /* Disconnect has come: closing it ends the queue and not the association */
    uint32_t fused;   /* the first one of a pair that came last */
    struct sim_fabric_queue queue;
    struct target_slots slots;
    const bell_fault_rule **marks; /* by place in the completion queue */
    bool rung;                     /* commands were put since the device ran */

    struct target_pdu *out_first;
    struct target_pdu *out_last;
    struct target_pdu *out_held; /* due later */
    struct target_pdu *out_free;
    uint32_t out_count;
    uint32_t out_sent; /* of the first one */

    struct tcp_trace_flow *flow;
};

struct target_listener {
    int socket;
    struct sockaddr_storage address;
    char text[64]; /* host:port */
};

struct target_referral {
    uint8_t adrfam;
    char traddr[64];
    char trsvcid[8];
};

struct target {
    struct target_subsystem subsystem[TARGET_SUBSYSTEMS_MAX];
    uint32_t subsystem_count;
    struct target_listener listener[TARGET_LISTENERS_MAX];
    uint32_t listener_count;
    struct target_referral referral[TARGET_REFERRALS_MAX];
    uint32_t referral_count;
    char trace_path[1024];
    struct tcp_trace *trace;
    uint64_t generation; /* of the discovery log */
    uint16_t next_cntlid;
    uint8_t cpda;     /* alignment that hosts are asked for */
    uint64_t next_ns; /* when something happens by itself */
    int poll;
    int stop;
    atomic_bool running;
    struct target_connection *connections;
    uint32_t connection_count;

    _Atomic uint32_t connected; /* connections now */
    _Atomic uint32_t associations;
    _Atomic uint64_t hosts; /* associations so far, discovery left out */
    _Atomic uint64_t commands;
    pthread_mutex_t lock; /* of last_end */
    char last_end[160];
};

/* ---- target.c ---------------------------------------------------------------------------------------------------- */

/* target_run_once - wait for at most timeout_ms, -1: as long as nothing happens, and do all that is to be done. Return:
 * 0, 1 when it was stopped, or what makes it impossible to go on. */
int target_run_once(struct target *target, int timeout_ms);

/* target_adopt - serve a connected socket, which the target owns from here on. -ENOMEM, -EMFILE: it was closed. */
int target_adopt(struct target *target, int socket);

/* target_subsystem_run - let the device run, send what comes of it, and follow it. */
void target_subsystem_run(struct target_subsystem *subsystem);

void target_told(struct target *target, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- target_options.c -------------------------------------------------------------------------------------------- */

/* target_options_read - what the text of bell_target_open says. */
int target_options_read(struct target *target, const char *text);

/* target_address_parse - "127.0.0.1:4420", "[::1]:4420"; the port may be left out, or 0: any free one. */
int target_address_parse(const char *text, struct sockaddr_storage *out);
void target_address_text(const struct sockaddr_storage *address, char *host, size_t host_bytes, char *port,
                         size_t port_bytes);

/* ---- target_receive.c -------------------------------------------------------------------------------------------- */

/* target_receive - read what the socket has and act on it. */
void target_receive(struct target_connection *connection);

/* target_refuse - a protocol error: C2HTermReq with what is wrong, and the end of the association. */
void target_refuse(struct target_connection *connection, const struct bell_pdu_fault *fault, const void *pdu,
                   uint32_t pdu_bytes);

/* ---- target_send.c ----------------------------------------------------------------------------------------------- */

/* A PDU in the making, not yet queued; NULL: out of memory, and the connection is dead. */
struct target_pdu *target_pdu_new(struct target_connection *connection, uint8_t type);

/* target_pdu_send - seal and queue it. */
void target_pdu_send(struct target_connection *connection, struct target_pdu *pdu, const bell_fault_rule *rule);
void target_pdu_send_late(struct target_connection *connection, struct target_pdu *pdu, const bell_fault_rule *rule,
                          uint64_t delay_ns);
void target_pdu_send_raw(struct target_connection *connection, struct target_pdu *pdu);

/* target_respond - the completion of a command; rule: what the fault plan wants of its PDU, or NULL. */
void target_respond(struct target_connection *connection, const struct nvme_cqe *cqe, const bell_fault_rule *rule);
void target_respond_late(struct target_connection *connection, const struct nvme_cqe *cqe, const bell_fault_rule *rule,
                         uint64_t delay_ns);

/* target_flush - send what the socket takes. */
void target_flush(struct target_connection *connection);
void target_send_release(struct target_connection *connection);

/* target_send_data_end - the memory of the slots is about to go: forget what still points there. */
void target_send_data_end(struct target_connection *connection);

/* target_held_run - queue what is due now. Return: when the next is, UINT64_MAX: never. */
uint64_t target_held_run(struct target_connection *connection, uint64_t now);

/* target_busy - so much waits to be sent that nothing more should be made. */
bool target_busy(const struct target_connection *connection);

/* ---- target_slots.c ---------------------------------------------------------------------------------------------- */

int target_slots_open(struct target_connection *connection, uint32_t count);
void target_slots_close(struct target_connection *connection);

/* target_slot_take - for a command with this CID. TARGET_NO_SLOT: there are as many outstanding as the queue holds. */
uint32_t target_slot_take(struct target_connection *connection, uint16_t cid);
uint32_t target_slot_find(const struct target_connection *connection, uint16_t cid);
void target_slot_give(struct target_connection *connection, uint32_t index);

/* target_slots_forget - commands that a reset has ended: nobody is told. */
void target_slots_forget(struct target_connection *connection);

/* target_slot_memory - a place for the slot's data. Return: false: it waits in line, and target_commands_go_on is
 * called when there is one. */
bool target_slot_memory(struct target_connection *connection, uint32_t index);

/* ---- target_commands.c ------------------------------------------------------------------------------------------- */

/* target_command - a capsule of a connected I/O or admin queue, whatever its opcode. */
void target_command(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *data,
                    uint32_t bytes, struct bell_pdu_fault *fault);

/* target_data - H2CData; intact: its digest is right. Return: 0, or -EPROTO with *fault. */
int target_data(struct target_connection *connection, const struct nvme_tcp_data *pdu, const uint8_t *data, bool intact,
                struct bell_pdu_fault *fault);

/* target_command_go_on - with a command that has waited for memory. */
void target_command_go_on(struct target_connection *connection, uint32_t index);

/* target_collect - take the completions of a queue. Return: whether there were any. */
bool target_collect(struct target_connection *connection);

/* ---- target_fabrics.c -------------------------------------------------------------------------------------------- */

/* target_fabrics - opcode 7Fh, and whatever comes before Connect. */
void target_fabrics(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *data,
                    uint32_t bytes);

void target_subsystem_init(struct target_subsystem *subsystem);

/* target_subsystem_follow - act on what became of the device: disabled, gone, out of patience with its host. */
void target_subsystem_follow(struct target_subsystem *subsystem);

/* target_leave - the connection has ended, or is about to: with it its association, unless it was a queue that was
 * deleted before. */
void target_leave(struct target_connection *connection, const char *reason);
void target_association_end(struct target_association *association, const char *reason);

/* ---- target_discovery.c ------------------------------------------------------------------------------------------ */

bool target_discovery_property_get(struct target_association *association, uint32_t offset, uint32_t width,
                                   uint64_t *value);
bool target_discovery_property_set(struct target_association *association, uint32_t offset, uint32_t width,
                                   uint64_t value);
void target_discovery_command(struct target_connection *connection, const struct nvme_sqe *sqe);

/* target_discovery_changed - what the log says has changed: tell those who asked to be told. */
void target_discovery_changed(struct target *target);

#endif
