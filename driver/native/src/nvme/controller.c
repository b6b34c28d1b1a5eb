/* SPDX-License-Identifier: Apache-2.0 */
/* Enabling, disabling and shutting down a controller: NVMe Base 2.0c §3.5 and §3.6. */
#include <errno.h>
#include <inttypes.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/backoff.h"
#include "support/error.h"

enum {
    DEFAULT_ADMIN_DEPTH = 128,
    DEFAULT_TIMEOUT_MS = 10000,
    TO_UNIT_MS = 500,
    SQE_SIZE_LOG2 = 6,
    CQE_SIZE_LOG2 = 4,
};

static int gone_error(const bell_device *device)
{
    return bell_error_set(-ENODEV, "%s: registers read all ones; the device is gone or its memory space is disabled.",
                          device->address);
}

static int reach(bell_device *device)
{
    const struct bell_transport_ops *ops = device->transport->ops;
    return ops->reconnect ? ops->reconnect(device->transport) : 0;
}

/* A register that is never all ones while the device is there. */
static int register_get(bell_device *device, uint32_t offset, uint32_t width, uint64_t *value)
{
    struct bell_transport *transport = device->transport;
    int rc = transport->ops->register_read(transport, offset, width, value);
    if (rc < 0)
        return rc;
    if (*value == (width == 4 ? UINT32_MAX : UINT64_MAX))
        return gone_error(device);
    return 0;
}

static int cc_set(bell_device *device, uint64_t cc)
{
    return device->transport->ops->register_write(device->transport, NVME_REG_CC, 4, cc);
}

/* Wait until CSTS & mask is value. A fatal status ends the wait at once if fatal_ends, and names the failure otherwise.
 */
static int csts_wait(bell_device *device, uint32_t mask, uint32_t value, uint64_t timeout_ms, bool fatal_ends,
                     const char *what)
{
    struct bell_transport *transport = device->transport;
    struct bell_backoff backoff = {0};
    uint64_t limit = bell_now() + timeout_ms * BELL_NS_PER_MS;
    for (;;) {
        uint64_t csts;
        bool over = bell_now() >= limit;
        int rc = register_get(device, NVME_REG_CSTS, 4, &csts);
        if (rc < 0)
            return rc;
        if ((csts & mask) == value)
            return 0;
        if ((csts & NVME_CSTS_CFS) && (fatal_ends || over))
            return bell_error_set(-EIO, "%s: controller fatal status (CSTS %#" PRIx64 ") while waiting for %s.",
                                  device->address, csts, what);
        if (over)
            return bell_error_set(-ETIMEDOUT, "%s: %s did not come within %" PRIu64 " ms (CSTS %#" PRIx64 ").",
                                  device->address, what, timeout_ms, csts);
        if (!transport->ops->relax || !transport->ops->relax(transport))
            bell_backoff_wait(&backoff);
    }
}

static uint64_t ready_timeout_ms(uint64_t cap)
{
    uint64_t units = NVME_GET(cap, NVME_CAP_TO);
    return (units ? units : 1) * TO_UNIT_MS;
}

/* CC.EN = 0 and RDY = 0 from any state; what was outstanding is lost then. */
static int controller_stop(bell_device *device)
{
    uint64_t cap, cc, csts;
    int rc = register_get(device, NVME_REG_CAP, 8, &cap);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CC, 4, &cc);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CSTS, 4, &csts);
    if (rc == 0 && (cc & NVME_CC_EN)) {
        /* EN may be cleared only after an enable that is under way has come to its end (§3.1.3.5). */
        if (!(csts & (NVME_CSTS_RDY | NVME_CSTS_CFS)) && NVME_GET(csts, NVME_CSTS_SHST) == NVME_CSTS_SHST_NORMAL)
            csts_wait(device, NVME_CSTS_RDY, NVME_CSTS_RDY, ready_timeout_ms(cap), true, "CSTS.RDY=1");
        rc = cc_set(device, cc & ~(uint64_t)(NVME_CC_EN | NVME_CC_SHN));
    }
    if (rc == 0)
        rc = csts_wait(device, NVME_CSTS_RDY, 0, ready_timeout_ms(cap), false, "CSTS.RDY=0");
    bell_device_lose(device);
    return rc;
}

static int admin_depth_check(uint32_t depth)
{
    if (depth && (depth < 2 || depth > NVME_MAX_ADMIN_ENTRIES))
        return bell_error_set(-EINVAL, "Admin queue depth %u is out of range: 2 to %u.", depth, NVME_MAX_ADMIN_ENTRIES);
    return 0;
}

static int page_check(uint64_t cap, uint32_t mps)
{
    uint64_t least = NVME_GET(cap, NVME_CAP_MPSMIN);
    uint64_t most = NVME_GET(cap, NVME_CAP_MPSMAX);
    if (mps < least || mps > most)
        return bell_error_set(-EINVAL, "CC.MPS %u is out of range: this controller takes %" PRIu64 " to %" PRIu64 ".",
                              mps, least, most);
    return 0;
}

