/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Type 1 header, PCI Express Base 4.0 §7.5.1.3 */
enum {
    BRIDGE_BUSES = 0x18,
    BRIDGE_MEMORY = 0x20,
    BRIDGE_PREFETCHABLE = 0x24,
    BRIDGE_CONTROL = 0x3e,
    BRIDGE_CONTROL_RESET = 0x40,
};

static uint64_t port_address(uint32_t controller)
{
    return ECAM + ((uint64_t)(BELL_QEMU_FIRST_PORT + controller) << 15);
}

/* Bus 0 is the board's own; behind it, each controller has a bus. */
uint64_t bell_qemu_config_address(uint32_t controller, uint32_t devfn)
{
    return ECAM + ((uint64_t)(controller + 1) << 20) + ((uint64_t)devfn << 12);
}

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

/* One root port: its controller's bus behind it, the memory window open, the prefetchable one closed. */
static int port_program(struct bell_qemu_machine *machine, uint32_t controller)
{
    uint64_t from = BELL_QEMU_WINDOW + controller * BELL_QEMU_WINDOW_BYTES;
    uint32_t window = (uint32_t)((from + BELL_QEMU_WINDOW_BYTES - 1) & 0xfff00000u) | (uint32_t)(from >> 16);
    const struct {
        uint32_t reg;
        uint32_t value;
    } registers[] = {
        {BRIDGE_BUSES, 0x00010100 * (controller + 1)},
        {BRIDGE_MEMORY, window},
        {BRIDGE_PREFETCHABLE, 0x0000fff0},
        {PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER},
    };
    int err = 0;

    for (size_t i = 0; err == 0 && i < sizeof registers / sizeof registers[0]; i++)
        err = bell_qtest_store(&machine->qtest, port_address(controller) + registers[i].reg, 4, registers[i].value);
    return err;
}

