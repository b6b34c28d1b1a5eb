/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a worker's configuration makes sense, before anything is created. */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include "ioworker/worker.h"
#include "nvme/device.h"
#include "nvme/effects.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/error.h"

#define NOT_PINNED UINT32_MAX

enum { PRIORITY_MAX = 3, RETRIES_MAX = 1000 };

#define FLAGS_KNOWN                                                                                                    \
    (BELL_WORKLOAD_NO_CMDLOG | BELL_WORKLOAD_NO_HISTOGRAM | BELL_WORKLOAD_FIRST_LBA | BELL_WORKLOAD_STEP |             \
     BELL_WORKLOAD_FRESH_DATA | BELL_WORKLOAD_STOP_ON_ERROR | BELL_WORKLOAD_VERIFY)
#define RAMP_MAX_NS       (UINT64_C(1000000) * BELL_NS_PER_S)
#define BYTES_LIMIT_MAX   (UINT64_C(1) << 50)
#define INTERVAL_LEAST_NS BELL_NS_PER_MS

static int cpu_check(uint32_t cpu)
{
    cpu_set_t allowed;

    if (cpu == NOT_PINNED)
        return 0;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return bell_error_set(-errno, "cpu %u: the CPUs of this process are not known: %s", cpu, strerror(errno));
    if (cpu < CPU_SETSIZE && CPU_ISSET(cpu, &allowed))
        return 0;
    return bell_error_set(-EINVAL, "cpu %u: this process cannot run there; it has %d CPUs", cpu, CPU_COUNT(&allowed));
}

static int qdepth_check(bell_device *device, uint32_t qdepth)
{
    uint64_t cap = 0;
    int err = bell_register_read(device, NVME_REG_CAP, 8, &cap);
    uint32_t most = (uint32_t)(cap & 0xffff);

    if (err != 0)
        return err;
    if (qdepth == 0 || qdepth > most)
        return bell_error_set(-EINVAL, "qdepth %u: must be 1 to %u (CAP.MQES)", qdepth, most);
    return 0;
}

static bool writes(const bell_workload_config *config)
{
    for (uint32_t i = 0; i < config->op_count && i < BELL_WORKLOAD_OPS; i++) {
        const uint64_t sqe[8] = {config->op_opcode[i]};

        if (bell_command_writes(false, sqe))
            return true;
    }
    return false;
}

static int device_check(bell_device *device, const bell_workload_config *config)
{
    if (!(device->transport->features & BELL_HAS_QPAIRS))
        return bell_error_set(-ENOTSUP, "%s has no queues of Doorbell's own, which I/O workers need. %s",
                              device->address, device->transport->absent);
    return writes(config) ? bell_device_write_check(device, "a worker that writes") : 0;
}

static int pace_check(const bell_workload_config *config)
{
    if (config->iops_limit > BELL_NS_PER_S)
        return bell_error_set(-EINVAL, "iops_limit %" PRIu64 ": must be 0 (none) to 1000000000", config->iops_limit);
    if (config->byte_limit > BYTES_LIMIT_MAX)
        return bell_error_set(-EINVAL, "byte_limit %" PRIu64 ": must be 0 (none) to %" PRIu64 " bytes a second",
                              config->byte_limit, BYTES_LIMIT_MAX);
    if ((config->burst_ns == 0) != (config->idle_ns == 0))
        return bell_error_set(-EINVAL,
                              "burst_ns %" PRIu64 ", idle_ns %" PRIu64 ": bursts and pauses need each other; give both "
                              "or none",
                              config->burst_ns, config->idle_ns);
    if (config->burst_ns > INT64_MAX || config->idle_ns > INT64_MAX)
        return bell_error_set(-EINVAL, "burst_ns, idle_ns: at most %" PRId64, INT64_MAX);
    if (config->ramp_ns > RAMP_MAX_NS)
        return bell_error_set(-EINVAL, "ramp_ns %" PRIu64 ": must be at most %" PRIu64, config->ramp_ns, RAMP_MAX_NS);
    if (config->ramp_ns != 0 && config->iops_limit == 0 && config->byte_limit == 0)
        return bell_error_set(-EINVAL, "ramp_ns %" PRIu64 ": there is no limit of I/Os or bytes that could rise",
                              config->ramp_ns);
    if (config->ramp_from > BELL_PACING_MILLION)
        return bell_error_set(-EINVAL, "ramp_from %u: must be 0 to 1000000 millionths", config->ramp_from);
    return 0;
}

static int notes_check(const bell_workload_config *config)
{
    if (config->interval_ns != 0 && config->interval_ns < INTERVAL_LEAST_NS)
        return bell_error_set(-EINVAL, "interval_ns %" PRIu64 ": must be 0 (100 ms) or at least 1000000",
                              config->interval_ns);
    if (config->interval_ns > RAMP_MAX_NS)
        return bell_error_set(-EINVAL, "interval_ns %" PRIu64 ": must be at most %" PRIu64, config->interval_ns,
                              RAMP_MAX_NS);
    if (config->slowest > BELL_NOTES_SLOWEST)
        return bell_error_set(-EINVAL, "slowest %u: must be 0 to %d", config->slowest, BELL_NOTES_SLOWEST);
    if (config->last > BELL_NOTES_LAST)
        return bell_error_set(-EINVAL, "last %u: must be 0 to %d", config->last, BELL_NOTES_LAST);
    return 0;
}

static int rest_check(const bell_workload_config *config)
{
    for (uint32_t i = 0; i < config->op_count && i < BELL_WORKLOAD_OPS; i++) {
        if ((config->op_cdw12[i] & 0xffff) != 0)
            return bell_error_set(-EINVAL,
                                  "op_cdw12[%u] %xh: its lower half is the number of LBAs; only bits 31:16 may "
                                  "be set",
                                  i, config->op_cdw12[i]);
    }
    for (size_t i = 0; i < sizeof config->reserved / sizeof config->reserved[0]; i++) {
        if (config->reserved[i] != 0)
            return bell_error_set(-EINVAL, "reserved[%zu] %" PRIx64 "h: must be 0", i, config->reserved[i]);
    }
    if (config->priority > PRIORITY_MAX)
        return bell_error_set(-EINVAL, "priority %u: must be 0 urgent to 3 low", config->priority);
    if (config->retries > RETRIES_MAX)
        return bell_error_set(-EINVAL, "retries %u: must be 0 to %d", config->retries, RETRIES_MAX);
    if ((config->flags & ~FLAGS_KNOWN) != 0)
        return bell_error_set(-EINVAL, "flags %xh: only %xh are known", config->flags, FLAGS_KNOWN);
    return 0;
}

int bell_worker_check(bell_device *device, const bell_workload_config *config)
{
    int err = device_check(device, config);

    if (err != 0)
        return err;
    if (config->lba_bytes == 0 || config->lba_bytes % 4 != 0 || config->lba_bytes > 1u << 20)
        return bell_error_set(-EINVAL, "lba_bytes %u: must be a multiple of 4 up to 1048576", config->lba_bytes);
    err = rest_check(config);
    if (err == 0)
        err = pace_check(config);
    if (err == 0)
        err = notes_check(config);
    if (err == 0)
        err = cpu_check(config->cpu);
    return err != 0 ? err : qdepth_check(device, config->qdepth);
}
