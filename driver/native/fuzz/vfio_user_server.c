/* SPDX-License-Identifier: Apache-2.0 */
/* What a vfio-user client says, to the server of a simulated device. */
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "serve/session.h"
#include "sim/lend.h"
#include "stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static int file;
static int event;

static int fd_for(uint16_t command)
{
    return command == VFIO_USER_DMA_MAP ? file : command == VFIO_USER_SET_IRQS ? event : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct bell_pci_function *fn;
    static int doorbells;
    struct serve_session *session;
    struct stream stream;

    if (fn == NULL) {
        file = memfd_create("fuzz", MFD_CLOEXEC);
        event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (file < 0 || event < 0 || ftruncate(file, 0x10000) != 0 || bell_sim_open("size=64MiB", &fn) != 0 ||
            sim_lend(fn, &doorbells) != 0)
            abort();
    }
    if (!stream_open(&stream, data, bytes, fd_for))
        return 0;
    session = malloc(sizeof *session);
    if (session == NULL || serve_session_open(session, fn, doorbells, stream.ours, -1, -1) != 0)
        abort();
    serve_session_run(session);
    serve_session_close(session);
    free(session);
    stream_close(&stream);
    return 0;
}
