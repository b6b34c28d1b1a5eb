/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doorbell.h - the binary interface of libdoorbell.
 *
 * Rules that hold for every function here:
 *
 *  - Handles are opaque. A handle is valid from the call that returns it until the call that closes it;
 *    using it afterwards is the caller's error. The Java layer guards against that.
 *  - Every function that can fail returns an int: 0 (or a count) on success, a negative errno value on failure.
 *    After a failure bell_last_error() holds one sentence for the user, which names the thing, the value and what to
 * do.
 *  - Structures are flat: fixed-size integers and arrays, no pointers. bell_layout_entry() reports
 *    the size and offset of every field, so that a binding can verify its own picture of them.
 *  - The library is passive. It starts no thread but the simulator's device thread (bell_device_open to
 *    bell_device_close, bell_server_open to bell_server_close), an I/O worker's thread (bell_worker_start to
 *    bell_worker_wait) and, for a queue on a device of the kernel, one that sits in its blocking ioctl (first command
 * to bell_qpair_close). It keeps no state outside of its handles but what open devices have in common by nature: VFIO's
 * containers, QEMU's machines.
 *  - Threads: a device may be used by many threads for registers, config space and interrupts. The admin qpair
 *    and each I/O qpair belong to one thread at a time; the caller serialises. Two different qpairs may be used at
 * once. Calls that send admin commands (they are marked "admin") use the admin qpair and need its ownership.
 *  - Times are nanoseconds of CLOCK_MONOTONIC unless a name says otherwise. Values are in host byte order,
 *    except the raw SQE and CQE bytes, which are as they are on the wire (little-endian).
 */
#ifndef DOORBELL_H
#define DOORBELL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BELL_API __attribute__((visibility("default")))
#else
#define BELL_API
#endif

#define BELL_ABI_MAJOR 1u
#define BELL_ABI_MINOR 2u

typedef struct bell_device bell_device;
typedef struct bell_buffer bell_buffer;
typedef struct bell_qpair bell_qpair;
typedef struct bell_worker bell_worker;
typedef struct bell_server bell_server;
typedef struct bell_target bell_target;
typedef struct bell_integrity bell_integrity;

/* ---- library --------------------------------------------------------------------------------------------------- */

/** bell_abi_version - major << 16 | minor. A binding refuses a library whose major differs from its own. */
BELL_API uint32_t bell_abi_version(void);

/** bell_last_error - the calling thread's last failure in words; never NULL, valid until its next failing call. */
BELL_API const char *bell_last_error(void);

/** bell_clock_now - nanoseconds of the clock that every time stamp of this library uses. */
BELL_API uint64_t bell_clock_now(void);

typedef struct bell_layout {
    char structure[32]; /* C name without "bell_", NUL-terminated */
    char field[32];     /* "" : the structure itself, size is then its sizeof */
    uint32_t offset;    /* bytes from the start of the structure */
    uint32_t size;      /* bytes */
} bell_layout;

/** bell_layout_entry - entry number index of the layout table. Returns -ENOENT past the end. */
BELL_API int bell_layout_entry(uint32_t index, bell_layout *out);

/* ---- devices --------------------------------------------------------------------------------------------------- */

enum {
    BELL_KIND_SIM = 1,
    BELL_KIND_QEMU = 2,
    BELL_KIND_VFIO = 3,
    BELL_KIND_VFIO_USER = 4,
    BELL_KIND_TCP = 5,
    BELL_KIND_KERNEL = 6
};

/* bell_device_info.features */
#define BELL_HAS_PCI        0x01u /* config space, and BARs unless their sizes are all 0 */
#define BELL_HAS_REGISTERS  0x02u /* NVMe registers (or Fabrics properties) */
#define BELL_HAS_INTERRUPTS 0x04u /* MSI-X vectors that can be observed */
#define BELL_HAS_QPAIRS                                                                                                \
    0x08u /* own queues, raw SQEs; without it qpairs hand their commands to the owner of the device's queues */

typedef struct bell_device_info {
    uint32_t kind;         /* BELL_KIND_... */
    uint32_t features;     /* BELL_HAS_... */
    uint32_t vectors;      /* MSI-X vectors, 0 if none */
    uint32_t config_bytes; /* 256 or 4096; 64 where the kernel shows no more to this user; 0 without PCI */
    uint64_t bar_bytes[6]; /* 0: BAR not implemented */
    char address[256];     /* canonical address string */
    char name[64];         /* short text for people, "Doorbell Sim 1 GiB" */
} bell_device_info;

/**
 * bell_device_open - attach to a device.
 * @address: "sim:", "sim:size=4GiB,lba=4096,ns=2", "qemu:", "/dev/nvme0", ...
 *
 * Attaching makes config space, BARs and registers usable. It does not touch the controller's state: CC, queues
 * and so on are as they were found. Errors: -EINVAL (address; the text names the bad option), -ENOENT, -EACCES,
 * -EBUSY, -ENOTSUP (no such transport in this build).
 */
BELL_API int bell_device_open(const char *address, bell_device **out);

/**
 * bell_device_close - detach and free.
 * Fails with -EBUSY while qpairs, workers or buffers are open (the text says how many of each). Disables the controller
 * (CC.EN = 0) if bell_controller_enable had enabled it.
 */
BELL_API int bell_device_close(bell_device *device);

BELL_API int bell_device_get_info(bell_device *device, bell_device_info *out);

/**
 * bell_device_set_read_only - on: whatever may change the device is refused with -EPERM: commands but for those known
 * to read (unknown and vendor specific opcodes count as writes), workers that write, writes to registers, BARs and
 * config space, PCI resets. Safe from any thread. What is outstanding goes on. Devices start writable, those of the
 * kernel
 * ("/dev/nvme0") read-only unless their address says "?write=on".
 */
BELL_API int bell_device_set_read_only(bell_device *device, int on);
BELL_API int bell_device_is_read_only(bell_device *device);

/**
 * bell_device_power - cut the power of the device (on 0) or give it back (1), without a warning to it. Off, registers
 * and config space read all ones and every outstanding command has ended (BELL_CQ_LOST); on again, the controller is
 * disabled. -ENOTSUP where the driver has no hand on the power: the simulator only. Others are switched by means of
 * one's own, and bell_device_lost tells the driver.
 */
BELL_API int bell_device_power(bell_device *device, int on);

/** bell_device_lost - the caller knows that the device has lost its state, by a loss of power or a reset from
 * elsewhere: every outstanding command ends (BELL_CQ_LOST). Safe from any thread. */
BELL_API int bell_device_lost(bell_device *device);

/* ---- PCI ------------------------------------------------------------------------------------------------------- */

/* What stands in the way, in words; "": nothing. */
typedef struct bell_pci_place {
    char refusal[512];    /* of opening it through VFIO */
    char users[512];      /* of taking it from the kernel's nvme driver: mounts, swap, RAID, open nodes */
    char neighbours[512]; /* other functions of its IOMMU group that other drivers hold */
    char holder[128];     /* the process that has it open through VFIO */
} bell_pci_place;

/**
 * bell_pci_look - what this machine does with a PCI function, from sysfs and procfs; opens nothing on the device.
 * @root: "", or in tests a folder that holds its own sys, proc, dev and run.
 * Errors: -EINVAL (address), -ENOENT. Files of other users' processes are seen by root only.
 */
BELL_API int bell_pci_look(const char *root, const char *address, bell_pci_place *out);

/* What the system has said of a function that is open, and whether it is there. */
typedef struct bell_pci_notices {
    uint64_t errors;  /* uncorrectable errors that the system has reported of it (PCIe AER, through VFIO) */
    uint32_t removal; /* 1: the kernel wants it back, for removal or unbinding, and waits for bell_device_close */
    uint32_t gone;    /* 1: it is not there any more, or removal is 1: no command will end but as BELL_CQ_LOST */
} bell_pci_notices;