/* The part of a firmware: ECAM on, and the way to each controller open. */
static int buses_program(struct bell_qemu_machine *machine)
{
    int err = host_bridge_write(machine, PCIEXBAR_HIGH, 0);

    if (err == 0)
        err = host_bridge_write(machine, PCIEXBAR_LOW, (uint32_t)ECAM | 1);
    for (uint32_t i = 0; err == 0 && i < machine->options.controllers; i++)
        err = port_program(machine, i);
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

static int machine_spawn(struct bell_qemu_machine *machine, const struct handed *handed)
{
    struct bell_qemu_command *command = malloc(sizeof *command);
    int err;

    if (command == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    bell_qemu_command_make(command, &machine->options, BELL_QEMU_RAM_BYTES);
    err = bell_qemu_process_start(&machine->process, command->argv, handed->socket, handed->files, handed->count);
    free(command);
    return err;
}

static void machine_end(struct bell_qemu_machine *machine)
{
    bell_qemu_process_end(&machine->process);
    bell_qtest_destroy(&machine->qtest);
    bell_dma_pool_destroy(&machine->pool);
    munmap(machine->ram, BELL_QEMU_RAM_BYTES);
    free(machine);
}

static int machine_start(const struct bell_qemu_options *options, struct bell_qemu_machine **out)
{
    struct bell_qemu_machine *machine = calloc(1, sizeof *machine);
    struct handed handed = {.socket = -1};
    int socket = -1;
    int err;

    if (machine == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    machine->options = *options;
    err = handed_open(machine, options, &handed, &socket);
    if (err == 0)
        err = machine_spawn(machine, &handed);
    handed_close(&handed);
    if (err != 0) {
        if (socket >= 0)
            close(socket);
        if (machine->ram != NULL)
            munmap(machine->ram, BELL_QEMU_RAM_BYTES);
        free(machine);
        return err;
    }
    bell_qtest_init(&machine->qtest, socket);
    machine->qtest.pid = machine->process.pid;
    bell_dma_pool_init(&machine->pool, machine->ram, BELL_QEMU_RAM_FIRST, BELL_QEMU_RAM_BYTES);
    err = hello(machine);
    if (err == 0)
        err = buses_program(machine);
    if (err != 0)
        machine_end(machine);
    else
        *out = machine;
    return err;
}

/* ---- machines with a name ------------------------------------------------------------------------------------------
 */

static int shared_make(const char *key, void *context, struct bell_shared **out)
{
    const struct bell_qemu_options *options = context;
    struct bell_qemu_machine *machine = NULL;
    int err;

    if (options->controller >= options->controllers || options->vf > options->vfs)
        return bell_error_set(-ENOENT,
                              "qemu: machine=%s: is not running here; open it first with the options that say what it "
                              "is like (controllers=, vfs=)",
                              options->machine);
    err = machine_start(options, &machine);
    if (err != 0)
        return err;
    machine->taken[options->controller][options->vf] = true;
    *out = &machine->shared;
    return 0;
}

static int shared_join(struct bell_shared *shared, void *context)
{
    struct bell_qemu_machine *machine = (struct bell_qemu_machine *)shared;
    const struct bell_qemu_options *options = context;

    if (atomic_load(&machine->qtest.lost))
        return bell_error_set(-EIO, "qemu: machine=%s: its QEMU has ended; close the devices that have it open first",
                              options->machine);
    if (options->shaped && !bell_qemu_options_same_machine(options, &machine->options))
        return bell_error_set(-EINVAL,
                              "qemu: machine=%s: runs already with other options; give it another name, or leave out "
                              "all options but machine=, controller= and vf=",
                              options->machine);
    if (options->controller >= machine->options.controllers)
        return bell_error_set(-EINVAL, "qemu: controller=%u: machine %s has %u, counted from 0", options->controller,
                              options->machine, machine->options.controllers);
    if (options->vf > machine->options.vfs)
        return bell_error_set(-EINVAL, "qemu: vf=%u: machine %s has %u", options->vf, options->machine,
                              machine->options.vfs);
    if (machine->taken[options->controller][options->vf])
        return bell_error_set(-EBUSY, "qemu: machine=%s: this process has controller %u, vf %u open already",
                              options->machine, options->controller, options->vf);
    machine->taken[options->controller][options->vf] = true;
    return 0;
}

static void shared_end(struct bell_shared *shared)
{
    machine_end((struct bell_qemu_machine *)shared);
}

static const struct bell_shared_kind machines = {shared_make, shared_join, shared_end};

int bell_qemu_machine_get(const struct bell_qemu_options *options, struct bell_qemu_machine **out)
{
    struct bell_qemu_options wanted = *options;
    char key[sizeof options->machine + 8];
    struct bell_shared *shared = NULL;
    int err;

    if (options->machine[0] == '\0')
        return machine_start(options, out);
    snprintf(key, sizeof key, "qemu:%s", options->machine);
    err = bell_shared_get(&machines, key, &wanted, &shared);
    *out = (struct bell_qemu_machine *)shared;
    return err;
}

void bell_qemu_machine_put(struct bell_qemu_machine *machine, uint32_t controller, uint32_t vf)
{
    if (machine->options.machine[0] == '\0') {
        machine_end(machine);
        return;
    }
    bell_shared_lock();
    machine->taken[controller][vf] = false;
    bell_shared_unlock();
    bell_shared_put(&machines, &machine->shared);
}

int bell_qemu_hot_reset(struct bell_qemu_machine *machine, uint32_t controller)
{
    uint64_t port = port_address(controller);
    uint64_t control;
    int err = bell_qtest_load(&machine->qtest, port + BRIDGE_CONTROL, 2, &control);

    if (err == 0)
        err = bell_qtest_store(&machine->qtest, port + BRIDGE_CONTROL, 2, control | BRIDGE_CONTROL_RESET);
    if (err == 0)
        err = bell_qtest_store(&machine->qtest, port + BRIDGE_CONTROL, 2, control);
    return err;
}
