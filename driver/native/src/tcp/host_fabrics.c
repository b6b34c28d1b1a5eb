/* SPDX-License-Identifier: Apache-2.0 */
/* Connections and what is said on them beside a qpair's commands: ICReq, Connect, properties, keep alive. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/atomics.h"
#include "support/clock.h"
#include "support/error.h"
#include "tcp/host.h"

enum {
    BUSY_PAUSE_MS = 20, /* between attempts to connect to a controller that is still let go by another */
    BUSY_LIMIT_MS = 3000,
    GOODBYE_MS = 2000,
};

static uint32_t status_of(const uint64_t cqe[2])
{
    return (uint32_t)(cqe[1] >> 49);
}

/* ---- ICReq and ICResp -------------------------------------------------------------------------------------------- */

static int bytes_send(struct host_queue *queue, const void *data, uint32_t bytes, uint64_t deadline)
{
    const char *at = data;
    while (bytes > 0) {
        ssize_t sent = send(queue->socket, at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            const struct iovec part = {(void *)(uintptr_t)at, (size_t)sent};
            if (queue->flow)
                tcp_trace_sent(queue->flow, &part, 1, (size_t)sent);
            at += sent;
            bytes -= (uint32_t)sent;
        } else if (errno != EINTR && errno != EAGAIN) {
            return -errno;
        } else if (errno == EAGAIN && (!tcp_wait(queue->socket, true, deadline) || bell_now() >= deadline)) {
            return -ETIMEDOUT;
        }
    }
    return 0;
}

static int bytes_receive(struct host_queue *queue, void *data, uint32_t bytes, uint64_t deadline)
{
    char *at = data;
    while (bytes > 0) {
        ssize_t got = recv(queue->socket, at, bytes, MSG_DONTWAIT);
        if (got > 0) {
            if (queue->flow)
                tcp_trace_received(queue->flow, at, (size_t)got);
            at += got;
            bytes -= (uint32_t)got;
        } else if (got == 0) {
            return -EPIPE;
        } else if (errno != EINTR && errno != EAGAIN) {
            return -errno;
        } else if (errno == EAGAIN && !tcp_wait(queue->socket, false, deadline)) {
            return -ETIMEDOUT;
        }
    }
    return 0;
}

static int greeting_error(struct host_queue *queue, int rc)
{
    const char *name = queue->host->name;
    if (rc == -ETIMEDOUT)
        return bell_error_set(rc, "%s accepts connections but does not answer ICReq; is it an NVMe/TCP target?", name);
    if (rc == -EPIPE || rc == -ECONNRESET)
        return bell_error_set(-ECONNRESET,
                              "%s closed the connection instead of answering ICReq; is it an NVMe/TCP target, and does "
                              "it take connections without TLS?",
                              name);
    return bell_error_set(rc, "%s: the connection broke while it was set up: %s.", name, strerror(-rc));
}

/* Values that ICResp may have (TCP 1.0 3.6.2.3). */
static int answer_check(struct host_queue *queue, const struct nvme_tcp_ic_resp *answer)
{
    const struct tcp_options *options = &queue->host->options;
    const char *name = queue->host->name;
    uint32_t asked = (options->hdgst ? NVME_TCP_DGST_HEADER : 0) | (options->ddgst ? NVME_TCP_DGST_DATA : 0);
    if (answer->pfv != NVME_TCP_PFV_1_0)
        return bell_error_set(-EPROTO, "%s: ICResp with PDU format version %u; only 0 is known.", name, answer->pfv);
    if (answer->cpda > NVME_TCP_PDA_MAX)
        return bell_error_set(-EPROTO, "%s: ICResp with CPDA %u; it is 0 to 31.", name, answer->cpda);
    if (answer->dgst != asked)
        return bell_error_set(-EPROTO,
                              "%s: ICResp has digests %s%s, but header digests were %s and data digests %s; open it "
                              "with hdgst and ddgst as the target wants them.",
                              name, answer->dgst & NVME_TCP_DGST_HEADER ? "header on" : "header off",
                              answer->dgst & NVME_TCP_DGST_DATA ? ", data on" : ", data off",
                              options->hdgst ? "asked for" : "not", options->ddgst ? "asked for" : "not");
    if (answer->maxh2cdata < NVME_TCP_H2CDATA_MIN || answer->maxh2cdata % 4 != 0)
        return bell_error_set(-EPROTO, "%s: ICResp with MAXH2CDATA %u; it is a multiple of 4 from 4096 on.", name,
                              answer->maxh2cdata);
    return 0;
}