/** bell_pci_get_notices - since ABI 1.2. Safe from any thread; all 0 where the system says nothing. -ENOTSUP: no PCI
 * function. */
BELL_API int bell_pci_get_notices(bell_device *device, bell_pci_notices *out);

enum { BELL_RESET_FLR = 1, BELL_RESET_HOT = 2, BELL_RESET_PM = 3 /* D3hot to D0 */ };

/** bell_pci_config_read - width is 1, 2 or 4 bytes, offset a multiple of it. A lost device reads all ones and returns
 * -ENODEV. */
BELL_API int bell_pci_config_read(bell_device *device, uint32_t offset, uint32_t width, uint32_t *value);
BELL_API int bell_pci_config_write(bell_device *device, uint32_t offset, uint32_t width, uint32_t value);

/** bell_pci_bar_read - one access of 4 or 8 bytes in BAR 0..5, naturally aligned. */
BELL_API int bell_pci_bar_read(bell_device *device, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value);
BELL_API int bell_pci_bar_write(bell_device *device, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value);

/** bell_pci_reset - kind is BELL_RESET_...; afterwards the controller is disabled and every outstanding command has
 * ended (BELL_CQ_LOST). Queue handles stay valid for reading their cmdlog and closing. -ENOTSUP where the function
 * cannot do it. */
BELL_API int bell_pci_reset(bell_device *device, uint32_t kind);

/** bell_pci_power_state - ask for power state 0 (D0) .. 3 (D3hot), and wait until the function may be used in it. A
 * function that resets itself when it leaves D3hot keeps its BARs, and its controller is disabled: every outstanding
 * command has ended (BELL_CQ_LOST) and bell_controller_enable brings it back. A state that the function has not is
 * ignored by it: read PMCSR to see. -EINVAL, -ENOTSUP (no Power Management capability). */
BELL_API int bell_pci_power_state(bell_device *device, uint32_t state);

/** bell_irq_isset - 1 if a message of this MSI-X vector has arrived since it was last cleared, else 0. */
BELL_API int bell_irq_isset(bell_device *device, uint32_t vector);
BELL_API int bell_irq_clear(bell_device *device, uint32_t vector);
BELL_API int bell_irq_mask(bell_device *device, uint32_t vector);
BELL_API int bell_irq_unmask(bell_device *device, uint32_t vector);

/* ---- NVMe registers (NVMe Base 2.0c §3.1.3): BAR0 on PCIe, properties on Fabrics ----------------------------------
 */

/** bell_register_read - width 4 or 8, offset a multiple of 4. Works in any controller state. */
BELL_API int bell_register_read(bell_device *device, uint32_t offset, uint32_t width, uint64_t *value);
BELL_API int bell_register_write(bell_device *device, uint32_t offset, uint32_t width, uint64_t value);

/* ---- DMA buffers ----------------------------------------------------------------------------------------------- */

/** bell_buffer_alloc - zeroed memory, 4 KiB aligned, contiguous in IOVA space, that the device can reach. */
BELL_API int bell_buffer_alloc(bell_device *device, uint64_t bytes, bell_buffer **out);
BELL_API int bell_buffer_free(bell_buffer *buffer);
BELL_API void *bell_buffer_data(bell_buffer *buffer);
BELL_API uint64_t bell_buffer_iova(bell_buffer *buffer);
BELL_API uint64_t bell_buffer_bytes(bell_buffer *buffer);

/* A part of a BAR that is memory, and where commands find it: a piece of a controller memory buffer. */
typedef struct bell_bar_place {
    uint64_t offset; /* in the BAR, a multiple of 4 KiB */
    uint64_t bytes;
    uint64_t iova; /* the same memory as commands name it, NVMe Base 2.0c 8.5.1 */
    uint32_t bar;
    uint32_t reserved;
} bell_bar_place;

/** bell_buffer_in_bar - a buffer that lies in a BAR instead of the host's memory, with what is there, since ABI 1.2.
 * Whoever enables the memory at that address sees to it that it stays enabled. Freeing the buffer leaves the memory as
 * it is. -ENOTSUP where the BAR cannot be mapped into this program: bell_pci_bar_read and _write reach it then. */
BELL_API int bell_buffer_in_bar(bell_device *device, const bell_bar_place *place, bell_buffer **out);

/* ---- controller ------------------------------------------------------------------------------------------------ */

typedef struct bell_controller_config {
    uint32_t admin_depth; /* 2..4096; 0: 128 */
    uint32_t timeout_ms;  /* per command, every queue; 0: 10000 */
    uint32_t css;         /* CC.CSS; 0 NVM, 6 all supported, 7 admin only */
    uint32_t ams;         /* CC.AMS; 0 round robin, 1 weighted */
    uint32_t mps;         /* CC.MPS; page size is 2^(12+mps) */
    uint32_t aer_count;   /* asynchronous event requests kept armed; 0: 1; 0xffffffff: none */
} bell_controller_config;

/**
 * bell_controller_enable - from any state to CSTS.RDY=1 (NVMe Base 2.0c §3.5.1), admin.
 * Clears CC.EN if set and waits for RDY=0, sets AQA/ASQ/ACQ and CC, sets EN and waits for RDY=1, both waits bounded by
 * CAP.TO. MSI-X is programmed before EN=1. Sends no command but the AERs; Set Features Number of Queues is the
 * caller's business. Existing I/O qpairs are lost (every outstanding command ends with BELL_CQ_LOST).
 * Errors: -ETIMEDOUT (RDY), -EIO (CSTS.CFS), -ENODEV (registers read all ones), -EINVAL (config).
 */
BELL_API int bell_controller_enable(bell_device *device, const bell_controller_config *config);

/** bell_controller_disable - CC.EN = 0, wait for RDY=0, bounded by CAP.TO; every outstanding command ends with
 * BELL_CQ_LOST. */
BELL_API int bell_controller_disable(bell_device *device);

/** bell_controller_shutdown - CC.SHN normal or abrupt, wait for CSTS.SHST=10b up to timeout_ms. */
BELL_API int bell_controller_shutdown(bell_device *device, int abrupt, uint32_t timeout_ms);

/** bell_controller_admin - the admin qpair; NULL before the first bell_controller_enable. Owned by the device: never
 * close it. It stays the same handle over resets and re-enables. */
BELL_API bell_qpair *bell_controller_admin(bell_device *device);

BELL_API int bell_controller_set_timeout(bell_device *device, uint32_t timeout_ms);

enum { BELL_STATE_DISABLED = 0, BELL_STATE_READY = 1, BELL_STATE_FATAL = 2, BELL_STATE_LOST = 3 };

typedef struct bell_controller_state {
    uint32_t state;          /* BELL_STATE_..., from CSTS or, where there are no registers, from the device's owner */
    uint32_t max_depth;      /* most entries of an I/O queue; 0 when the device is lost */
    uint32_t min_page_bytes; /* 2^(12 + CAP.MPSMIN), the unit of MDTS */
    uint32_t reserved;
    uint64_t max_data_bytes; /* largest data of one command that the transport carries; 0: no limit of its own */
} bell_controller_state;

/** bell_controller_get_state - safe from any thread, sends no command. A device that is gone is no error here. */
BELL_API int bell_controller_get_state(bell_device *device, bell_controller_state *out);
/*
 * The parts of bell_controller_enable, for bringing a controller up in a way of one's own: disable it, prepare, attach,
 * write CC (bell_register_write) with CC.EN = 0 and then 1, bell_controller_ready, bell_controller_arm. Any of them but
 * prepare and ready may be left out or replaced by register accesses.
 */

typedef struct bell_admin_memory {
    uint64_t sq_iova; /* for ASQ */
    uint64_t cq_iova; /* for ACQ */
    uint32_t depth;   /* entries of each; for AQA */
    uint32_t reserved;
} bell_admin_memory;

