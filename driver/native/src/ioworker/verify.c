/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker on a namespace under verification. What it writes is taken down whether it verifies or not, as otherwise
 * others would be told of miscompares that are none.
 */
#include <errno.h>
#include <stddef.h>

#include "integrity/integrity.h"
#include "ioworker/worker.h"
#include "nvme/device.h"
#include "nvme/qpair.h"
#include "nvme/watch.h"
#include "support/error.h"

int bell_worker_verify_open(struct bell_worker *worker, const bell_workload_config *config)
{
    bool wanted = (config->flags & BELL_WORKLOAD_VERIFY) != 0;
    bell_integrity *integrity = bell_integrity_of(worker->device, config->nsid);

    if (integrity == NULL)
        return wanted ? bell_error_set(-EINVAL,
                                       "flags: to verify, put namespace %u under verification first "
                                       "(bell_integrity_open)",
                                       config->nsid)
                      : 0;
    worker->verify.plain = integrity->config.metadata_bytes == 0 && integrity->config.lba_bytes == config->lba_bytes;
    if (wanted && !worker->verify.plain) {
        bell_integrity_drop(integrity);
        return bell_error_set(-EINVAL,
                              "flags: a worker verifies LBAs without metadata in their data, of the size under "
                              "verification; lba_bytes is %u",
                              config->lba_bytes);
    }
    worker->verify.integrity = integrity;
    worker->verify.wanted = wanted;
    bell_integrity_worker(integrity, 1);
    return 0;
}

void bell_worker_verify_attach(struct bell_worker *worker)
{
    const struct bell_io_buffers *buffers = &worker->buffers;
    bool fresh = false;

    if (worker->verify.integrity == NULL)
        return;
    bell_qpair_check(worker->qpair, worker->verify.wanted);
    for (uint32_t i = 0; i < worker->operations.count; i++)
        fresh = fresh || worker->operations.each[i].refresh;
    if (buffers->writes == NULL || fresh || !worker->verify.plain)
        return;
    uint8_t *first = buffers->writes[0].data, *last = buffers->writes[worker->qdepth - 1].data;
    uint64_t bytes = (uint64_t)(last - first) + buffers->write_bytes;
    if (bytes / worker->lba_bytes <= UINT16_MAX + UINT64_C(1)) {
        worker->verify.pool = first;
        worker->verify.source = bell_history_pool_add(&worker->verify.integrity->history, first, bytes);
    }
}

void bell_worker_verify_close(struct bell_worker *worker)
{
    if (worker->verify.integrity == NULL)
        return;
    bell_integrity_worker(worker->verify.integrity, -1);
    bell_integrity_drop(worker->verify.integrity);
    worker->verify.integrity = NULL;
}

int bell_worker_verify_submit(struct bell_worker *worker, const struct bell_worker_slot *slot, uint32_t number)
{
    const struct bell_operation *operation = &worker->operations.each[slot->op];
    struct bell_watch_data place = {.bytes = 1}; /* too little to find anything in */

    if (operation->form == BELL_FORM_DATA && worker->verify.plain) {
        place.own = operation->buffers[number].data;
        if (worker->verify.source != 0 && !bell_opcode_receives(operation->opcode))
            place.token = (uint64_t)worker->verify.source << BELL_TOKEN_SOURCE_SHIFT |
                          (uint64_t)(place.own - worker->verify.pool) / worker->lba_bytes << BELL_TOKEN_BLOCK_SHIFT;
    } else if (operation->form == BELL_FORM_RANGES) {
        place.iova = operation->buffers[number].iova;
        place.bytes = worker->buffers.page_bytes;
    }
    return bell_watch_submit(worker->qpair, slot->sqe, number, worker->now_ns, &place, worker->verify.integrity);
}
