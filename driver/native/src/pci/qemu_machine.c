/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pci/qemu_command.h"
#include "pci/qemu_disk.h"
#include "spec/pci.h"
#include "support/error.h"

/* Intel 3 Series chipset (Q35) data sheet §5: PCIEXBAR of the host bridge. */
#define ECAM          0xb0000000ull
#define PCIEXBAR_LOW  0x60u
#define PCIEXBAR_HIGH 0x64u
#define PORT_ADDRESS  0xcf8u
#define PORT_DATA     0xcfcu

#define ROOT_PORT  (ECAM + (3u << 15))
#define CONTROLLER (ECAM + (1u << 20))

/* Type 1 header, PCI Express Base 4.0 §7.5.1.3 */
enum {
    BRIDGE_BUSES = 0x18,
    BRIDGE_MEMORY = 0x20,
    BRIDGE_PREFETCHABLE = 0x24,
    BRIDGE_CONTROL = 0x3e,
    BRIDGE_CONTROL_RESET = 0x40,
};

static int ram_map(struct bell_qemu_machine *machine, int *fd)
{
    void *ram;

    *fd = memfd_create("doorbell-ram", MFD_CLOEXEC);
    if (*fd < 0 || ftruncate(*fd, (off_t)BELL_QEMU_RAM_BYTES) != 0)
        return bell_error_set(-errno, "qemu: no memory file: %s", strerror(errno));
    ram = mmap(NULL, BELL_QEMU_RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, *fd, 0);
    if (ram == MAP_FAILED)
        return bell_error_set(-errno, "qemu: cannot map the machine's RAM: %s", strerror(errno));
    /* A process forked by somebody else has no business with it. */
    madvise(ram, BELL_QEMU_RAM_BYTES, MADV_DONTFORK);
    madvise(ram, BELL_QEMU_RAM_BYTES, MADV_DONTDUMP);
    machine->ram = ram;
    return 0;
}

static int host_bridge_write(struct bell_qemu_machine *machine, uint32_t reg, uint32_t value)
{
    int err = bell_qtest_out(&machine->qtest, PORT_ADDRESS, 0x80000000u | reg);

    return err != 0 ? err : bell_qtest_out(&machine->qtest, PORT_DATA, value);
}

/* The part of a firmware: ECAM on, the controller on bus 1, the memory window open, the prefetchable one closed. */
static int buses_program(struct bell_qemu_machine *machine)
{
    uint32_t window =
        (uint32_t)((BELL_QEMU_WINDOW + BELL_QEMU_WINDOW_BYTES - 1) & 0xfff00000u) | (uint32_t)(BELL_QEMU_WINDOW >> 16);
    const struct {
        uint32_t reg;
        uint32_t value;
    } root_port[] = {
        {BRIDGE_BUSES, 0x00010100},
        {BRIDGE_MEMORY, window},
        {BRIDGE_PREFETCHABLE, 0x0000fff0},
        {PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER},
    };
    int err = host_bridge_write(machine, PCIEXBAR_HIGH, 0);

    if (err == 0)
        err = host_bridge_write(machine, PCIEXBAR_LOW, (uint32_t)ECAM | 1);
    for (size_t i = 0; err == 0 && i < sizeof root_port / sizeof root_port[0]; i++)
        err = bell_qtest_store(&machine->qtest, ROOT_PORT + root_port[i].reg, 4, root_port[i].value);
    return err;
}

static int hello(struct bell_qemu_machine *machine)
{
    char complaint[256];

    if (bell_qtest_hello(&machine->qtest) == 0)
        return 0;
    bell_qemu_process_complaint(&machine->process, complaint, sizeof complaint);
    if (strstr(complaint, "lock") != NULL)
        return bell_error_set(-EBUSY, "qemu: the disk image is in use by another program (%s)", complaint);
    return bell_error_set(-EIO, "qemu: QEMU did not start: %s", complaint[0] != '\0' ? complaint : "it said nothing");
}

/* What QEMU gets from us; closed on our side once it runs. */
struct handed {
    int socket;
    int files[1 + BELL_QEMU_NAMESPACES_MAX]; /* RAM, disks */
    size_t count;
};

static void handed_close(struct handed *handed)
{
    if (handed->socket >= 0)
        close(handed->socket);
    while (handed->count > 0)
        close(handed->files[--handed->count]);
}

static int handed_open(struct bell_qemu_machine *machine, const struct bell_qemu_options *options,
                       struct handed *handed, int *socket)
{
    int sockets[2];
    int ram = -1;
    int err = ram_map(machine, &ram);

    if (ram >= 0)
        handed->files[handed->count++] = ram;
    for (uint32_t i = 0; err == 0 && i < options->ns; i++) {
        int disk = bell_qemu_disk_open(options, &machine->disk_bytes);

        if (disk < 0)
            return disk;
        handed->files[handed->count++] = disk;
    }
    if (err == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        err = bell_error_set(-errno, "qemu: no socket: %s", strerror(errno));
    if (err == 0) {
        *socket = sockets[0];
        handed->socket = sockets[1];
    }
    return err;
}

static int machine_spawn(struct bell_qemu_machine *machine, const struct bell_qemu_options *options,
                         const struct handed *handed)
{
    struct bell_qemu_command command;

    bell_qemu_command_make(&command, options, BELL_QEMU_RAM_BYTES);
    return bell_qemu_process_start(&machine->process, command.argv, handed->socket, handed->files, handed->count);
}

int bell_qemu_machine_start(struct bell_qemu_machine *machine, const struct bell_qemu_options *options)
{
    struct handed handed = {.socket = -1};
    int socket = -1;
    int err;

    memset(machine, 0, sizeof *machine);
    err = handed_open(machine, options, &handed, &socket);
    if (err == 0)
        err = machine_spawn(machine, options, &handed);
    handed_close(&handed);
    if (err != 0) {
        if (socket >= 0)
            close(socket);
        if (machine->ram != NULL)
            munmap(machine->ram, BELL_QEMU_RAM_BYTES);
        return err;
    }
    bell_qtest_init(&machine->qtest, socket);
    err = hello(machine);
    if (err == 0)
        err = buses_program(machine);
    if (err != 0)
        bell_qemu_machine_end(machine);
    return err;
}

void bell_qemu_machine_end(struct bell_qemu_machine *machine)
{
    bell_qemu_process_end(&machine->process);
    bell_qtest_destroy(&machine->qtest);
    munmap(machine->ram, BELL_QEMU_RAM_BYTES);
}

int bell_qemu_config_read(struct bell_qemu_machine *machine, uint32_t offset, uint32_t width, uint32_t *value)
{
    uint64_t wide;
    int err = bell_qtest_load(&machine->qtest, CONTROLLER + offset, width, &wide);

    *value = (uint32_t)wide;
    return err;
}

int bell_qemu_config_write(struct bell_qemu_machine *machine, uint32_t offset, uint32_t width, uint32_t value)
{
    return bell_qtest_store(&machine->qtest, CONTROLLER + offset, width, value);
}

int bell_qemu_hot_reset(struct bell_qemu_machine *machine)
{
    uint64_t control;
    int err = bell_qtest_load(&machine->qtest, ROOT_PORT + BRIDGE_CONTROL, 2, &control);

    if (err == 0)
        err = bell_qtest_store(&machine->qtest, ROOT_PORT + BRIDGE_CONTROL, 2, control | BRIDGE_CONTROL_RESET);
    if (err == 0)
        err = bell_qtest_store(&machine->qtest, ROOT_PORT + BRIDGE_CONTROL, 2, control);
    return err;
}