/** bell_controller_admin_prepare - memory and slots of the admin queue, bus mastering and MSI-X; the NVMe registers are
 * not touched. depth is 2..4096, 0: 128; mps as in bell_controller_config. Queues that existed are lost. A command sent
 * on the admin qpair before bell_controller_ready is placed, but a disabled controller ignores doorbells: it times out.
 * memory may be NULL. -EINVAL, -EBUSY (CC.EN is 1: the controller uses the old memory). */
BELL_API int bell_controller_admin_prepare(bell_device *device, uint32_t depth, uint32_t mps,
                                           bell_admin_memory *memory);

/** bell_controller_admin_attach - tell the controller of the prepared admin queue: AQA, ASQ, ACQ. -ENOTCONN before
 * bell_controller_admin_prepare. */
BELL_API int bell_controller_admin_attach(bell_device *device);

/** bell_controller_ready - wait for CSTS.RDY = 1, bounded by CAP.TO, and take the controller as enabled with the page
 * size that CC.MPS says. -EINVAL (CC.EN is 0), -ENOTCONN before bell_controller_admin_prepare, and as
 * bell_controller_enable. */
BELL_API int bell_controller_ready(bell_device *device);

/** bell_controller_arm - send `count` asynchronous event requests that are kept armed (BELL_CQ_EVENT); admin. -EAGAIN
 * (admin queue full), -ENODEV. */
BELL_API int bell_controller_arm(bell_device *device, uint32_t count);

/* ---- qpairs and commands ---------------------------------------------------------------------------------------- */

typedef struct bell_qpair_config {
    uint32_t depth;      /* 2..MQES+1; depth-1 commands can be outstanding */
    uint32_t priority;   /* QPRIO 0 urgent .. 3 low, weighted round robin only */
    uint32_t interrupts; /* 1: IEN with a vector */
    uint32_t vector;     /* 0xffffffff: the driver chooses, qid modulo vectors */
    uint32_t qid;        /* 0: lowest free id */
} bell_qpair_config;

typedef struct bell_qpair_info {
    uint32_t qid;
    uint32_t depth;
    uint32_t outstanding; /* commands submitted whose end is not yet reported */
    uint32_t sq_tail;
    uint32_t sq_head; /* as last reported by the device */
    uint32_t cq_head;
    uint32_t cq_phase;
    uint32_t vector;    /* 0xffffffff: no interrupts */
    uint32_t alive;     /* 0: deleted or lost by a reset */
    uint32_t worker;    /* 1: owned by an I/O worker */
    uint64_t submitted; /* counters since creation */
    uint64_t completed;
} bell_qpair_info;

/** bell_qpair_create - Create I/O CQ and SQ; admin. Errors: -EINVAL (depth), -ENOSPC (no free id), -EIO (device
 * refused: the text has the status), -ETIMEDOUT, -ENOTCONN (controller not enabled). */
BELL_API int bell_qpair_create(bell_device *device, const bell_qpair_config *config, bell_qpair **out);

/** bell_qpair_create_in - the same with the queues' entries at the start of these buffers, one or both of them, since
 * ABI 1.2; NULL: in memory of its own. A buffer must start on a memory page and have 64 bytes an entry (sq) or 16 (cq),
 * is cleared, and stays in use until the qpair is closed. */
BELL_API int bell_qpair_create_in(bell_device *device, const bell_qpair_config *config, bell_buffer *sq,
                                  bell_buffer *cq, bell_qpair **out);

/** bell_qid_reserve - keep bell_qpair_create from choosing or taking this queue id, for queues that are made by
 * commands of one's own; 0: the lowest that is free. Returns the id. An id may be reserved several times, is kept over
 * resets, and is free when it was released as often. -EINVAL (above 65534), -ENOSPC (none is free). */
BELL_API int bell_qid_reserve(bell_device *device, uint32_t qid);
BELL_API int bell_qid_release(bell_device *device, uint32_t qid);

/** bell_qpair_close - delete SQ and CQ (skipped if the queue is lost) and free the handle; admin. Outstanding commands
 * end silently. The handle is gone even if the device refuses (-EIO) or does not answer (-ETIMEDOUT). -EBUSY, and
 * nothing done: a worker's queue; -EINVAL: the admin queue. */
BELL_API int bell_qpair_close(bell_qpair *qpair);

/** bell_qpair_get_info - safe from any thread. */
BELL_API int bell_qpair_get_info(bell_qpair *qpair, bell_qpair_info *out);

/** bell_qpair_unmatched - completions since creation whose CID belonged to no outstanding command: wrong, repeated, or
 * after the end of its command was reported and its slot given back. They are dropped. Safe from any thread; since
 * ABI 1.1. */
BELL_API uint64_t bell_qpair_unmatched(bell_qpair *qpair);

#define BELL_CMD_RAW_DATA_POINTER                                                                                      \
    0x01u /* send the SQE's own MPTR/PRP1/PRP2; otherwise PRPs are built from data_iova, data_bytes */
#define BELL_CMD_RAW_CID       0x02u /* keep the SQE's CID (tests of duplicate CIDs); otherwise the driver assigns it */
#define BELL_CMD_HOLD_DOORBELL 0x04u /* place the SQE but ring only with the next command or bell_qpair_ring */

#define BELL_CMD_SGL 0x08u /* describe data_iova, data_bytes by an SGL data block instead of PRPs */

typedef struct bell_command {
    uint8_t sqe[64];
    uint64_t data_iova; /* any alignment of 4; 0 with data_bytes 0: no data */
    uint64_t data_bytes;
    uint64_t tag;        /* comes back in the completion */
    uint32_t timeout_ms; /* 0: the controller's */
    uint32_t flags;      /* BELL_CMD_... */
} bell_command;

/** bell_qpair_submit - post one command of any content. Writes the CID used to *cid, which may be NULL. Errors: -EAGAIN
 * (queue full), -EINVAL (data pointer alignment), -E2BIG (more data than one command's lists can describe, 16 GiB or
 * more), -ENODEV (queue lost, controller disabled), -EBUSY (the queue belongs to an I/O worker; bell_qpair_poll, wait
 * and ring say so too). */
BELL_API int bell_qpair_submit(bell_qpair *qpair, const bell_command *command, uint16_t *cid);

/* Head of a list of SGL descriptors (NVMe Base 2.0c §4.1.2), which follow it: 16 bytes each, as on the wire. */
typedef struct bell_sgl {
    uint32_t count;   /* descriptors, 1 or more */
    uint32_t segment; /* descriptors a segment, 2..65536, the pointer to the next segment included; 0: 256 */
    uint64_t reserved;
} bell_sgl;

/**
 * bell_qpair_submit_sgl - like bell_qpair_submit, with an SGL of one's own as the data pointer. Its descriptors are
 * copied and sent as they are: one goes into the SQE, more into segments that the driver makes and points to.
 *
 * PSDT becomes 01b unless the SQE says another than 00b. data_iova and data_bytes are not looked at. Errors: as
 * bell_qpair_submit, and -ENOTSUP where the transport describes data in a way of its own.
 */
BELL_API int bell_qpair_submit_sgl(bell_qpair *qpair, const bell_command *command, const bell_sgl *list, uint16_t *cid);

BELL_API int bell_qpair_ring(bell_qpair *qpair);

/* bell_completion.flags */
#define BELL_CQ_TIMEOUT                                                                                                \
    0x01u /* not from the device: time ran out. The CQE is all ones; the slot stays busy until the real one comes */
#define BELL_CQ_LOST 0x02u /* not from the device: reset, disable or removal. The CQE is all ones */
/* Completion of an AER that bell_controller_enable armed, successful (it has been re-armed already) or not (it has
 * not). Its tag is UINT64_MAX. When a reset or disable disarms it, that is in the cmdlog only: nobody sent it, nobody
 * waits for it. */
