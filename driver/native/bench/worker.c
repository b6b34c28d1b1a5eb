/* SPDX-License-Identifier: Apache-2.0 */
/* One I/O worker on one device from the command line; README.md says how to read what it prints. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "doorbell.h"
#include "ioworker/histogram.h"
#include "ioworker/workload.h"

struct options {
    const char *address;
    const char *pattern;
    uint32_t bytes;
    uint32_t qdepth;
    double seconds;
    uint32_t cpu;
    uint32_t flags; /* BELL_WORKLOAD_... */
    uint64_t ios;
    uint64_t iops;
};

static const struct pattern {
    const char *name;
    uint32_t random, read;
} patterns[] = {
    {"randread", 100, 100}, {"randwrite", 100, 0}, {"randrw", 100, 50},
    {"read", 0, 100},       {"write", 0, 0},       {"rw", 0, 50},
};

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, bell_last_error());
    exit(1);
}

static void usage(void)
{
    fputs("usage: bench.worker [-a address] [-p randread|randwrite|randrw|read|write|rw] [-s bytes] [-q qdepth]\n"
          "                    [-t seconds] [-i I/Os] [-c cpu] [-r iops]\n"
          "                    [-n (no command log)] [-H (no histogram)] [-V (data verification)]\n",
          stderr);
    exit(2);
}

static struct options options_parse(int argc, char **argv)
{
    struct options options = {
        .address = "sim:", .pattern = "randread", .bytes = 4096, .qdepth = 64, .seconds = 3, .cpu = UINT32_MAX};
    int letter;

    while ((letter = getopt(argc, argv, "a:p:s:q:t:i:c:r:nHV")) != -1) {
        switch (letter) {
        case 'a':
            options.address = optarg;
            break;
        case 'p':
            options.pattern = optarg;
            break;
        case 's':
            options.bytes = (uint32_t)strtoul(optarg, NULL, 0);
            break;
        case 'q':
            options.qdepth = (uint32_t)strtoul(optarg, NULL, 0);
            break;
        case 't':
            options.seconds = strtod(optarg, NULL);
            break;
        case 'c':
            options.cpu = (uint32_t)strtoul(optarg, NULL, 0);
            break;
        case 'r':
            options.iops = strtoull(optarg, NULL, 0);
            break;
        case 'n':
            options.flags |= BELL_WORKLOAD_NO_CMDLOG;
            break;
        case 'H':
            options.flags |= BELL_WORKLOAD_NO_HISTOGRAM;
            break;
        case 'V':
            options.flags |= BELL_WORKLOAD_VERIFY;
            break;
        case 'i':
            options.ios = strtoull(optarg, NULL, 0);
            break;
        default:
            usage();
        }
    }
    return options;
}

static const struct pattern *pattern_find(const char *name)
{
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (strcmp(patterns[i].name, name) == 0)
            return &patterns[i];
    }
    usage();
    return NULL;
}

/* Identify Namespace 1 (NVM Command Set 1.0 §4.1.5.1): its LBAs and their size. */
static void namespace_ask(bell_device *device, uint64_t *lbas, uint32_t *lba_bytes)
{
    bell_qpair *admin = bell_controller_admin(device);
    bell_command command = {.sqe = {0x06, [4] = 1}, .data_bytes = 4096};
    bell_completion completion;
    bell_buffer *buffer = NULL;
    const uint8_t *data;
    uint16_t cid;

    if (bell_buffer_alloc(device, 4096, &buffer) < 0)
        fail("buffer");
    command.data_iova = bell_buffer_iova(buffer);
    if (bell_qpair_submit(admin, &command, &cid) < 0)
        fail("identify");
    if (bell_qpair_wait(admin, &completion, 1, 10000000) != 1 || completion.cqe[14] >> 1 != 0)
        fail("identify namespace 1");
    data = bell_buffer_data(buffer);
    memcpy(lbas, data, sizeof *lbas);
    *lba_bytes = 1u << data[128 + 4 * (data[26] & 0x0f) + 2];
    bell_buffer_free(buffer);
}

/* Counts instructions in user mode of every thread that is started from now on; -1 where the system does not allow it.
 */
