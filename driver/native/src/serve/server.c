/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated device behind a socket: bell_server_... of doorbell.h. */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "doorbell.h"
#include "serve/session.h"
#include "sim/lend.h"
#include "support/clock.h"
#include "support/error.h"

enum { REFUSAL_MS = 100 }; /* for the first message of a client that is sent away */

struct bell_server {
    struct bell_pci_function *fn;
    int doorbells;
    int door;
    int stop;
    struct sockaddr_un place;
    dev_t device; /* of the socket's file: another one at its path is not ours to remove */
    ino_t inode;
    atomic_bool running;

    /* What bell_server_get_info reports; each is one atomic word. */
    _Atomic uint32_t connected;
    _Atomic uint64_t clients;
    _Atomic uint64_t requests;

    pthread_mutex_t lock; /* of what follows */
    char last_end[160];
};

/* ---- the socket -------------------------------------------------------------------------------------------------- */

static bool is_served(const struct sockaddr_un *place)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool served = fd >= 0 && (connect(fd, (const struct sockaddr *)place, sizeof *place) == 0 || errno == EAGAIN);

    if (fd >= 0)
        close(fd);
    return served;
}

/* A socket that a server left behind when it was killed makes way; anything else does not. */
static int place_clear(const struct sockaddr_un *place)
{
    struct stat status;

    if (lstat(place->sun_path, &status) != 0)
        return 0;
    if (!S_ISSOCK(status.st_mode))
        return bell_error_set(-EEXIST, "%s exists and is no socket; choose another path", place->sun_path);
    if (is_served(place))
        return bell_error_set(-EBUSY, "%s is served by another process; choose another path", place->sun_path);
    unlink(place->sun_path);
    return 0;
}

static int door_open(struct bell_server *server)
{
    const char *path = server->place.sun_path;
    struct stat status;
    int err = place_clear(&server->place);

    if (err != 0)
        return err;
    server->door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->door < 0)
        return bell_error_set(-errno, "%s: no socket: %s", path, strerror(errno));
    if (bind(server->door, (const struct sockaddr *)&server->place, sizeof server->place) != 0)
        return bell_error_set(-errno, "%s: no socket can be made there: %s", path, strerror(errno));
    if (lstat(path, &status) == 0) {
        server->device = status.st_dev;
        server->inode = status.st_ino;
    }
    /* Who may connect may read and write the disk: its owner. Nobody gets in before listen. */
    if (chmod(path, S_IRUSR | S_IWUSR) != 0 || listen(server->door, 8) != 0)
        return bell_error_set(-errno, "%s: nobody can connect there: %s", path, strerror(errno));
    return 0;
}