#define BELL_CQ_EVENT 0x04u
/* The command succeeded, but its data is not what was written there: see bell_integrity_miscompares. The CQE is the
 * device's. Since ABI 1.2. */
#define BELL_CQ_MISCOMPARE 0x08u

typedef struct bell_completion {
    uint8_t cqe[16];
    uint64_t tag;
    uint64_t submitted_ns;
    uint64_t completed_ns;
    uint32_t flags; /* BELL_CQ_... */
    uint16_t cid;
    uint16_t qid;
} bell_completion;

/** bell_qpair_poll - take up to max ends of commands, without waiting. Returns their number. Checks time-outs. Late
 * real completions of timed-out commands are logged, free their slot and are not reported. */
BELL_API int bell_qpair_poll(bell_qpair *qpair, bell_completion *out, uint32_t max);

/** bell_qpair_wait - like poll, but spins (then yields, then sleeps) until at least one end or timeout_us passed. */
BELL_API int bell_qpair_wait(bell_qpair *qpair, bell_completion *out, uint32_t max, uint64_t timeout_us);

/* ---- cmdlog ---------------------------------------------------------------------------------------------------- */

#define BELL_CMDLOG_ENTRIES 4096u

/* bell_cmdlog_entry.flags: BELL_CQ_... and */
#define BELL_LOG_DONE 0x100u /* an end was recorded: cqe and completed_ns are valid */
#define BELL_LOG_LATE 0x200u /* the real completion came after the reported time-out; cqe is the real one */

typedef struct bell_cmdlog_entry {
    uint64_t sequence; /* 0, 1, 2 ... per qpair, in order of submission */
    uint64_t submitted_ns;
    uint64_t completed_ns; /* 0 while outstanding */
    uint8_t sqe[64];
    uint8_t cqe[16];
    uint32_t flags;
    uint16_t qid;
    uint16_t reserved;
    uint64_t reserved2;
} bell_cmdlog_entry;

/**
 * bell_cmdlog_read - copy entries from sequence number `from` on, oldest first; safe from any thread while the queue is
 * in use. Returns the number copied and sets *next to the sequence to ask for next time. Overwritten entries are
 * skipped. An entry that is outstanding is returned as it is (without BELL_LOG_DONE); ask for it again to see its end.
 */
BELL_API int bell_cmdlog_read(bell_qpair *qpair, uint64_t from, bell_cmdlog_entry *out, uint32_t max, uint64_t *next);

/* ---- protection information -------------------------------------------------------------------------------------- */

/* What is checked of it: PRCHK as it stands in commands, and the storage tag. */
#define BELL_PI_REFERENCE   0x1u
#define BELL_PI_APPLICATION 0x2u
#define BELL_PI_GUARD       0x4u
#define BELL_PI_STORAGE     0x8u

/* How protection information lies in blocks and metadata, NVM Command Set 1.0c section 5.2, and what it says. */
typedef struct bell_protection {
    uint32_t block_bytes;      /* data of a block */
    uint32_t metadata_bytes;   /* of a block, protection information included */
    uint32_t data_stride;      /* from block to block; 0: block_bytes. Extended LBAs: both together, */
    uint32_t metadata_stride;  /* here, too; 0: metadata_bytes */
    uint32_t type;             /* 1, 2, 3 */
    uint32_t guard_bits;       /* 16, 32, 64 */
    uint32_t first;            /* 0: in the last bytes of the metadata, 1: in the first */
    uint32_t storage_tag_bits; /* STS: 0..32 with a 16-bit guard, 16..64 with 32, 0..48 with 64 */
    uint32_t checks;           /* BELL_PI_... */
    uint16_t application_tag;  /* of every block */
    uint16_t application_mask; /* bits of it that are checked */
    uint64_t reference_tag;    /* of the first block; one more for each block with types 1 and 2 */
    uint64_t storage_tag;      /* of every block */
    uint64_t storage_tag_mask; /* bits of it that are checked */
} bell_protection;

/* The fields of one block. */
typedef struct bell_protection_fields {
    uint64_t guard;
    uint64_t reference_tag;
    uint64_t storage_tag;
    uint32_t application_tag;
    uint32_t escaped; /* 1: the tags say that nothing of this block is to be checked */
} bell_protection_fields;

typedef struct bell_protection_mismatch {
    uint64_t block; /* from 0 */
    uint64_t expected;
    uint64_t found;
    uint32_t field; /* one of BELL_PI_... */
    uint32_t reserved;
} bell_protection_mismatch;

/**
 * bell_guard - go on with the CRC of a guard: CRC-16 T10-DIF, CRC-32C or CRC-64 NVME; since ABI 1.2, as the rest here
 * @bits: 16, 32 or 64; the result for any other number is 0
 * @crc: 0 to begin, or what was returned for the data before
 */
BELL_API uint64_t bell_guard(uint32_t bits, uint64_t crc, const void *data, uint64_t bytes);

/** bell_protection_generate - write protection information of `blocks` blocks into their metadata; what else is there
 * stays, and is covered by the guard if it comes first. -EINVAL: no such format. */
BELL_API int bell_protection_generate(const bell_protection *protection, const void *data, void *metadata,
                                      uint32_t blocks);

/** bell_protection_check - 0: as `checks` asks, the protection information is right; 1: it is not, and *out says what
 * is the first that is wrong: guard, application, storage, reference tag. -EINVAL: no such format. */
BELL_API int bell_protection_check(const bell_protection *protection, const void *data, const void *metadata,
                                   uint32_t blocks, bell_protection_mismatch *out);

/** bell_protection_get - the fields that stand in the metadata of one block. -EINVAL: no such format. */
BELL_API int bell_protection_get(const bell_protection *protection, const void *metadata, bell_protection_fields *out);

/* ---- I/O workers --------------------------------------------------------------------------------------------------
 */

#define BELL_WORKER_MAX_SIZES 16u

/* bell_worker_config.flags */
#define BELL_WORKER_NO_CMDLOG 0x01u /* do not record commands in the qpair's cmdlog */

typedef struct bell_worker_config {
    uint32_t nsid;
    uint32_t lba_bytes;        /* data bytes of an LBA */
    uint64_t region_start;     /* first LBA */
    uint64_t region_end;       /* exclusive */
    uint32_t size_count;       /* 1..BELL_WORKER_MAX_SIZES */
    uint32_t sizes[16];        /* LBAs an I/O, 1..65536 */
    uint32_t size_weights[16]; /* relative share of each size */
    uint32_t random_percent;   /* 0 sequential .. 100 random */
    uint32_t read_percent;     /* the rest are writes */
    uint32_t qdepth;           /* commands kept outstanding, 1..MQES */
    uint32_t pattern;          /* write data: 0 zeros, 1 ones, 2 pattern_value as dwords, 3 random */
    uint32_t pattern_value;
    uint32_t cpu; /* CPU to pin to; 0xffffffff: not pinned */
    uint32_t flags;
    uint64_t seed;        /* same seed, same I/O stream */
    uint64_t duration_ns; /* 0: no limit */
    uint64_t io_count;    /* 0: no limit */
    uint64_t iops_limit;  /* 0: none; absolute schedule */
} bell_worker_config;

enum { BELL_WORKER_READY = 0, BELL_WORKER_RUNNING = 1, BELL_WORKER_DONE = 2, BELL_WORKER_FAILED = 3 };

/* Latency histogram, log-linear: v < 128 ns counts in bucket v; else with s = floor(log2 v) - 7 in bucket
   (s + 1) * 128 + (v >> s) - 128. Relative error below 1 %; the last bucket also takes everything above (2^44 ns). */
#define BELL_HISTOGRAM_SUB_BITS 7u
#define BELL_HISTOGRAM_BUCKETS  4864u

/* Shared memory written by the worker's thread alone, readable at any time; every field is a single aligned 64-bit
 * store. */