static int config_check(bell_device *device, uint64_t cap, const bell_controller_config *config)
{
    int rc = admin_depth_check(config->admin_depth);
    if (rc < 0)
        return rc;
    uint32_t depth = config->admin_depth ? config->admin_depth : DEFAULT_ADMIN_DEPTH;
    uint32_t events = config->aer_count ? config->aer_count : 1;
    if (events != UINT32_MAX && events + 1 >= depth)
        return bell_error_set(
            -EINVAL, "%u asynchronous event requests leave no room for a command in an admin queue of depth %u.",
            events, depth);
    if (config->css > NVME_GET(UINT32_MAX, NVME_CC_CSS) || config->ams > NVME_GET(UINT32_MAX, NVME_CC_AMS))
        return bell_error_set(-EINVAL, "CC.CSS %u or CC.AMS %u is out of range: both are 0 to 7.", config->css,
                              config->ams);
    return page_check(cap, config->mps);
}

static int admin_prepare(bell_device *device, uint32_t depth)
{
    if (device->admin)
        return bell_qpair_revive(device->admin, depth);
    struct bell_qpair *admin;
    int rc = bell_qpair_new(device, 0, depth, &admin);
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&device->lock);
    device->admin = admin;
    pthread_mutex_unlock(&device->lock);
    return 0;
}

static int controller_start(bell_device *device, uint64_t cap, const bell_controller_config *config)
{
    struct bell_transport *transport = device->transport;
    int rc = transport->ops->enable(transport);
    if (rc < 0)
        return rc;
    rc = admin_prepare(device, config->admin_depth ? config->admin_depth : DEFAULT_ADMIN_DEPTH);
    if (rc < 0)
        return rc;
    rc = transport->ops->admin_attach(transport, device->admin);
    if (rc < 0)
        return rc;

    uint64_t cc = NVME_PUT(config->css, NVME_CC_CSS) | NVME_PUT(config->mps, NVME_CC_MPS) |
                  NVME_PUT(config->ams, NVME_CC_AMS) | NVME_PUT(SQE_SIZE_LOG2, NVME_CC_IOSQES) |
                  NVME_PUT(CQE_SIZE_LOG2, NVME_CC_IOCQES);
    rc = cc_set(device, cc); /* the fields before EN, which freezes some of them */
    if (rc == 0)
        rc = cc_set(device, cc | NVME_CC_EN);
    if (rc == 0)
        rc = csts_wait(device, NVME_CSTS_RDY, NVME_CSTS_RDY, ready_timeout_ms(cap), true, "CSTS.RDY=1");
    return rc;
}

static int events_arm(bell_device *device, uint32_t count)
{
    /* Where the queues are another owner's, so are the events. */
    if (count == UINT32_MAX || !(device->transport->features & BELL_HAS_QPAIRS))
        return 0;
    int rc = 0;
    for (uint32_t i = 0; i < (count ? count : 1) && rc == 0; i++)
        rc = bell_qpair_arm(device->admin);
    return rc;
}

int bell_controller_enable(bell_device *device, const bell_controller_config *config)
{
    if (!device || !config)
        return bell_error_set(-EINVAL, "No device or no configuration was given.");
    uint64_t cap;
    int rc = reach(device);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CAP, 8, &cap);
    if (rc == 0)
        rc = config_check(device, cap, config);
    if (rc == 0)
        rc = controller_stop(device);
    if (rc < 0)
        return rc;

    device->page_bytes = UINT32_C(4096) << config->mps;
    bell_controller_set_timeout(device, config->timeout_ms);
    rc = controller_start(device, cap, config);
    if (rc < 0) {
        bell_device_lose(device);
        return rc;
    }
    bell_poke(&device->enabled, UINT32_C(1));
    return events_arm(device, config->aer_count);
}

/* ---- the same in parts ------------------------------------------------------------------------------------------- */

int bell_controller_admin_prepare(bell_device *device, uint32_t depth, uint32_t mps, bell_admin_memory *memory)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    uint64_t cap, cc;
    int rc = reach(device);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CAP, 8, &cap);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CC, 4, &cc);
    if (rc == 0)
        rc = admin_depth_check(depth);
    if (rc == 0)
        rc = page_check(cap, mps);
    if (rc < 0)
        return rc;
    if (cc & NVME_CC_EN)
        return bell_error_set(
            -EBUSY,
            "%s: CC.EN is 1, and the controller uses the memory of its admin queue; disable it before "
            "it gets another.",
            device->address);
    bell_device_lose(device);
    device->page_bytes = UINT32_C(4096) << mps;
    rc = device->transport->ops->enable(device->transport);
    if (rc == 0)
        rc = admin_prepare(device, depth ? depth : DEFAULT_ADMIN_DEPTH);
    if (rc == 0 && memory)
        *memory = (bell_admin_memory){
            .sq_iova = device->admin->sq_iova, .cq_iova = device->admin->cq_iova, .depth = device->admin->depth};
    return rc;
}