static int instructions_count(void)
{
    struct perf_event_attr attributes = {.type = PERF_TYPE_HARDWARE,
                                         .size = sizeof attributes,
                                         .config = PERF_COUNT_HW_INSTRUCTIONS,
                                         .inherit = 1,
                                         .exclude_kernel = 1,
                                         .exclude_hv = 1};

    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static void latency_print(const char *name, const uint64_t *histogram)
{
    static const double percents[] = {50, 90, 99, 99.9, 99.99, 100};

    if (bell_histogram_percentile(histogram, 100) == 0)
        return;
    printf("%-6s latency us  ", name);
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++)
        printf(" p%g %.1f ", percents[i], (double)bell_histogram_percentile(histogram, percents[i]) / 1000);
    putchar('\n');
}

static void report(const bell_worker_counters *counters, int perf)
{
    double seconds = (double)(counters->finished_ns - counters->started_ns) * 1e-9;
    double completed = counters->completed > 0 ? (double)counters->completed : 1;
    uint64_t instructions = 0;

    printf("%.0f IOPS, %.0f MiB/s, %" PRIu64 " I/Os in %.3f s, %" PRIu64 " errors\n",
           (double)counters->completed / seconds,
           (double)(counters->read_bytes + counters->write_bytes) / seconds / (1 << 20), counters->completed, seconds,
           counters->errors);
    latency_print("read", counters->read_latency);
    latency_print("write", counters->write_latency);
    printf("worker: %.0f ns CPU an I/O, %.0f %% of a CPU", (double)counters->cpu_ns / completed,
           (double)counters->cpu_ns / seconds * 1e-7);
    if (perf >= 0 && read(perf, &instructions, sizeof instructions) == sizeof instructions)
        printf(", %.0f instructions an I/O (polling for nothing included)", (double)instructions / completed);
    putchar('\n');
}

static void run(bell_device *device, const struct options *options)
{
    const struct pattern *pattern = pattern_find(options->pattern);
    bell_worker_config config = {.nsid = 1,
                                 .size_count = 1,
                                 .size_weights = {1},
                                 .random_percent = pattern->random,
                                 .read_percent = pattern->read,
                                 .qdepth = options->qdepth,
                                 .pattern = 3,
                                 .cpu = options->cpu,
                                 .seed = 1,
                                 .duration_ns = (uint64_t)(options->seconds * 1e9),
                                 .io_count = options->ios,
                                 .iops_limit = options->iops};
    bell_workload_config workload;
    bell_integrity *integrity = NULL;
    bell_worker *worker;
    int perf;

    namespace_ask(device, &config.region_end, &config.lba_bytes);
    config.sizes[0] = options->bytes / config.lba_bytes;
    bell_workload_of(&config, &workload);
    workload.flags |= options->flags;
    if (options->flags & BELL_WORKLOAD_VERIFY) {
        const bell_integrity_config follow = {.nsid = 1, .lbas = config.region_end, .lba_bytes = config.lba_bytes};
        if (bell_integrity_open(device, &follow, &integrity) < 0)
            fail("verification");
    }
    if (bell_worker_create_workload(device, &workload, NULL, 0, &worker) < 0)
        fail("worker");
    perf = instructions_count();
    if (bell_worker_start(worker) < 0)
        fail("worker");
    if (bell_worker_wait(worker, UINT32_MAX) < 0 || bell_worker_error(worker)[0] != '\0')
        fprintf(stderr, "worker: %s\n", bell_worker_error(worker));
    report(bell_worker_counters_of(worker), perf);
    if (perf >= 0)
        close(perf);
    bell_worker_close(worker);
    if (integrity)
        bell_integrity_close(integrity);
}

int main(int argc, char **argv)
{
    struct options options = options_parse(argc, argv);
    const bell_controller_config config = {0};
    bell_device *device;

    if (bell_device_open(options.address, &device) < 0)
        fail(options.address);
    if (bell_controller_enable(device, &config) < 0)
        fail("enable");
    printf("%s %s, %u bytes, qdepth %u, %g s\n", options.address, options.pattern, options.bytes, options.qdepth,
           options.seconds);
    run(device, &options);
    if (bell_device_close(device) < 0)
        fail("close");
    return 0;
}