typedef struct bell_worker_counters {
    uint64_t state; /* BELL_WORKER_... */
    uint64_t started_ns;
    uint64_t updated_ns;  /* time of the last update */
    uint64_t finished_ns; /* 0 while running */
    uint64_t submitted;
    uint64_t completed;
    uint64_t outstanding;
    uint64_t reads;
    uint64_t writes;
    uint64_t read_bytes;
    uint64_t write_bytes;
    uint64_t errors;      /* completions with a status other than success, time-outs included */
    uint64_t first_error; /* status field (CQE dword 3 >> 17) of the first one, 0 if none */
    uint64_t first_error_lba;
    uint64_t latency_sum_ns;
    uint64_t latency_min_ns; /* ~0 before the first */
    uint64_t latency_max_ns;
    uint64_t cpu_ns; /* CPU time of the worker's thread */
    uint64_t qid;
    uint64_t reserved[13];
    uint64_t read_latency[4864];  /* histogram of reads */
    uint64_t write_latency[4864]; /* histogram of writes */
} bell_worker_counters;

/** bell_worker_create - check the config, create the worker's qpair (depth qdepth+1) and buffers; admin. -EINVAL names
 * the parameter. */
BELL_API int bell_worker_create(bell_device *device, const bell_worker_config *config, bell_worker **out);
/** bell_worker_start - start the thread. */
BELL_API int bell_worker_start(bell_worker *worker);
/** bell_worker_stop - ask it to end after draining; returns at once. Safe from any thread. */
BELL_API int bell_worker_stop(bell_worker *worker);
/** bell_worker_wait - join the thread. 0 when it has ended, -ETIMEDOUT after timeout_ms. */
BELL_API int bell_worker_wait(bell_worker *worker, uint32_t timeout_ms);
/** bell_worker_counters_of - the shared counters; valid until bell_worker_close. */
BELL_API const bell_worker_counters *bell_worker_counters_of(bell_worker *worker);
/** bell_worker_error - why it FAILED, in words; "" otherwise. */
BELL_API const char *bell_worker_error(bell_worker *worker);
BELL_API bell_qpair *bell_worker_qpair(bell_worker *worker);
/** bell_worker_close - stop, join, delete the qpair, free; admin. */
BELL_API int bell_worker_close(bell_worker *worker);

/* Whole workloads; since ABI 1.2. bell_worker_create is the short form of bell_worker_create_workload. */

#define BELL_WORKLOAD_SIZES    64u
#define BELL_WORKLOAD_OPS      16u
#define BELL_WORKLOAD_SECTIONS 100u

/* bell_workload_config.flags */
#define BELL_WORKLOAD_NO_CMDLOG     0x01u /* do not record commands in the qpair's cmdlog */
#define BELL_WORKLOAD_NO_HISTOGRAM  0x02u /* count no latencies in histograms */
#define BELL_WORKLOAD_FIRST_LBA     0x04u /* first_lba holds */
#define BELL_WORKLOAD_STEP          0x08u /* step_lbas holds */
#define BELL_WORKLOAD_FRESH_DATA    0x10u /* random data is made anew for each write */
#define BELL_WORKLOAD_STOP_ON_ERROR 0x20u /* end at the first error that counts */
#define BELL_WORKLOAD_VERIFY                                                                                           \
    0x40u /* compare what is read with what was written: bell_integrity_open comes before; miscompares are errors */

/* bell_workload_config.distribution: of random I/Os over their places. a and b are in millionths. */
enum {
    BELL_DISTRIBUTION_UNIFORM = 0,
    BELL_DISTRIBUTION_SECTIONS = 1, /* sections[]: shares of 100 equal parts of the region */
    BELL_DISTRIBUTION_ZIPF = 2,     /* a: theta, above 0 and below 10; scattered */
    BELL_DISTRIBUTION_PARETO = 3,   /* a: h, above 0 and below 1; scattered */
    BELL_DISTRIBUTION_NORMAL = 4,   /* a: centre, 0 to 1, b: standard deviation, above 0; as shares of the region */
};

typedef struct bell_workload_config {
    uint32_t nsid;
    uint32_t lba_bytes;    /* data bytes of an LBA */
    uint64_t region_start; /* first LBA */
    uint64_t region_end;   /* exclusive */
    uint64_t first_lba;    /* BELL_WORKLOAD_FIRST_LBA: where sequential I/Os begin */
    int64_t step_lbas;     /* BELL_WORKLOAD_STEP: from one sequential I/O to the next; otherwise right behind it */
    uint32_t random_percent;
    uint32_t distribution; /* BELL_DISTRIBUTION_... */
    uint64_t distribution_a;
    uint64_t distribution_b;
    uint32_t sections[100];
    uint32_t size_count;      /* 1..BELL_WORKLOAD_SIZES */
    uint32_t size_min[64];    /* LBAs, 1..65536 */
    uint32_t size_max[64];    /* 0: size_min */
    uint32_t size_step[64];   /* 0: 1 */
    uint32_t size_weight[64]; /* relative shares */
    uint32_t size_align[64];  /* LBAs, from LBA 0; 0: random at multiples of the own size from region_start */
    uint32_t op_count;        /* 1..BELL_WORKLOAD_OPS */
    uint32_t op_opcode[16];
    uint32_t op_weight[16]; /* relative shares */
    uint32_t op_cdw2[16];
    uint32_t op_cdw3[16];
    uint32_t op_cdw12[16]; /* bits 31:16: flags */
    uint32_t op_cdw13[16];
    uint32_t op_cdw14[16];
    uint32_t op_cdw15[16];
    uint32_t op_ranges[16]; /* dataset management: LBA ranges a command, 1..256; 0: 1 */
    uint32_t qdepth;        /* commands kept outstanding, 1..MQES */
    uint32_t priority;      /* QPRIO of its queue */
    uint32_t cpu;           /* CPU to pin to; 0xffffffff: not pinned */
    uint32_t flags;         /* BELL_WORKLOAD_... */
    uint32_t pattern;       /* write data: 0 zeros, 1 ones, 2 pattern_value as dwords, 3 random */
    uint32_t pattern_value;
    uint32_t compress_percent; /* share of each LBA's random data that is zeros */
    uint32_t dedup_percent;    /* share of LBAs with one of a few contents; BELL_WORKLOAD_FRESH_DATA */
    uint64_t seed;             /* same seed, same I/O stream */
    uint64_t duration_ns;      /* 0: no limit, this and the next three */
    uint64_t io_count;
    uint64_t byte_count;  /* LBAs covered, in bytes */
    uint64_t passes;      /* sequential passes through the region */
    uint64_t iops_limit;  /* 0: none; absolute schedule */
    uint64_t byte_limit;  /* bytes a second; 0: none; absolute schedule */
    uint64_t burst_ns;    /* send for so long, ... */
    uint64_t idle_ns;     /* ... then pause for so long; 0: never */
    uint64_t ramp_ns;     /* the limits rise evenly for so long */
    uint64_t interval_ns; /* of bell_worker_interval; 0: 100 ms */
    uint64_t trace_speed; /* millionths: 1000000 keeps the times of a trace; 0: as fast as possible */
    uint32_t ramp_from;   /* millionths of the limits at the start of the ramp */
    uint32_t retries;     /* how often a failed command is sent again */
    uint32_t slowest;     /* how many of the slowest commands are kept, up to 256 */
    uint32_t last;        /* how many of the last completed I/Os are kept, up to 1048576 */
    uint64_t reserved[8]; /* 0 */
} bell_workload_config;

/* An I/O of a trace. */
typedef struct bell_trace_entry {
    uint64_t time_ns; /* from the start of the trace; not falling */
    uint64_t lba;
    uint32_t lbas; /* 1..65536; not looked at for a flush */
    uint32_t opcode;
} bell_trace_entry;