static int greet(struct host_queue *queue, uint64_t deadline)
{
    const struct tcp_options *options = &queue->host->options;
    const struct bell_pdu_rules before = {0};
    struct nvme_tcp_ic_req request = {
        .header = {.type = NVME_TCP_IC_REQ, .hlen = sizeof request, .plen = sizeof request},
        .hpda = options->hpda,
        .dgst = (uint8_t)((options->hdgst ? NVME_TCP_DGST_HEADER : 0) | (options->ddgst ? NVME_TCP_DGST_DATA : 0)),
        .maxr2t = options->r2ts - 1,
    };
    union nvme_tcp_pdu answer;
    struct bell_pdu_parts parts;
    struct bell_pdu_fault fault;
    int rc = bytes_send(queue, &request, sizeof request, deadline);
    if (rc == 0)
        rc = bytes_receive(queue, &answer, sizeof answer.header, deadline);
    if (rc < 0)
        return greeting_error(queue, rc);
    if (bell_pdu_check(&before, &answer.header, &parts, &fault) < 0)
        return bell_error_set(-EPROTO, "%s answers ICReq with %s; it is no NVMe/TCP target.", queue->host->name,
                              fault.text);
    rc = bytes_receive(queue, answer.bytes + sizeof answer.header, parts.header - (uint32_t)sizeof answer.header,
                       deadline);
    if (rc < 0)
        return greeting_error(queue, rc);
    if (answer.header.type == NVME_TCP_C2H_TERM_REQ) {
        char why[100];
        bell_pdu_term_text(&answer.term_req, why, sizeof why);
        return bell_error_set(-EPROTO, "%s refuses ICReq: %s.", queue->host->name, why);
    }
    if (answer.header.type != NVME_TCP_IC_RESP)
        return bell_error_set(-EPROTO, "%s answers ICReq with %s.", queue->host->name,
                              bell_pdu_name(answer.header.type));
    rc = answer_check(queue, &answer.ic_resp);
    queue->h2c_most = answer.ic_resp.maxh2cdata;
    queue->cpda = answer.ic_resp.cpda;
    queue->rules = (struct bell_pdu_rules){.hdgst = options->hdgst, .ddgst = options->ddgst, .pda = options->hpda};
    return rc;
}

/* ---- Connect ----------------------------------------------------------------------------------------------------- */

static const struct {
    uint16_t offset;
    bool data;
    const char *name;
} parameters[] = {
    {40, false, "RECFMT"},       {42, false, "queue id"},      {44, false, "queue size"},
    {46, false, "CATTR"},        {48, false, "KATO"},          {0, true, "host id"},
    {16, true, "controller id"}, {256, true, "subsystem NQN"}, {512, true, "host NQN"},
};

static int connect_error(struct host_queue *queue, const uint64_t cqe[2])
{
    const struct tcp_host *host = queue->host;
    uint32_t status = status_of(cqe) & NVME_STATUS_CODE;
    uint32_t where = (uint32_t)cqe[0];
    const char *what = "a parameter";
    switch (status) {
    case NVMF_SC_CONNECT_PARAMETERS:
        for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
            if (parameters[i].offset == (where & NVMF_CONNECT_IPO) &&
                parameters[i].data == !!(where & NVMF_CONNECT_IN_DATA))
                what = parameters[i].name;
        return bell_error_set(
            -ENOENT, "%s refuses Connect of queue %u: invalid %s (offset %u of the %s). Subsystem %s, host %s.",
            host->name, queue->qid, what, where & NVMF_CONNECT_IPO, where & NVMF_CONNECT_IN_DATA ? "data" : "command",
            host->options.subnqn, host->options.hostnqn);
    case NVMF_SC_CONNECT_HOST:
        return bell_error_set(-EACCES, "%s does not allow host %s at subsystem %s; allow it there, or give hostnqn=.",
                              host->name, host->options.hostnqn, host->options.subnqn);
    case NVMF_SC_CONNECT_BUSY:
        return bell_error_set(-EBUSY,
                              "%s: queue %u, the controller is busy: another host, or another queue of this id, "
                              "has it.",
                              host->name, queue->qid);
    case NVMF_SC_AUTH_REQUIRED:
        return bell_error_set(-EACCES,
                              "%s demands authentication (DH-HMAC-CHAP), which Doorbell does not speak; allow host %s "
                              "without a key.",
                              host->name, host->options.hostnqn);
    case NVMF_SC_CONNECT_RESTART_DISCOVERY:
        return bell_error_set(-EAGAIN, "%s has moved subsystem %s elsewhere; discover it again.", host->name,
                              host->options.subnqn);
    default:
        return bell_error_set(-EIO, "%s refuses Connect of queue %u: status type %xh, code %02xh.", host->name,
                              queue->qid, status >> 8, status & 0xff);
    }
}

