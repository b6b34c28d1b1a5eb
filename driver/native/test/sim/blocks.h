/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks with metadata and protection information, from the host's side. */
#ifndef BELL_TEST_SIM_BLOCKS_H
#define BELL_TEST_SIM_BLOCKS_H

#include "host.h"

/* Where metadata of its own lies in the data buffer, and a list, and what is expected. */
#define META_AT (HOST_DATA_BYTES / 4)
#define SIDE_AT (HOST_DATA_BYTES / 2)

/* A format of namespace 1, as an address asks for it. */
struct blocks {
    struct host *host;
    uint32_t lba;
    uint32_t ms;
    bool extended;
    bell_protection protection;
};

static inline struct blocks blocks_of(struct host *host, uint32_t lba, uint32_t ms)
{
    return (struct blocks){
        .host = host, .lba = lba, .ms = ms, .protection = {.block_bytes = lba, .metadata_bytes = ms}};
}

UNUSED static uint32_t blocks_enable_extended(struct host *host)
{
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_HOST_BEHAVIOR, 0);

    memset(host->data, 0, 512);
    host->data[NVME_HOST_BEHAVIOR_LBAFEE] = 1;
    return host_status(host, 0, &sqe);
}

/* Open the device and read from it how its blocks look. */
static inline struct blocks blocks_open(const char *options)
{
    struct host *host = host_ready(options);
    const struct nvme_identify_namespace *id = (const struct nvme_identify_namespace *)host->data;
    const struct nvme_identify_namespace_nvm *nvm = (const struct nvme_identify_namespace_nvm *)host->data;
    struct nvme_sqe sqe;

    assert_int_equal(blocks_enable_extended(host), 0);
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 1, NVME_CNS_NAMESPACE, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    const uint32_t index = nvme_flbas_index(id->flbas);
    struct blocks blocks = blocks_of(host, 1u << id->lbaf[index].lbads, id->lbaf[index].ms);

    blocks.extended = (id->flbas & NVME_FLBAS_EXTENDED) != 0;
    blocks.protection.type = id->dps & NVME_DPS_TYPE;
    blocks.protection.first = (id->dps & NVME_DPS_FIRST) != 0;
    sqe.cdw10 = NVME_CNS_CSI_NAMESPACE;
    assert_int_equal(host_status(host, 0, &sqe), 0);
    blocks.protection.guard_bits = 16u << NVME_GET(nvm->elbaf[index], NVME_ELBAF_PIF);
    blocks.protection.storage_tag_bits = (uint32_t)NVME_GET(nvm->elbaf[index], NVME_ELBAF_STS);
    blocks.protection.storage_tag_mask = nvm->lbstm;
    if (blocks.extended)
        blocks.protection.data_stride = blocks.protection.metadata_stride = blocks.lba + blocks.ms;
    memset(host->data, 0, 4096);
    return blocks;
}

static inline uint8_t *blocks_metadata(const struct blocks *blocks)
{
    return blocks->host->data + (blocks->extended ? blocks->lba : META_AT);
}

/* A command on blocks, with data from the start of the buffer; up to 64 KiB. */
static inline struct nvme_sqe blocks_command(const struct blocks *blocks, uint8_t opcode, uint64_t slba, uint32_t count)
{
    const struct host *host = blocks->host;
    uint64_t *list = (uint64_t *)host->list;
    struct nvme_sqe sqe = {.opcode = opcode,
                           .nsid = 1,
                           .mptr = host->data_iova + META_AT,
                           .prp1 = host->data_iova,
                           .prp2 = host->list_iova,
                           .cdw10 = (uint32_t)slba,
                           .cdw11 = (uint32_t)(slba >> 32),
                           .cdw12 = count - 1};
    const uint64_t bytes = (uint64_t)count * (blocks->lba + (blocks->extended ? blocks->ms : 0));

    assert_in_range(bytes, 1, META_AT);
    for (uint32_t i = 0; i < META_AT / 4096; i++)
        list[i] = host->data_iova + 4096 * (i + 1);
    if (bytes <= 8192)
        sqe.prp2 = host->data_iova + 4096;
    return sqe;
}

static inline uint32_t blocks_reference_bits(const bell_protection *p)
{
    return (p->guard_bits == 16 ? 32 : p->guard_bits == 32 ? 80 : 48) - p->storage_tag_bits;
}

/* Storage and reference tag, as they stand in a row. */
static inline unsigned __int128 blocks_both_tags(const bell_protection *p, uint64_t reference)
{
    const uint32_t bits = blocks_reference_bits(p);

    return (unsigned __int128)p->storage_tag << bits | (bits == 0 ? 0 : reference & UINT64_MAX >> (64 - bits));
}

/* PRINFO and the tags that protection has, into a command. */
static inline void blocks_tags(const struct blocks *blocks, struct nvme_sqe *sqe, uint32_t prinfo)
{
    const bell_protection *p = &blocks->protection;
    const unsigned __int128 tags = blocks_both_tags(p, p->reference_tag);

    sqe->cdw12 |=
        (uint32_t)NVME_PUT(prinfo & 0xf, NVME_RW_PRINFO) | ((p->checks & BELL_PI_STORAGE) != 0 ? NVME_RW_STC : 0);
    sqe->cdw14 = (uint32_t)tags;
    sqe->cdw3 = (uint32_t)(tags >> 32);
    sqe->cdw2 = (uint32_t)(tags >> 64);
    sqe->cdw15 = p->application_tag | (uint32_t)p->application_mask << 16;
}

static inline uint32_t blocks_run(const struct blocks *blocks, uint8_t opcode, uint64_t slba, uint32_t count,
                                  uint32_t prinfo)
{
    struct nvme_sqe sqe = blocks_command(blocks, opcode, slba, count);

    blocks_tags(blocks, &sqe, prinfo);
    return host_status(blocks->host, 1, &sqe);
}

/* Data and metadata of so many blocks, different for every seed; protection information is not made. */
static inline void blocks_fill(const struct blocks *blocks, uint8_t seed, uint32_t count)
{
    const uint32_t bytes = count * (blocks->lba + blocks->ms);

    host_fill(blocks->host, seed, bytes);
    if (!blocks->extended)
        for (uint32_t i = 0; i < count * blocks->ms; i++)
            blocks->host->data[META_AT + i] = (uint8_t)(seed * 3 + i * 5 + i / 256);
}

#endif
