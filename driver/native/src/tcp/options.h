/* SPDX-License-Identifier: Apache-2.0 */
/* What an address of the form tcp://host[:port][/NQN][?option=value&…] says; docs/tcp.md describes it. */
#ifndef BELL_TCP_OPTIONS_H
#define BELL_TCP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/tcp.h"

enum {
    TCP_HOST_NAME = 256,
    TCP_R2T_MOST = 16, /* R2Ts that one command may have outstanding */
    TCP_KATO_MS = 15000,
    TCP_TIMEOUT_MS = 10000,
};

struct tcp_options {
    char host[TCP_HOST_NAME]; /* name or number, without brackets */
    char port[8];
    char subnqn[NVMF_NQN_BYTES];
    char hostnqn[NVMF_NQN_BYTES]; /* "": the installation's own */
    uint8_t hostid[16];
    bool hostid_given;
    bool hdgst;
    bool ddgst;
    bool in_capsule;     /* data of writes goes into the capsule where it fits */
    uint8_t hpda;        /* 0 .. 31 */
    uint32_t r2ts;       /* 1 .. TCP_R2T_MOST */
    uint32_t kato_ms;    /* 0: no keep alive */
    uint32_t timeout_ms; /* of connecting, and of each Fabrics command */
    uint16_t cntlid;     /* NVMF_CNTLID_DYNAMIC unless given */
    char trace[512];     /* file of a PDU trace; "": none */
};

/** tcp_options_parse - -EINVAL with a text that names the word and what it may be. */
int tcp_options_parse(const char *address, struct tcp_options *out);

/** tcp_options_discovery - whether it names the discovery subsystem. */
bool tcp_options_discovery(const struct tcp_options *options);

/**
 * tcp_identity_fill - host NQN and host identifier that were not given: those of this installation, which
 * $DOORBELL_HOME (else ~/.doorbell) keeps in the files hostnqn and hostid and which are made up at first use. Where
 * nothing can be kept there they are made up for this device alone. -EINVAL: a file says something else.
 */
int tcp_identity_fill(struct tcp_options *options);

#endif