static int connect_send(struct host_queue *queue, uint64_t cqe[2])
{
    struct tcp_host *host = queue->host;
    const struct nvmf_connect sqe = {
        .opcode = NVME_ADMIN_FABRICS,
        .fctype = NVMF_CONNECT,
        .qid = queue->qid,
        .sqsize = (uint16_t)(queue->entries - 1),
        .cattr = queue->qid ? NVMF_CATTR_QUEUE_DELETE : 0,
        .kato = queue->qid ? 0 : host->options.kato_ms,
    };
    struct nvmf_connect_data data = {.cntlid = queue->qid ? host->cntlid : host->options.cntlid};
    memcpy(data.hostid, host->options.hostid, sizeof data.hostid);
    memcpy(data.subnqn, host->options.subnqn, sizeof data.subnqn);
    memcpy(data.hostnqn, host->options.hostnqn, sizeof data.hostnqn);
    return host_internal_run(queue, &sqe, &data, sizeof data, "Connect", cqe);
}

static int dial_and_greet(struct host_queue *queue)
{
    struct tcp_host *host = queue->host;
    uint64_t deadline = bell_now() + host->options.timeout_ms * BELL_NS_PER_MS;
    int rc = tcp_dial(host->name, host->places, host->place_count, deadline);
    if (rc < 0)
        return rc;
    queue->socket = rc;
    if (host->trace)
        queue->flow = tcp_trace_flow_open(host->trace, queue->socket, true);
    rc = greet(queue, deadline);
    if (rc < 0)
        return rc;
    queue->in_most = NVME_TCP_ADMIN_CAPSULE_DATA;
    host_send_reset(queue);
    host_receive_reset(queue);
    __atomic_store_n(&queue->dead, 0u, __ATOMIC_RELEASE);
    return 0;
}

/* Connect is sent in a capsule even where the data of writes are not to be. */
static int associate(struct host_queue *queue)
{
    struct tcp_host *host = queue->host;
    uint64_t cqe[2];
    int rc = connect_send(queue, cqe);
    if (rc < 0)
        return bell_error_set(
            rc == -ENODEV ? -ECONNRESET : rc, "%s: Connect of queue %u failed: %s", host->name, queue->qid,
            host->reason[0] || host->io_reason[0] ? (queue->shared ? host->reason : host->io_reason) : "no answer");
    if ((status_of(cqe) & NVME_STATUS_CODE) != NVME_SC_SUCCESS)
        return connect_error(queue, cqe);
    if ((uint32_t)cqe[0] & (NVMF_CONNECT_AUTH | NVMF_CONNECT_AUTH_CHANNEL))
        return bell_error_set(-EACCES,
                              "%s demands authentication (DH-HMAC-CHAP) after Connect of queue %u, which Doorbell does "
                              "not speak; allow host %s without a key.",
                              host->name, queue->qid, host->options.hostnqn);
    if (queue->shared)
        host->cntlid = (uint16_t)cqe[0];
    return 0;
}

int host_queue_connect(struct host_queue *queue, uint32_t entries)
{
    uint64_t limit = bell_now() + BUSY_LIMIT_MS * BELL_NS_PER_MS;
    uint32_t pause = BUSY_PAUSE_MS;
    queue->entries = entries;
    for (;; pause *= 2) {
        int rc = dial_and_greet(queue);
        if (rc == 0)
            rc = associate(queue);
        if (rc == 0)
            return 0;
        host_queue_hang_up(queue, 0);
        /* A controller that another connection is just letting go. */
        if (rc != -EBUSY || bell_now() >= limit)
            return rc;
        nanosleep(&(struct timespec){.tv_nsec = (long)(pause < 900 ? pause : 900) * 1000000}, NULL);
    }
}