static void door_close(struct bell_server *server)
{
    struct stat status;

    if (server->door < 0)
        return;
    close(server->door);
    if (server->inode != 0 && lstat(server->place.sun_path, &status) == 0 && status.st_dev == server->device &&
        status.st_ino == server->inode)
        unlink(server->place.sun_path);
}

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static void server_free(struct bell_server *server)
{
    door_close(server);
    if (server->fn != NULL)
        server->fn->ops->close(server->fn);
    if (server->doorbells >= 0)
        close(server->doorbells);
    if (server->stop >= 0)
        close(server->stop);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

static int function_open(struct bell_server *server, const char *address)
{
    int err;

    if (strncmp(address, "sim:", 4) != 0)
        return bell_error_set(-ENOTSUP, "%s cannot be served: only simulated devices can, such as sim:size=4GiB",
                              address);
    err = bell_sim_open(address + 4, &server->fn);
    if (err != 0)
        server->fn = NULL;
    return err != 0 ? err : sim_lend(server->fn, &server->doorbells);
}

int bell_server_open(const char *address, const char *path, bell_server **out)
{
    struct bell_server *server;
    int err;

    if (!address || !path || !out)
        return bell_error_set(-EINVAL, "No device address, no socket path or no place for the server was given.");
    if (path[0] == '\0' || strlen(path) >= sizeof server->place.sun_path)
        return bell_error_set(-EINVAL, "\"%s\": a socket's path has 1 to %zu characters, this one has %zu", path,
                              sizeof server->place.sun_path - 1, strlen(path));
    server = calloc(1, sizeof *server);
    if (server == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    pthread_mutex_init(&server->lock, NULL);
    server->doorbells = -1;
    server->door = -1;
    server->place.sun_family = AF_UNIX;
    memcpy(server->place.sun_path, path, strlen(path));
    server->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    err = server->stop < 0 ? bell_error_set(-errno, "no eventfd: %s", strerror(errno)) : function_open(server, address);
    if (err == 0)
        err = door_open(server);
    if (err != 0) {
        server_free(server);
        return err;
    }
    *out = server;
    return 0;
}

int bell_server_close(bell_server *server)
{
    if (!server)
        return bell_error_set(-EINVAL, "No server was given.");
    if (atomic_load(&server->running))
        return bell_error_set(-EBUSY, "%s is still being served: call bell_server_stop and wait for bell_server_run.",
                              server->place.sun_path);
    server_free(server);
    return 0;
}

/* ---- serving ----------------------------------------------------------------------------------------------------- */

/* Say so to its first message, whatever it is, and hang up. */
static void refuse(int socket)
{
    struct bell_vu_message message;
    const uint64_t until = bell_now() + REFUSAL_MS * BELL_NS_PER_MS;
    const struct bell_vu_part nothing = {NULL, 0};

    if (bell_vu_message_init(&message) == 0 && bell_vu_receive(socket, &message, until) == 0) {
        struct vfio_user_header header = {.id = message.header.id,
                                          .command = message.header.command,
                                          .flags = VFIO_USER_REPLY | VFIO_USER_ERROR,
                                          .error = EBUSY};

        bell_vu_send(socket, &header, nothing, nothing, NULL, 0, until);
    }
    bell_vu_message_free(&message);
    close(socket);
}

static int knock_accept(const struct bell_server *server)
{
    return accept4(server->door, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* Return: SERVE_STOP, or 0 when the client has gone. */
static int client_serve(struct bell_server *server, int socket)
{
    static const char unheard[] = "its connection could not be served";
    struct serve_session *session = malloc(sizeof *session);
    int result = 0;

    if (session == NULL) {
        close(socket);
        return 0;
    }
    if (serve_session_open(session, server->fn, server->doorbells, socket, server->stop, server->door) != 0) {
        free(session);
        return 0;
    }
    atomic_store(&server->connected, 1);
    atomic_fetch_add(&server->clients, 1);
    while ((result = serve_session_run(session)) == SERVE_KNOCK) {
        int other = knock_accept(server);

        if (other >= 0)
            refuse(other);
    }
    atomic_fetch_add(&server->requests, session->requests);
    pthread_mutex_lock(&server->lock);
    snprintf(server->last_end, sizeof server->last_end, "%s",
             result == SERVE_STOP ? "the server was stopped"
             : session->reason[0] ? session->reason
                                  : unheard);
    pthread_mutex_unlock(&server->lock);
    serve_session_close(session);
    free(session);
    atomic_store(&server->connected, 0);
    return result;
}

static int serve(struct bell_server *server)
{
    struct pollfd wanted[2] = {{.fd = server->door, .events = POLLIN}, {.fd = server->stop, .events = POLLIN}};

    for (;;) {
        if (poll(wanted, 2, -1) < 0 && errno != EINTR)
            return bell_error_set(-errno, "%s: %s", server->place.sun_path, strerror(errno));
        if (wanted[1].revents != 0)
            return 0;
        if (wanted[0].revents == 0)
            continue;
        int socket = knock_accept(server);

        if (socket >= 0 && client_serve(server, socket) == SERVE_STOP)
            return 0;
        if (socket < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
            return bell_error_set(-errno, "%s: no client can connect: %s", server->place.sun_path, strerror(errno));
    }
}

int bell_server_run(bell_server *server)
{
    int err;

    if (!server)
        return bell_error_set(-EINVAL, "No server was given.");
    if (atomic_exchange(&server->running, true))
        return bell_error_set(-EBUSY, "%s is being served by another thread already.", server->place.sun_path);
    err = serve(server);
    atomic_store(&server->running, false);
    return err;
}

int bell_server_stop(bell_server *server)
{
    if (!server)
        return bell_error_set(-EINVAL, "No server was given.");
    return write(server->stop, &(uint64_t){1}, sizeof(uint64_t)) < 0 && errno != EAGAIN
               ? bell_error_set(-errno, "%s: %s", server->place.sun_path, strerror(errno))
               : 0;
}

int bell_server_get_info(bell_server *server, bell_server_info *out)
{
    if (!server || !out)
        return bell_error_set(-EINVAL, "No server or no place for its description was given.");
    memset(out, 0, sizeof *out);
    out->connected = atomic_load(&server->connected);
    out->clients = atomic_load(&server->clients);
    out->requests = atomic_load(&server->requests);
    snprintf(out->path, sizeof out->path, "%s", server->place.sun_path);
    snprintf(out->name, sizeof out->name, "%s", server->fn->name);
    pthread_mutex_lock(&server->lock);
    snprintf(out->last_end, sizeof out->last_end, "%s", server->last_end);
    pthread_mutex_unlock(&server->lock);
    return 0;
}
