/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What data verification costs, as a ratio in one run: the CPU time that it adds to a worker's writes and reads, over
 * the time that CRC-32C alone takes for the same bytes in memory as warm. README.md says how to read it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "doorbell.h"
#include "integrity/crc32c.h"

enum { QDEPTH = 128, ROUNDS = 5, IO_BYTES = 4096 };

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, bell_last_error());
    exit(1);
}

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Nanoseconds an I/O, of blocks one after the other in as much memory as the worker has. */
static double crc_cost(const struct bell_crc32c_way *way, uint32_t lba_bytes, uint64_t ios)
{
    static uint8_t memory[QDEPTH * IO_BYTES];
    volatile uint32_t sink = 0;
    double start = cpu_seconds();

    for (uint64_t i = 0; i < ios; i++) {
        for (uint32_t at = 0; at < IO_BYTES; at += lba_bytes)
            sink = way->run(sink & 1, memory + i % QDEPTH * IO_BYTES + at, lba_bytes);
    }
    return (cpu_seconds() - start) * 1e9 / (double)ios;
}

static double worker_cost(bell_device *device, uint32_t lba_bytes, uint32_t opcode, uint64_t ios, uint32_t flags)
{
    bell_workload_config config = {.nsid = 1,
                                   .lba_bytes = lba_bytes,
                                   .region_end = (UINT64_C(256) << 20) / lba_bytes,
                                   .op_count = 1,
                                   .op_opcode = {opcode},
                                   .op_weight = {1},
                                   .size_count = 1,
                                   .size_min = {IO_BYTES / lba_bytes},
                                   .size_weight = {1},
                                   .random_percent = 100,
                                   .qdepth = QDEPTH,
                                   .pattern = 3,
                                   .cpu = UINT32_MAX,
                                   .flags = flags,
                                   .seed = 1,
                                   .io_count = ios};
    bell_worker *worker;

    if (bell_worker_create_workload(device, &config, NULL, 0, &worker) < 0 || bell_worker_start(worker) < 0)
        fail("worker");
    bell_worker_wait(worker, UINT32_MAX);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    if (counters->errors > 0 || bell_worker_error(worker)[0] != '\0')
        fail("the worker met errors");
    double cost = (double)counters->cpu_ns / (double)counters->completed;
    bell_worker_close(worker);
    return cost;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void compare(const char *address, uint32_t lba_bytes, uint32_t opcode, uint64_t ios)
{
    const bell_controller_config enable = {0};
    const bell_integrity_config follow = {.nsid = 1, .lba_bytes = lba_bytes, .lbas = (UINT64_C(256) << 20) / lba_bytes};
    const struct bell_crc32c_way *ways;
    double plain = 1e9, verified = 1e9, crc = 1e9;
    bell_integrity *integrity;
    bell_device *device;

    bell_crc32c_ways(&ways);
    if (bell_device_open(address, &device) < 0 || bell_controller_enable(device, &enable) < 0)
        fail(address);
    for (int round = 0; round < ROUNDS; round++) {
        plain = least(plain, worker_cost(device, lba_bytes, opcode, ios, 0));
        if (bell_integrity_open(device, &follow, &integrity) < 0)
            fail("verification");
        worker_cost(device, lba_bytes, 1, ios, 0); /* so that the blocks are known */
        verified = least(verified, worker_cost(device, lba_bytes, opcode, ios, BELL_WORKLOAD_VERIFY));
        bell_integrity_close(integrity);
        crc = least(crc, crc_cost(&ways[0], lba_bytes, ios));
    }
    printf("%-26s %-5s LBAs of %4u: %6.0f ns plain, %6.0f verified, CRC alone %5.0f: ratio %.2f\n", address,
           opcode == 1 ? "write" : "read", lba_bytes, plain, verified, crc, (verified - plain) / crc);
    bell_device_close(device);
}

int main(int argc, char **argv)
{
    uint64_t ios = argc > 1 ? strtoull(argv[1], NULL, 0) : 400000;
    const struct bell_crc32c_way *ways;
    size_t count = bell_crc32c_ways(&ways);

    for (size_t i = 0; i < count; i++) {
        if (ways[i].usable)
            printf("CRC-32C by %s: %.1f GB/s\n", ways[i].name, IO_BYTES / crc_cost(&ways[i], IO_BYTES, ios / 4));
    }
    compare("sim:ns=1,lba=4096,null=1", 4096, 1, ios);
    compare("sim:ns=1,lba=512,null=1", 512, 1, ios);
    compare("sim:ns=1,lba=4096", 4096, 2, ios / 4);
    compare("sim:ns=1,lba=512", 512, 2, ios / 4);
    return 0;
}