/** bell_worker_create_workload - check the config, create the worker's qpair (depth qdepth+1) and buffers; admin.
 * With a trace of trace_count entries, which is copied, the worker sends that instead of I/Os that it draws: sizes,
 * operations, random_percent and the limits of the pace are not looked at then. -EINVAL names the parameter. */
BELL_API int bell_worker_create_workload(bell_device *device, const bell_workload_config *config,
                                         const bell_trace_entry *trace, uint64_t trace_count, bell_worker **out);

/** bell_workers_start - start several workers that wait for each other before their first I/O; of one device or of
 * several. Either all start or none. */
BELL_API int bell_workers_start(bell_worker *const *workers, uint32_t count);

/* Counters of one operation of the workload, or of one opcode of its trace. */
typedef struct bell_worker_op {
    uint64_t opcode;
    uint64_t completed; /* commands that ended, errors and time-outs included */
    uint64_t bytes;     /* of LBAs that successful ones covered */
    uint64_t errors;
    uint64_t retries;
    uint64_t latency_sum_ns;
    uint64_t latency_min_ns; /* ~0 before the first */
    uint64_t latency_max_ns;
} bell_worker_op;

/** bell_worker_ops - copy the counters of up to max operations, in the order of the config. Returns their number. Safe
 * from any thread, as all that follow. */
BELL_API int bell_worker_ops(bell_worker *worker, bell_worker_op *out, uint32_t max);

/** bell_worker_histogram - BELL_HISTOGRAM_BUCKETS live counts of the latencies of an operation; operations of one
 * opcode share them. Reads (02h) and writes (01h) are those of bell_worker_counters. NULL: there are none. */
BELL_API const uint64_t *bell_worker_histogram(bell_worker *worker, uint32_t op);

/* What ended in one interval: not cumulative. Latencies are upper ends of histogram buckets; 0 without any. */
typedef struct bell_worker_interval {
    uint64_t number; /* 0, 1, 2 ... */
    uint64_t start_ns;
    uint64_t end_ns;
    uint64_t reads;
    uint64_t writes;
    uint64_t others;
    uint64_t read_bytes;
    uint64_t write_bytes;
    uint64_t errors;
    uint64_t latency_sum_ns;
    uint64_t latency_min_ns;
    uint64_t p50_ns;
    uint64_t p99_ns;
    uint64_t p999_ns;
    uint64_t p9999_ns;
    uint64_t latency_max_ns;
} bell_worker_interval;

/** bell_worker_intervals - copy finished intervals from number `from` on, oldest first. Returns their number and sets
 * *next to the number to ask for next time. The last 8192 are kept. */
BELL_API int bell_worker_intervals(bell_worker *worker, uint64_t from, bell_worker_interval *out, uint32_t max,
                                   uint64_t *next);

/* A command that is kept with how it ended. */
typedef struct bell_worker_command {
    uint64_t sequence; /* of errors: 0, 1, 2 ...; of the slowest: the number of I/Os completed before */
    uint64_t submitted_ns;
    uint64_t completed_ns;
    uint8_t sqe[64];
    uint8_t cqe[16];
    uint32_t attempts; /* how often it had been sent */
    uint32_t flags;    /* BELL_CQ_TIMEOUT */
} bell_worker_command;

/** bell_worker_errors - copy commands that failed, those that were sent again included, from sequence number `from`
 * on; the last 1024 are kept. Otherwise as bell_worker_intervals. */
BELL_API int bell_worker_errors(bell_worker *worker, uint64_t from, bell_worker_command *out, uint32_t max,
                                uint64_t *next);

/** bell_worker_slowest - copy the slowest commands, slowest first. Returns their number. */
BELL_API int bell_worker_slowest(bell_worker *worker, bell_worker_command *out, uint32_t max);

typedef struct bell_worker_io {
    uint64_t lba;
    uint64_t completed_ns;
    uint32_t lbas;
    uint16_t opcode;
    uint16_t status; /* status field of the completion, 0: success */
} bell_worker_io;

/** bell_worker_last - copy the last completed I/Os, oldest first, up to bell_workload_config.last of them. Returns
 * their number. */
BELL_API int bell_worker_last(bell_worker *worker, bell_worker_io *out, uint32_t max);

/* ---- faults of the simulator ------------------------------------------------------------------------------------
 *
 * Since ABI 1.1. A fault plan is a list of rules, each "when this happens, then do that". For each command (or other
 * trigger) the first rule that applies decides. docs/simulator.md describes the text form; bell_fault_rule is the same
 * in binary form, for bindings.
 */

#define BELL_FAULT_MAX_RULES 64u
#define BELL_FAULT_DWORDS    4u

/* bell_fault_rule.trigger */
enum {
    BELL_FAULT_ON_COMMAND = 0,
    BELL_FAULT_ON_ENABLE = 1,   /* CC.EN 0 to 1 */
    BELL_FAULT_ON_DISABLE = 2,  /* CC.EN 1 to 0 */
    BELL_FAULT_ON_SHUTDOWN = 3, /* CC.SHN set */
    BELL_FAULT_ON_REGISTER = 4, /* the host reads a register in BAR0 */
    BELL_FAULT_ON_TIME = 5      /* once, after_ns after the rule came into force */
};

/* bell_fault_rule.queue; 0 is the admin queue, others are queue ids */
#define BELL_FAULT_QUEUE_ANY 0xffffffffu
#define BELL_FAULT_QUEUE_IO  0xfffffffeu

/* bell_fault_rule.matches: which of the fields below it counts */
#define BELL_FAULT_MATCH_OPCODE   0x1u
#define BELL_FAULT_MATCH_NSID     0x2u
#define BELL_FAULT_MATCH_LBA      0x4u
#define BELL_FAULT_MATCH_REGISTER 0x8u

/* bell_fault_rule.effects */
#define BELL_FAULT_DELAY        0x00001u /* the completion (CSTS change, register value) comes late */
#define BELL_FAULT_DROP         0x00002u /* neither executed nor completed */
#define BELL_FAULT_STATUS       0x00004u /* completed with this status */
#define BELL_FAULT_CORRUPT      0x00008u /* bits of the data are inverted on their way */
#define BELL_FAULT_CID          0x00010u
#define BELL_FAULT_DUPLICATE    0x00020u /* the completion is posted again */
#define BELL_FAULT_PHASE        0x00040u /* the completion has the phase tag of the last round */
#define BELL_FAULT_SQID         0x00080u
#define BELL_FAULT_SQHD         0x00100u
#define BELL_FAULT_NO_INTERRUPT 0x00200u
#define BELL_FAULT_FATAL        0x00400u /* CSTS.CFS */
#define BELL_FAULT_STALL        0x00800u /* no command is fetched or completed; CC.EN=0 ends it */
#define BELL_FAULT_HANG         0x01000u /* the same, and CC is not followed; a function level or NSSR reset ends it */
#define BELL_FAULT_REMOVE       0x02000u /* all reads are ones, all writes are lost */
#define BELL_FAULT_RESET        0x04000u /* the controller resets itself */
#define BELL_FAULT_STUCK        0x08000u /* the CSTS change never comes */
#define BELL_FAULT_EVENT        0x10000u /* an asynchronous event is reported */
/* What goes over the wire of an NVMe/TCP target (1.2); elsewhere they do nothing. */
#define BELL_FAULT_PDU_DROP          0x01000000u /* the answer's PDUs are not sent */
#define BELL_FAULT_PDU_HEADER_DIGEST 0x02000000u /* the answer's first PDU has a wrong header digest */
#define BELL_FAULT_PDU_DATA_DIGEST   0x04000000u /* C2HData has a wrong data digest */
#define BELL_FAULT_PDU_MALFORMED     0x08000000u /* the answer's first PDU has a type that does not exist */
#define BELL_FAULT_PDU_DISCONNECT    0x10000000u /* the connection is closed instead of the answer */