static int prepared_check(const bell_device *device)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    if (!device->admin)
        return bell_error_set(-ENOTCONN, "%s has no admin queue yet; prepare it first.", device->address);
    return 0;
}

int bell_controller_admin_attach(bell_device *device)
{
    int rc = prepared_check(device);
    return rc < 0 ? rc : device->transport->ops->admin_attach(device->transport, device->admin);
}

int bell_controller_ready(bell_device *device)
{
    uint64_t cap = 0, cc = 0;
    int rc = prepared_check(device);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CAP, 8, &cap);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CC, 4, &cc);
    if (rc == 0 && !(cc & NVME_CC_EN))
        rc =
            bell_error_set(-EINVAL, "%s: CC.EN is 0, so that it will not become ready; set it first.", device->address);
    if (rc == 0)
        rc = csts_wait(device, NVME_CSTS_RDY, NVME_CSTS_RDY, ready_timeout_ms(cap), true, "CSTS.RDY=1");
    if (rc < 0)
        return rc;
    device->page_bytes = UINT32_C(4096) << NVME_GET(cc, NVME_CC_MPS);
    device->admin->page_bytes = device->page_bytes;
    bell_poke(&device->enabled, UINT32_C(1));
    return 0;
}

int bell_controller_arm(bell_device *device, uint32_t count)
{
    int rc = prepared_check(device);
    for (uint32_t i = 0; i < count && rc == 0; i++)
        rc = bell_qpair_arm(device->admin);
    return rc;
}

/* ---- disabling and shutting down ----------------------------------------------------------------------------------
 */

int bell_controller_disable(bell_device *device)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    int rc = reach(device);
    return rc < 0 ? rc : controller_stop(device);
}

int bell_controller_shutdown(bell_device *device, int abrupt, uint32_t timeout_ms)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    uint64_t cc;
    int rc = register_get(device, NVME_REG_CC, 4, &cc);
    if (rc < 0)
        return rc;
    uint64_t kind = abrupt ? NVME_CC_SHN_ABRUPT : NVME_CC_SHN_NORMAL;
    rc = cc_set(device, (cc & ~(uint64_t)NVME_CC_SHN) | NVME_PUT(kind, NVME_CC_SHN));
    if (rc < 0)
        return rc;
    return csts_wait(device, NVME_CSTS_SHST, (uint32_t)NVME_PUT(NVME_CSTS_SHST_COMPLETE, NVME_CSTS_SHST), timeout_ms,
                     true, "CSTS.SHST=10b");
}

bell_qpair *bell_controller_admin(bell_device *device)
{
    return device ? device->admin : NULL;
}

int bell_controller_set_timeout(bell_device *device, uint32_t timeout_ms)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    uint64_t timeout_ns = (timeout_ms ? timeout_ms : DEFAULT_TIMEOUT_MS) * BELL_NS_PER_MS;
    pthread_mutex_lock(&device->lock);
    bell_poke(&device->timeout_ns, timeout_ns);
    if (device->admin)
        bell_poke(&device->admin->timeout_ns, timeout_ns);
    for (struct bell_qpair *qpair = device->qpairs; qpair; qpair = qpair->next)
        bell_poke(&qpair->timeout_ns, timeout_ns);
    pthread_mutex_unlock(&device->lock);
    return 0;
}

static uint32_t state_of(uint64_t csts)
{
    if (csts & NVME_CSTS_CFS)
        return BELL_STATE_FATAL;
    return csts & NVME_CSTS_RDY ? BELL_STATE_READY : BELL_STATE_DISABLED;
}

int bell_controller_get_state(bell_device *device, bell_controller_state *out)
{
    if (!device || !out)
        return bell_error_set(-EINVAL, "No device or no place for its state was given.");
    *out = (bell_controller_state){.state = BELL_STATE_LOST, .max_data_bytes = device->transport->max_data_bytes};
    uint64_t csts, cap;
    int rc = register_get(device, NVME_REG_CSTS, 4, &csts);
    if (rc == 0)
        rc = register_get(device, NVME_REG_CAP, 8, &cap);
    if (rc == -ENODEV)
        return 0;
    if (rc < 0)
        return rc;
    out->state = state_of(csts);
    out->max_depth = (uint32_t)NVME_GET(cap, NVME_CAP_MQES) + 1;
    out->min_page_bytes = UINT32_C(4096) << NVME_GET(cap, NVME_CAP_MPSMIN);
    return 0;
}
