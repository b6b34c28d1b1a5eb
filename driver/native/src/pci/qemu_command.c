/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_command.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "pci/qemu_process.h"

#define ZONE_BYTES (UINT64_C(4) << 20)

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
    /* The space is for the most namespaces there can be. */
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

static void controller(struct bell_qemu_command *command, const struct bell_qemu_options *options)
{
    argument(command, "-device");
    argument(command, "pcie-root-port,id=rp0,chassis=1,slot=1,addr=3");
    argument(command, "-device");
    argument(command, "nvme,id=nvme0,bus=rp0,serial=%s,mdts=%" PRIu32, options->serial, options->mdts);
}

static void namespace(struct bell_qemu_command *command, const struct bell_qemu_options *options, uint32_t nsid)
{
    char zones[64] = "";

    if (options->zoned)
        snprintf(zones, sizeof zones, ",zoned=on,zoned.zone_size=%" PRIu64,
                 options->zone != 0 ? options->zone : ZONE_BYTES);
    argument(command, "-drive");
    argument(command, "file=/proc/self/fd/%" PRIu32 ",format=raw,if=none,id=disk%" PRIu32 ",discard=unmap",
             BELL_QEMU_FIRST_FD + nsid, nsid);
    argument(command, "-device");
    argument(command,
             "nvme-ns,bus=nvme0,drive=disk%" PRIu32 ",nsid=%" PRIu32 ",logical_block_size=%" PRIu32
             ",physical_block_size=%" PRIu32 ",ms=%" PRIu32 ",pi=%" PRIu32 "%s",
             nsid, nsid, options->lba, options->lba, options->ms, options->pi, zones);
}

void bell_qemu_command_make(struct bell_qemu_command *command, const struct bell_qemu_options *options,
                            uint64_t ram_bytes)
{
    command->arguments = 0;
    command->used = 0;
    machine(command, ram_bytes);
    controller(command, options);
    for (uint32_t nsid = 1; nsid <= options->ns; nsid++)
    namespace(command, options, nsid);
}