typedef struct bell_fault_rule {
    uint32_t enabled; /* 0: the rule is switched off */
    uint32_t trigger; /* BELL_FAULT_ON_... */
    uint32_t matches; /* BELL_FAULT_MATCH_... */
    uint32_t queue;   /* BELL_FAULT_QUEUE_... or an id */
    uint32_t opcode;  /* 0..255 */
    uint32_t nsid;
    uint32_t register_offset; /* in BAR0, a multiple of 4 */
    uint32_t dword_count;     /* 0..4; all of them must hold: (dword & mask) == value */
    uint32_t dword_index[4];  /* 0..15 */
    uint32_t dword_mask[4];
    uint32_t dword_value[4];
    uint64_t lba_first; /* the command touches a block of lba_first..lba_last */
    uint64_t lba_last;
    uint64_t after_ns;
    uint64_t skip;       /* of what matches, the first so many are left alone */
    uint64_t every;      /* of the rest, each so-manieth is hit; 0 and 1: all */
    uint64_t times;      /* at most so many are hit; 0: no limit */
    uint32_t chance_ppb; /* probability in 1e-9; 0: always */
    uint32_t effects;    /* BELL_FAULT_... */
    uint64_t delay_min_ns;
    uint64_t delay_max_ns; /* evenly spread between the two */
    uint64_t hold_ns;      /* of STALL, HANG, REMOVE; 0: for ever */
    uint32_t status;       /* SC, SCT << 8, MORE 2000h, DNR 4000h */
    uint32_t executed;     /* STATUS: 1: the command is executed all the same */
    uint32_t corrupt_bits;
    uint32_t corrupt_at; /* byte from which on bits are inverted; 0xffffffff: at random places */
    uint32_t cid;        /* 0xffffffff: bit 15 of the right one inverted */
    uint32_t sqid;
    uint32_t sqhd;
    uint32_t copies; /* DUPLICATE */
    uint32_t event;  /* completion dword 0: type, information << 8, log page << 16 */
    uint32_t reserved;
    uint64_t matched; /* commands that met the conditions, of those that no earlier rule took */
    uint64_t hits;    /* of these, those it was applied to */
} bell_fault_rule;

/** bell_faults_parse - the rules of a plan's text form. Returns their number; -EINVAL: the text of the error names the
 * rule and the word; -E2BIG: more than max. */
BELL_API int bell_faults_parse(const char *text, uint64_t *seed, bell_fault_rule *out, uint32_t max);

/** bell_faults_print - the text form of rules, one a line, NUL-terminated; bell_faults_parse reads it back. Returns its
 * length; -EINVAL: a rule that has no text form; -ENOSPC: longer than bytes - 1. */
BELL_API int bell_faults_print(uint64_t seed, const bell_fault_rule *rules, uint32_t count, char *out, uint32_t bytes);

/** bell_sim_faults_set - put a plan in force in place of the one before, from any thread; "" clears. Counters start at
 * 0. What an earlier plan holds (a stall, a hang, a removal, a stuck CSTS) ends. -ENOTSUP: not a simulator; -EINVAL:
 * the old plan stays. */
BELL_API int bell_sim_faults_set(bell_device *device, const char *plan);

/** bell_sim_faults_get - the rules in order, with their counters, from any thread. Returns their number; seed and on
 * may be NULL. */
BELL_API int bell_sim_faults_get(bell_device *device, uint64_t *seed, uint32_t *on, bell_fault_rule *out, uint32_t max);

/** bell_sim_faults_switch - switch one rule (from 0), or with 0xffffffff the whole plan, on or off, from any thread.
 * Counters stay. What the rule holds ends when it is switched off; a rule on time starts anew. */
BELL_API int bell_sim_faults_switch(bell_device *device, uint32_t rule, uint32_t on);

/* ---- serving a simulated device (1.1) -----------------------------------------------------------------------------
 */

typedef struct bell_server_info {
    uint32_t connected; /* 1 while a client is served */
    uint32_t reserved;
    uint64_t clients;   /* served so far, the present one included */
    uint64_t requests;  /* messages of clients that have left */
    char path[128];     /* the socket */
    char name[64];      /* the device, as bell_device_info.name */
    char last_end[160]; /* why the last client's connection ended, in words; "" before the first end */
} bell_server_info;

/**
 * bell_server_open - make a simulated device and a socket at which another process can use it, over the vfio-user
 * protocol (QEMU, docs/interop/vfio-user.rst): any client of it, such as bell_device_open("vfio-user:PATH").
 * @address: "sim:" with its options
 * @path: where the socket's file is made, at most 107 characters; its mode is 0600, for a client can do with the device
 * what it likes. The file that a killed server left there is replaced.
 *
 * One client at a time is served; others are told so and closed. When a client leaves, its memory and interrupts are
 * let go, the controller is as after power-on, and what is on the disk stays. Errors: -EINVAL, -ENOTSUP (no simulated
 * device), -EBUSY (the path is served), -EEXIST (something else is there), -EACCES, -ENOENT (no such folder).
 */
BELL_API int bell_server_open(const char *address, const char *path, bell_server **out);

/** bell_server_run - serve clients, one after the other, in the calling thread until bell_server_stop. One thread may
 * be in here. Return: 0 when it was stopped, or what made it impossible to go on. */
BELL_API int bell_server_run(bell_server *server);

/** bell_server_stop - let bell_server_run return, now and whenever it is called again; the client is disconnected. Safe
 * from any thread. */
BELL_API int bell_server_stop(bell_server *server);

/** bell_server_get_info - safe from any thread. */
BELL_API int bell_server_get_info(bell_server *server, bell_server_info *out);

/** bell_server_close - remove the socket's file, end the device and free. -EBUSY while a thread is in bell_server_run.
 */
BELL_API int bell_server_close(bell_server *server);

/* ---- serving simulated devices over NVMe/TCP (1.2) -----------------------------------------------------------------
 */

typedef struct bell_target_info {
    uint32_t connections;  /* now, discovery included */
    uint32_t associations; /* hosts that have a controller now */
    uint32_t exposed;      /* 1: it listens at an address that other machines reach */
    uint32_t reserved;
    uint64_t hosts;        /* associations so far, the present ones included, discovery left out */
    uint64_t commands;     /* capsules so far */
    char addresses[512];   /* at which it listens, one a line: "127.0.0.1:4420" */
    char subsystems[4096]; /* names of the subsystems, one a line */
    char last_end[160];    /* why the last association ended, in words; "" before the first end */
} bell_target_info;

/**
 * bell_target_open - make simulated devices and listen for NVMe/TCP hosts.
 * @text: one thing a line:
 *   "device sim:OPTIONS"  a device to serve, up to 16; each is a subsystem
 *   "nqn NQN"             the name of the device before; nqn.2026-01.dev.doorbell:sim:SERIAL unless told
 *   "listen ADDRESS"      an IPv4 or IPv6 address with or without a port, as "127.0.0.1:4420", "[::1]" or
 *                         "127.0.0.1:0" (any free port); up to 8. 127.0.0.1:4420 unless told
 *   "referral ADDRESS"    another discovery service that the discovery log page names, up to 16
 *   "trace PATH"          a pcapng file of everything that is sent and received
 *
 * A device has one controller: a second host is told that it is busy. When a host leaves, the controller is as after
 * power-on, and what is on the disk stays. There is no authentication: whoever can connect can read and write the disk.
 * Errors: -EINVAL, -ENOTSUP (no simulated device), -EEXIST (two subsystems of one name), -EADDRINUSE, -EACCES and
 * others of the address or the file.
 */
BELL_API int bell_target_open(const char *text, bell_target **out);

/** bell_target_run - serve hosts in the calling thread until bell_target_stop. One thread may be in here. Return: 0
 * when it was stopped, or what made it impossible to go on. */
BELL_API int bell_target_run(bell_target *target);

/** bell_target_stop - let bell_target_run return. Safe from any thread. */
BELL_API int bell_target_stop(bell_target *target);

