/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_command.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "pci/qemu_process.h"

/* I/O queues that stay with the physical function, and admin and I/O queues for each virtual one. */
enum { QUEUES_OF_PF = 16, QUEUES_OF_VF = 5 };

static void argument(struct bell_qemu_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void argument(struct bell_qemu_command *command, const char *format, ...)
{
    char *start = command->text + command->used;
    size_t room = sizeof command->text - command->used;
    va_list values;
    int length;

    va_start(values, format);
    length = vsnprintf(start, room, format, values);
    va_end(values);
    /* The space is for the most namespaces and rules there can be. */
    assert(length >= 0 && (size_t)length < room);
    assert(command->arguments + 1 < sizeof command->argv / sizeof command->argv[0]);
    command->used += (size_t)length + 1;
    command->argv[command->arguments++] = start;
    command->argv[command->arguments] = NULL;
}

static void machine(struct bell_qemu_command *command, uint64_t ram_bytes)
{
    /* The CPU never runs (-S), so what would run it hardly matters; no device but ours, no configuration of the user's.
     */
    static const char *const fixed[] = {
        "qemu-system-x86_64",
        "-machine",
        "q35,memory-backend=ram,usb=off,smbus=off,sata=off",
        "-accel",
        "tcg,tb-size=1",
        "-S",
        "-display",
        "none",
        "-nodefaults",
        "-no-user-config",
        "-qtest",
        "stdio",
        "-qtest-log",
        "none",
    };

    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        argument(command, "%s", fixed[i]);
    argument(command, "-m");
    argument(command, "%" PRIu64 "M", ram_bytes >> 20);
    argument(command, "-object");
    argument(command, "memory-backend-file,id=ram,size=%" PRIu64 "M,mem-path=/proc/self/fd/%d,share=on",
             ram_bytes >> 20, BELL_QEMU_FIRST_FD);
}

static bool has_subsystem(const struct bell_qemu_options *options)
{
    return options->controllers > 1 || options->vfs > 0;
}

/* Controllers that share namespaces, and virtual functions with their physical one, are of one subsystem. */
static void subsystem(struct bell_qemu_command *command)
{
    argument(command, "-device");
    argument(command, "nvme-subsys,id=subsystem,nqn=doorbell");
}

/* Flexible resources are what Virtualization Management moves among the functions. */
static void functions_format(char *text, size_t size, const struct bell_qemu_options *options)
{
    uint32_t flexible = options->vfs * QUEUES_OF_VF;

    text[0] = '\0';
    if (options->vfs > 0)
        snprintf(text, size,
                 ",sriov_max_vfs=%" PRIu32 ",sriov_vq_flexible=%" PRIu32 ",sriov_vi_flexible=%" PRIu32
                 ",max_ioqpairs=%" PRIu32 ",msix_qsize=%" PRIu32,
                 options->vfs, flexible, flexible, QUEUES_OF_PF + flexible, QUEUES_OF_PF + 1 + flexible);
}

static void controller(struct bell_qemu_command *command, const struct bell_qemu_options *options, uint32_t number)
{
    char functions[160];
    char memory[32] = "";

    functions_format(functions, sizeof functions, options);
    if (options->cmb != 0)
        snprintf(memory, sizeof memory, ",cmb_size_mb=%" PRIu64, options->cmb >> 20);
    argument(command, "-device");
    argument(command, "pcie-root-port,id=port%" PRIu32 ",chassis=%" PRIu32 ",slot=%" PRIu32 ",addr=%" PRIu32, number,
             number + 1, number + 1, BELL_QEMU_FIRST_PORT + number);
    argument(command, "-device");
    argument(command, "nvme,id=nvme%" PRIu32 ",bus=port%" PRIu32 ",serial=%s,mdts=%" PRIu32 "%s%s%s", number, number,
             options->serial, options->mdts, has_subsystem(options) ? ",subsys=subsystem" : "", memory, functions);
}

/* ---- disks ---------------------------------------------------------------------------------------------------------
 */

/* Part of an argument that grows. */
struct text {
    char *at;
    size_t room;
};

static void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void text_add(struct text *text, const char *format, ...)
{
    va_list values;
    int length;

    va_start(values, format);
    length = vsnprintf(text->at, text->room, format, values);
    va_end(values);
    assert(length >= 0 && (size_t)length < text->room);
    text->at += length;
    text->room -= (size_t)length;
}

/* A rule of QEMU's blkdebug, which stands between the format and the file; it counts in sectors of 512 bytes. */
static void rule_add(struct text *text, uint32_t *rules, const char *kind, int64_t sector)
{
    text_add(text, ",file.inject-error.%" PRIu32 ".event=none,file.inject-error.%" PRIu32 ".iotype=%s", *rules, *rules,
             kind);
    text_add(text, ",file.inject-error.%" PRIu32 ".errno=5,file.inject-error.%" PRIu32 ".once=off", *rules, *rules);
    if (sector >= 0)
        text_add(text, ",file.inject-error.%" PRIu32 ".sector=%" PRId64, *rules, sector);
    ++*rules;
}

static void bad_add(struct text *text, uint32_t *rules, const char *kind, const struct bell_qemu_bad *bad, uint32_t lba)
{
    if (bad->any)
        rule_add(text, rules, kind, -1);
    for (uint32_t i = 0; i < bad->count; i++)
        rule_add(text, rules, kind, (int64_t)(bad->lba[i] * (lba / 512)));
}

static void drive(struct bell_qemu_command *command, const struct bell_qemu_options *options, uint32_t nsid)
{
    uint32_t lba = options->format[nsid - 1].lba;
    bool bad = options->bad_reads.any || options->bad_reads.count > 0 || options->bad_writes.any ||
               options->bad_writes.count > 0 || options->bad_flushes;
    char room[4096];
    struct text text = {room, sizeof room};
    uint32_t rules = 0;

    text_add(&text, "driver=raw,if=none,id=disk%" PRIu32 ",discard=unmap", nsid);
    text_add(&text,
             bad ? ",file.driver=blkdebug,file.image.driver=file,file.image.filename=/proc/self/fd/%" PRIu32
                 : ",file.driver=file,file.filename=/proc/self/fd/%" PRIu32,
             BELL_QEMU_FIRST_FD + nsid);
    bad_add(&text, &rules, "read", &options->bad_reads, lba);
    bad_add(&text, &rules, "write", &options->bad_writes, lba);
    if (options->bad_flushes)
        rule_add(&text, &rules, "flush", -1);
    if (options->iops != 0)
        text_add(&text, ",throttling.iops-total=%" PRIu64, options->iops);
    if (options->bandwidth != 0)
        text_add(&text, ",throttling.bps-total=%" PRIu64, options->bandwidth);
    argument(command, "-drive");
    argument(command, "%s", room);
}

static void namespace(struct bell_qemu_command *command, const struct bell_qemu_options *options, uint32_t nsid)
{
    const struct bell_qemu_format *format = &options->format[nsid - 1];
    char zones[160] = "";
    struct text text = {zones, sizeof zones};

    if (format->zoned) {
        text_add(&text, ",zoned=on,zoned.zone_size=%" PRIu64, options->zone);
        if (options->zone_cap != 0)
            text_add(&text, ",zoned.zone_capacity=%" PRIu64, options->zone_cap);
        text_add(&text, ",zoned.max_open=%" PRIu32 ",zoned.max_active=%" PRIu32, options->max_open,
                 options->max_active);
    }
    drive(command, options, nsid);
    argument(command, "-device");
    argument(command,
             "nvme-ns,bus=nvme%" PRIu32 ",drive=disk%" PRIu32 ",nsid=%" PRIu32 ",logical_block_size=%" PRIu32
             ",physical_block_size=%" PRIu32 ",ms=%" PRIu32 ",pi=%" PRIu32 "%s%s%s",
             (nsid - 1) % options->controllers, nsid, nsid, format->lba, format->lba, format->ms, format->pi,
             format->guard == 64 ? ",pif=2" : "", format->shared ? "" : ",shared=off", zones);
}

void bell_qemu_command_make(struct bell_qemu_command *command, const struct bell_qemu_options *options,
                            uint64_t ram_bytes)
{
    command->arguments = 0;
    command->used = 0;
    machine(command, ram_bytes);
    if (has_subsystem(options))
        subsystem(command);
    for (uint32_t i = 0; i < options->controllers; i++)
        controller(command, options, i);
    for (uint32_t nsid = 1; nsid <= options->ns; nsid++)
    namespace(command, options, nsid);
}
