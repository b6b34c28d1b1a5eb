/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qemu_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/error.h"

extern char **environ;

enum {
    LIFE_FD = BELL_QEMU_FIRST_FD - 1,
    /* Descriptors are first moved up here, so that none is in the way of a number that the child gets. */
    ABOVE_FD = BELL_QEMU_FIRST_FD + BELL_QEMU_INHERIT_MAX,
};

/* The kernel signals on the hang-up of the pipe for as long as the open file lives, which is as long as the child does.
 */
static int life_bind(int reader, pid_t pid)
{
    if (fcntl(reader, F_SETOWN, pid) != 0 || fcntl(reader, F_SETSIG, SIGKILL) != 0 ||
        fcntl(reader, F_SETFL, O_ASYNC) != 0)
        return bell_error_set(-errno, "qemu: cannot tie QEMU's life to ours: %s", strerror(errno));
    return 0;
}

static int spawn(pid_t *pid, char *const argv[], int stdio, int log, const int fds[], size_t count)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    int err;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, stdio, 0);
    posix_spawn_file_actions_adddup2(&actions, stdio, 1);
    posix_spawn_file_actions_adddup2(&actions, log, 2);
    for (size_t i = 0; i < count; i++)
        posix_spawn_file_actions_adddup2(&actions, fds[i], LIFE_FD + (int)i);
    posix_spawn_file_actions_addclosefrom_np(&actions, LIFE_FD + (int)count);

    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);

    err = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (err == ENOENT)
        return bell_error_set(-ENOENT, "qemu: needs %s, which is not installed: apt install qemu-system-x86", argv[0]);
    if (err != 0)
        return bell_error_set(-err, "qemu: cannot start %s: %s", argv[0], strerror(err));
    return 0;
}

int bell_qemu_process_start(struct bell_qemu_process *process, char *const argv[], int stdio, const int inherit[],
                            size_t count)
{
    int fds[1 + BELL_QEMU_INHERIT_MAX];
    int life[2];
    size_t moved = 0;
    int err = 0;

    *process = (struct bell_qemu_process){.life = -1, .log = -1};
    if (pipe2(life, O_CLOEXEC) != 0)
        return bell_error_set(-errno, "qemu: no pipe: %s", strerror(errno));
    process->life = life[1];
    process->log = memfd_create("qemu-log", MFD_CLOEXEC);
    for (; moved < count + 1; moved++) {
        fds[moved] = fcntl(moved == 0 ? life[0] : inherit[moved - 1], F_DUPFD_CLOEXEC, ABOVE_FD);
        if (fds[moved] < 0)
            break;
    }
    if (process->log < 0 || moved != count + 1)
        err = bell_error_set(-EMFILE, "qemu: too many open files");
    if (err == 0)
        err = spawn(&process->pid, argv, stdio, process->log, fds, moved);
    if (err == 0)
        err = life_bind(life[0], process->pid);
    while (moved > 0)
        close(fds[--moved]);
    close(life[0]);
    if (err != 0)
        bell_qemu_process_end(process);
    return err;
}

void bell_qemu_process_complaint(const struct bell_qemu_process *process, char *text, size_t bytes)
{
    ssize_t got = pread(process->log, text, bytes - 1, 0);
    size_t length = got > 0 ? (size_t)got : 0;

    while (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    for (size_t i = 0; i < length; i++)
        text[i] = text[i] == '\n' ? ' ' : text[i];
}

void bell_qemu_process_end(struct bell_qemu_process *process)
{
    if (process->life >= 0)
        close(process->life);
    if (process->log >= 0)
        close(process->log);
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    *process = (struct bell_qemu_process){.life = -1, .log = -1};
}