/** bell_target_get_info - safe from any thread. */
BELL_API int bell_target_get_info(bell_target *target, bell_target_info *out);

/** bell_target_close - disconnect hosts, end the devices and free. -EBUSY while a thread is in bell_target_run; -EIO:
 * the trace could not be written to its end, all else is done. */
BELL_API int bell_target_close(bell_target *target);

/* ---- data verification -------------------------------------------------------------------------------------------
 *
 * Since ABI 1.2. The driver remembers what was written to each block of a namespace, by 30 bits of its CRC-32C, and
 * compares what is read. Off until bell_integrity_open; docs/verification.md says which commands are followed and how.
 */

/* bell_integrity_config.flags */
#define BELL_INTEGRITY_NO_STAMPS 0x1u /* leave the data of written blocks as it is */

typedef struct bell_integrity_config {
    uint64_t lbas; /* size of the namespace */
    uint32_t nsid;
    uint32_t lba_bytes;      /* data bytes of an LBA */
    uint32_t metadata_bytes; /* that follow the data of each LBA in the buffer; 0: none, or separate */
    uint32_t pi_bytes;       /* of protection information, which PRACT inserts and strips; 0: none */
    uint32_t format;         /* index of the LBA format: a Format NVM to another one suspends verification */
    uint32_t deallocated;    /* what deallocated blocks read as: 0 anything, 1 zeroes, 2 ones (DLFEAT 2:0) */
    uint32_t flags;          /* BELL_INTEGRITY_... */
    uint32_t reserved;
    uint64_t keep_bytes; /* memory for copies of blocks that callers wrote, shown beside what was found; 0: none */
} bell_integrity_config;

typedef struct bell_integrity_info {
    uint64_t lbas;
    uint32_t nsid;
    uint32_t lba_bytes;
    uint32_t checking;  /* 1: reads are compared */
    uint32_t suspended; /* 1: the namespace was deleted or formatted differently; nothing is followed any more */
    uint64_t written;   /* blocks whose content was taken down */
    uint64_t checked;   /* blocks read that were compared */
    uint64_t unknown;   /* blocks read of which nothing was known */
    uint64_t skipped;   /* blocks read that were not judged: changed meanwhile, or their data was not found */
    uint64_t miscompares;
    uint64_t doubtful; /* blocks of which more than one content is right now */
    uint64_t version;  /* of the next block written */
    uint64_t reserved[4];
} bell_integrity_info;

/* bell_miscompare.kind */
enum {
    BELL_MISCOMPARE_DATA = 1,      /* other data than was written */
    BELL_MISCOMPARE_STALE = 2,     /* an older version of the block: a write was lost */
    BELL_MISCOMPARE_MISPLACED = 3, /* the stamp of another LBA */
    BELL_MISCOMPARE_NOT_BLANK = 4, /* a zeroed or deallocated block does not read as promised */
    BELL_MISCOMPARE_READABLE = 5,  /* a block marked uncorrectable was read, or verified, without an error */
    BELL_MISCOMPARE_VERDICT = 6    /* Compare said otherwise than what is known of the block */
};

/* bell_miscompare.expected_state and bell_integrity_state: what is known of a block */
enum {
    BELL_BLOCK_UNKNOWN = 0,
    BELL_BLOCK_WRITTEN = 1,
    BELL_BLOCK_ZEROED = 2,
    BELL_BLOCK_UNCORRECTABLE = 3,
    BELL_BLOCK_DOUBTFUL = 4, /* one of several contents is right: a write failed, or writes overlapped */
    BELL_BLOCK_TRIMMED = 5,  /* deallocated: what it held before, or what is promised */
    BELL_BLOCK_FORMATTED = 6 /* not written since the last format or sanitize */
};

/* bell_miscompare.has */
#define BELL_MISCOMPARE_EXPECTED_TOKEN 0x1u /* expected_token is known */
#define BELL_MISCOMPARE_EXPECTED_BLOCK 0x2u /* the expected block was kept */
#define BELL_MISCOMPARE_FOUND_BLOCK    0x4u /* the found one; not of Compare and Verify */

typedef struct bell_miscompare {
    uint64_t sequence; /* 0, 1, 2 ... of this namespace */
    uint64_t lba;
    uint64_t blocks; /* 1; more where Compare does not tell which */
    uint64_t time_ns;
    uint64_t expected_token; /* see has; the expected stamp's LBA is lba */
    uint64_t found_lba;      /* the found stamp */
    uint64_t found_token;
    uint32_t kind;           /* BELL_MISCOMPARE_... */
    uint32_t expected_state; /* BELL_BLOCK_... */
    uint32_t expected_crc;   /* the lowest two bits are not known, and 0 */
    uint32_t found_crc;
    uint32_t first_byte; /* first and number of bytes that differ, where both blocks are there */
    uint32_t byte_count;
    uint32_t has;
    uint32_t lba_bytes;
    uint16_t qid;
    uint16_t cid;
    uint8_t opcode;
    uint8_t reserved[3];
} bell_miscompare;

/** bell_integrity_open - begin to follow a namespace: from now on every command to it, on any queue of this device.
 * Errors: -EINVAL names the parameter, -EEXIST (it is followed already), -ENOMEM, -EBUSY (a worker is open, whose
 * writes would not be followed). */
BELL_API int bell_integrity_open(bell_device *device, const bell_integrity_config *config, bell_integrity **out);

/** bell_integrity_close - what is known is lost; commands that are outstanding end unjudged. -EBUSY while a worker
 * verifies with it. */
BELL_API int bell_integrity_close(bell_integrity *integrity);

/** bell_integrity_check - on 0: go on taking down what is written, but compare nothing. It starts on. Any thread. */
BELL_API int bell_integrity_check(bell_integrity *integrity, int on);

/** bell_qpair_check - on 0: reads on this qpair are not compared; what it writes is taken down all the same. Any
 * thread. */
BELL_API int bell_qpair_check(bell_qpair *qpair, int on);

/** bell_integrity_get_info - any thread. */
BELL_API int bell_integrity_get_info(bell_integrity *integrity, bell_integrity_info *out);

/** bell_integrity_state - what is known of a block, BELL_BLOCK_...; any thread. -EINVAL (beyond the namespace). */
BELL_API int bell_integrity_state(bell_integrity *integrity, uint64_t lba);

/** bell_integrity_forget - these blocks were changed by other means: nothing is known of them. Any thread. */
BELL_API int bell_integrity_forget(bell_integrity *integrity, uint64_t lba, uint64_t count);

/** bell_integrity_save - write what is known to a file, for bell_integrity_load after a power cycle. Blocks with
 * commands outstanding are saved as unknown. Any thread. -errno names the file. */
BELL_API int bell_integrity_save(bell_integrity *integrity, const char *path);

/** bell_integrity_load - replace what is known by a file's content. Without commands outstanding. -EINVAL: another
 * size of namespace or block, or the file is damaged; what was known then stays. */
BELL_API int bell_integrity_load(bell_integrity *integrity, const char *path);

#define BELL_MISCOMPARES_KEPT 256u

/** bell_integrity_miscompares - copy miscompares from sequence number `from` on, oldest first; the last
 * BELL_MISCOMPARES_KEPT are kept. Returns how many, and sets *next to the number to ask for next time. Any thread. */
BELL_API int bell_integrity_miscompares(bell_integrity *integrity, uint64_t from, bell_miscompare *out, uint32_t max,
                                        uint64_t *next);

/** bell_integrity_block - copy the block that a miscompare found (found 1) or expected (0), lba_bytes. -ENOENT: the
 * miscompare, or the block, is not kept. Any thread. */
BELL_API int bell_integrity_block(bell_integrity *integrity, uint64_t sequence, int found, void *out, uint32_t bytes);

#ifdef __cplusplus
}
#endif
#endif
