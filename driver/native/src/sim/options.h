/* SPDX-License-Identifier: Apache-2.0 */
/* What the part of a device address behind "sim:" says: "size=4GiB,lba=4096,ns=2,latency=80us". */
#ifndef BELL_SIM_OPTIONS_H
#define BELL_SIM_OPTIONS_H

#include <stdint.h>

#define SIM_MAX_NAMESPACES 8u
#define SIM_MAX_IO_QUEUES  128u
#define SIM_MAX_STREAMS    64u
#define SIM_HMB_MINIMUM    (UINT64_C(64) << 10)

struct sim_options {
    uint64_t size;        /* bytes of all namespaces together */
    uint32_t ns;          /* namespaces that exist at first; 0: the default pair */
    uint32_t lba;         /* 512, 4096; 0: the default pair's */
    uint32_t ms;          /* bytes of metadata of a block */
    uint32_t pi;          /* type of protection information; 0: none */
    uint32_t pi_first;    /* 0: in the last bytes of the metadata, 1: in the first */
    uint32_t guard;       /* bits: 16, 32, 64 */
    uint32_t extended;    /* 1: metadata follows the data of each block */
    uint32_t storage_tag; /* bits of it in protection information */
    uint64_t mdts;        /* bytes a command may move; 0: no limit */
    uint32_t queues;      /* I/O queue pairs */
    uint32_t mqes;        /* entries a queue may have */
    char serial[21];
    char model[41];
    char fw[9];
    char file[256]; /* "": memory */
    uint64_t read_latency_ns;
    uint64_t write_latency_ns; /* write, write zeroes, write uncorrectable, copy */
    uint64_t flush_latency_ns;
    uint64_t other_latency_ns; /* compare, verify, DSM */
    uint64_t admin_latency_ns;
    uint64_t jitter_ns;   /* uniform, added to a latency that is set */
    uint32_t temperature; /* degrees Celsius of the idle device */
    uint32_t time_scale;  /* background operations run this many times faster than their nominal time */
    uint64_t seed;
    uint64_t ready_timeout_ns; /* CAP.TO */
    char faults[256];          /* fault plan */
    uint64_t hmb;              /* preferred size of the host memory buffer */
    uint32_t null_io;          /* 1: I/O commands of this process end at once and do nothing */
    uint64_t cmb;              /* size of the controller memory buffer; 0: none */
    uint32_t streams;          /* that may be open at a time; 0: no Streams directive */
};

/*
 * sim_options_parse - fill out from text, which may be empty. Return: 0, or -EINVAL with a text that names the option,
 * its value and what is allowed.
 */
int sim_options_parse(const char *text, struct sim_options *out);

#endif