/* ---- properties -------------------------------------------------------------------------------------------------- */

static int property_error(const struct tcp_host *host, const char *what, uint32_t offset, uint32_t status)
{
    if ((status & NVME_STATUS_CODE) == NVME_SC_INVALID_FIELD)
        return bell_error_set(-ENOTSUP, "%s has no property at %#x (%s: Invalid Field).", host->name, offset, what);
    return bell_error_set(-EIO, "%s refuses %s at %#x: status type %xh, code %02xh.", host->name, what, offset,
                          status >> 8 & 7, status & 0xff);
}

static int property_run(struct tcp_host *host, const struct nvmf_property *sqe, const char *what, uint64_t *value)
{
    uint64_t cqe[2];
    pthread_mutex_lock(&host->internal);
    int rc = host_internal_run(&host->admin, sqe, NULL, 0, what, cqe);
    pthread_mutex_unlock(&host->internal);
    if (rc < 0)
        return rc;
    if ((status_of(cqe) & NVME_STATUS_CODE) != NVME_SC_SUCCESS)
        return property_error(host, what, sqe->offset, status_of(cqe));
    if (value)
        *value = cqe[0];
    return 0;
}

int host_property_get(struct tcp_host *host, uint32_t offset, uint32_t width, uint64_t *value)
{
    const struct nvmf_property sqe = {.opcode = NVME_ADMIN_FABRICS,
                                      .fctype = NVMF_PROPERTY_GET,
                                      .attrib = width == 8 ? NVMF_PROPERTY_8_BYTES : 0,
                                      .offset = offset};
    int rc = property_run(host, &sqe, "Property Get", value);
    if (rc == 0 && width == 4)
        *value &= UINT32_MAX;
    return rc;
}

int host_property_set(struct tcp_host *host, uint32_t offset, uint32_t width, uint64_t value)
{
    const struct nvmf_property sqe = {.opcode = NVME_ADMIN_FABRICS,
                                      .fctype = NVMF_PROPERTY_SET,
                                      .attrib = width == 8 ? NVMF_PROPERTY_8_BYTES : 0,
                                      .offset = offset,
                                      .value = value};
    if (offset == NVME_REG_CC && (value & NVME_CC_EN))
        host->admin.used = true;
    return property_run(host, &sqe, "Property Set", NULL);
}

int host_keep_alive(struct tcp_host *host)
{
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_KEEP_ALIVE};
    uint64_t cqe[2];
    pthread_mutex_lock(&host->internal);
    int rc = host_internal_run(&host->admin, &sqe, NULL, 0, "Keep Alive", cqe);
    pthread_mutex_unlock(&host->internal);
    return rc;
}

int host_controller_learn(struct tcp_host *host)
{
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = 1};
    struct nvme_identify_controller id = {0};
    uint64_t cqe[2];
    if (host->io_capsule != HOST_UNKNOWN)
        return 0;
    pthread_mutex_lock(&host->internal);
    int rc = host_internal_run(&host->admin, &sqe, &id, sizeof id, "Identify Controller", cqe);
    pthread_mutex_unlock(&host->internal);
    if (rc < 0)
        return rc;
    /* IOCCSZ is in units of 16 bytes and holds the SQE too. An offset of the data (ICDOFF) is for other transports. */
    host->io_capsule = 0;
    if ((status_of(cqe) & NVME_STATUS_CODE) == NVME_SC_SUCCESS && id.ioccsz > 4 && id.ioccsz < 1u << 24 &&
        id.icdoff == 0)
        host->io_capsule = id.ioccsz * 16 - 64;
    host->disconnects = (status_of(cqe) & NVME_STATUS_CODE) == NVME_SC_SUCCESS && (id.ofcs & 1);
    return 0;
}

void host_queue_disconnect(struct host_queue *queue)
{
    const struct nvmf_disconnect sqe = {.opcode = NVME_ADMIN_FABRICS, .fctype = NVMF_DISCONNECT};
    uint64_t cqe[2];
    /* An I/O connection that just ends takes the whole association with it where queues can be deleted (3.3.2.2): its
     * end looks like a failure then. */
    if (queue->host->disconnects && !bell_peek(&queue->dead))
        host_internal_run(queue, &sqe, NULL, 0, "Disconnect", cqe);
    host_queue_hang_up(queue, GOODBYE_MS);
}
